' {{mark}}
' `bridge-supervisor install` writes this file anew.
'
' Task Scheduler starts a console program in a window, and who closes the window
' ends the program. This starts it without one, waits for it, and passes its
' exit code on, so that Task Scheduler knows whether it runs and how it ended.
Option Explicit
On Error Resume Next
Dim shell, variables, exitCode
Set shell = CreateObject("WScript.Shell")
Set variables = shell.Environment("Process")
variables("BRIDGE_HOME") = {{stateDir}}
' Run puts the values of variables in the place of %NAME%, but only once: in a
' variable of its own, the percent signs of the command stay what they are.
variables("SERVICE_COMMAND") = {{command}}
exitCode = shell.Run("%SERVICE_COMMAND%", 0, True)
If Err.Number <> 0 Then exitCode = {{notStarted}}
WScript.Quit exitCode
