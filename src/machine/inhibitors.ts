/** How each system is kept awake: by a program that holds the request while it lives. */
import type { Platform } from './platform.ts';
import { POWERSHELL } from './windows-programs.ts';

export interface Inhibitor {
  readonly command: string;
  readonly args: readonly string[];
  /** What ends it: the end of its input, or SIGTERM. Our own death always ends it. */
  readonly endsBy: 'input' | 'signal';
}

/**
 * What to try, best first; each one only when the one before is refused. Empty where no way is known.
 *
 * @param pid The process that needs the machine awake.
 */
export function inhibitorsOf(platform: Platform, pid: number): readonly Inhibitor[] {
  switch (platform) {
    case 'linux':
      return [inhibit('sleep:idle'), inhibit('idle')];
    case 'macos':
      return [{ command: 'caffeinate', args: ['-i', '-s', '-w', String(pid)], endsBy: 'signal' }];
    case 'windows':
      return [
        {
          command: POWERSHELL,
          args: ['-NoProfile', '-NonInteractive', '-Command', STAY_AWAKE],
          endsBy: 'input',
        },
      ];
    case 'other-unix':
      return [];
  }
}

/**
 * The lock is held while `cat` reads (https://www.freedesktop.org/software/systemd/man/latest/systemd-inhibit.html).
 * The default rules of polkit refuse `sleep` to a user without a session, such as a lingering service, and allow
 * `idle`. Neither keeps a laptop awake whose lid is closed (LidSwitchIgnoreInhibited= in logind.conf).
 */
function inhibit(what: string): Inhibitor {
  const about = ['--who=bridge-supervisor', '--why=Claude is at work'];
  return {
    command: 'systemd-inhibit',
    args: [`--what=${what}`, '--mode=block', ...about, 'cat'],
    endsBy: 'input',
  };
}

/**
 * 0x80000001 is ES_CONTINUOUS | ES_SYSTEM_REQUIRED; the answer 0 is a refusal. The request ends with the thread that
 * made it. A person can still send the machine to sleep or close its lid
 * (https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate).
 */
const STAY_AWAKE = [
  "$ErrorActionPreference='Stop'",
  `$power=Add-Type -PassThru -Namespace Bridge -Name Power -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags);'`,
  'if($power::SetThreadExecutionState(2147483649) -eq 0){exit 1}',
  '[Console]::In.ReadToEnd()|Out-Null',
].join(';');
