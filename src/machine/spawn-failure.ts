/** Why a program could not be started, also where the system has one error for several causes. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { messageOf } from '../error-message.ts';
import { isResourceError } from './transient-error.ts';

export interface SpawnFailure {
  kind: 'spawn-failed';
  reason: 'command-not-found' | 'not-executable' | 'cwd-missing' | 'machine-exhausted' | 'other';
  /** One line for a person: what failed, and where. */
  message: string;
}

export function spawnFailed(reason: SpawnFailure['reason'], message: string): SpawnFailure {
  return { kind: 'spawn-failed', reason, message };
}

/** A failure for lack of space, processes or open files, or of an unknown kind. */
export function otherFailure(error: unknown, action: string): SpawnFailure {
  const message = `${action}: ${messageOf(error)}`;
  return spawnFailed(isResourceError(error) ? 'machine-exhausted' : 'other', message);
}

/**
 * Finds the cause by looking, at the folder first. ENOENT means a missing folder, program or interpreter of a script
 * (https://nodejs.org/api/child_process.html#child_processspawncommand-args-options). EACCES means a folder that may not
 * be entered, a file that may not be executed, or a program that is nowhere while a folder of PATH is closed to us
 * (https://man7.org/linux/man-pages/man3/exec.3.html).
 */
export async function explainSpawnFailure(
  { command, cwd, env }: { command: string; cwd: string; env: Readonly<Record<string, string | undefined>> },
  error: NodeJS.ErrnoException,
): Promise<SpawnFailure> {
  const folder = await stat(cwd).catch(() => undefined);
  if (!folder?.isDirectory()) return spawnFailed('cwd-missing', `the folder ${cwd} does not exist`);
  if (!(await allows(cwd, constants.X_OK)))
    return spawnFailed('cwd-missing', `the folder ${cwd} may not be entered`);

  if (error.code !== 'ENOENT' && error.code !== 'EACCES') {
    return otherFailure(error, `${command} could not be started`);
  }
  const exists = await Promise.all(
    placesOf(command, cwd, env.PATH).map((path) => allows(path, constants.F_OK)),
  );
  if (!exists.includes(true)) return spawnFailed('command-not-found', `${command} was not found`);
  return error.code === 'EACCES'
    ? spawnFailed('not-executable', `${command} may not be executed`)
    : spawnFailed('not-executable', `${command} begins with the name of an interpreter that does not exist`);
}

function placesOf(command: string, cwd: string, pathVariable = ''): string[] {
  if (/[/\\]/.test(command)) return [resolve(cwd, command)];
  return pathVariable.split(delimiter).map((folder) => resolve(cwd, join(folder, command)));
}

async function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
