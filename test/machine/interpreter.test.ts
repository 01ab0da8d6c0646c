/** By which program a script is run, also where no test runs: the rules of Windows are tried here by their names alone. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scriptCommand } from '../../src/machine/interpreter.ts';
import { onWindows } from '../platform.ts';

/** A folder with programs, and scripts of which none can be executed. */
function programs(...names: readonly string[]): { folder: string; at: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-interpreters-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, at: (name) => join(folder, name) };
}

test.skipIf(onWindows)(
  'a script that can be executed is run itself, another by its extension (needs modes of files)',
  () => {
    const { folder, at } = programs('bash', 'python', 'own.py');
    expect(scriptCommand(at('own.py'), folder, false)).toEqual({ command: at('own.py'), args: [] });
    expect(scriptCommand(at('a.sh'), folder, false)).toEqual({ command: at('bash'), args: [at('a.sh')] });
    expect(scriptCommand(at('a.py'), folder, false)).toEqual({ command: at('python'), args: [at('a.py')] });
    expect(scriptCommand(at('a.rb'), folder, false)).toBeUndefined();
    expect(scriptCommand(at('a.js'), folder, false)).toBeUndefined();
  },
);

test.skipIf(onWindows)(
  'Windows executes programs alone, and PowerShell is told to read no profile (needs modes of files)',
  () => {
    const { folder, at } = programs('bash', 'powershell', 'run.sh', 'tool.exe', 'a.cmd', 'a.bat');
    expect(scriptCommand(at('tool.EXE'), folder, true)).toEqual({ command: at('tool.EXE'), args: [] });
    expect(scriptCommand(at('run.sh'), folder, true)).toEqual({ command: at('bash'), args: [at('run.sh')] });
    expect(scriptCommand(at('disk.ps1'), folder, true)).toEqual({
      command: at('powershell'),
      args: ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', at('disk.ps1')],
    });
  },
);

test('a shell of Windows never reads arguments: what only it can run is not run', () => {
  const { folder, at } = programs('a.cmd', 'a.bat', 'cmd.exe');
  for (const name of ['a.cmd', 'a.bat', 'A.CMD'])
    expect(scriptCommand(at(name), folder, true)).toBeUndefined();
});
