/** By which program a script is run. */
import { extname } from 'node:path';
import { findExecutable } from './executable.ts';
import { isWindows } from './platform.ts';

export interface ScriptCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Programs for scripts that cannot be executed themselves, in the order in which they are looked for. */
const INTERPRETERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '.sh': [['bash'], ['sh']],
  '.py': [['python3'], ['python'], ['py', '-3']],
  '.js': [['node']],
  '.mjs': [['node']],
  '.ps1': [
    ['pwsh', '-NoProfile', '-NonInteractive', '-File'],
    ['powershell', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'],
  ],
};

/** Windows executes these itself. A `.cmd` is read by a shell, which takes arguments apart: it is never run. */
const EXECUTED_BY_WINDOWS = ['.exe', '.com'];

/**
 * What runs the script at this absolute path, without its arguments: the script itself where the system can execute it,
 * otherwise an interpreter by its extension. Undefined: nothing here does.
 *
 * @param path The variable PATH, in which interpreters are looked for.
 */
export function scriptCommand(
  file: string,
  path: string | undefined,
  onWindows = isWindows,
): ScriptCommand | undefined {
  const extension = extname(file).toLowerCase();
  const isItself = onWindows ? EXECUTED_BY_WINDOWS.includes(extension) : findExecutable(file, undefined);
  if (isItself) return { command: file, args: [] };
  const known = Object.hasOwn(INTERPRETERS, extension) ? (INTERPRETERS[extension] ?? []) : [];
  for (const [name = '', ...args] of known) {
    const command = findExecutable(name, path);
    if (command !== undefined) return { command, args: [...args, file] };
  }
  return undefined;
}
