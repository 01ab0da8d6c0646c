/** Why a program could not be started, told apart where the operating system gives one error for several causes. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

export interface SpawnFailure {
  kind: 'spawn-failed';
  reason: 'command-not-found' | 'not-executable' | 'cwd-missing' | 'other';
  /** One line for a person: what failed, and where. */
  message: string;
}

export function spawnFailed(reason: SpawnFailure['reason'], message: string): SpawnFailure {
  return { kind: 'spawn-failed', reason, message };
}

/**
 * A missing folder and a missing program both give ENOENT, and both may give EACCES
 * (https://nodejs.org/api/child_process.html#child_processspawncommand-args-options), so look at the folder first.
 */
export async function explainSpawnFailure(
  command: string,
  cwd: string,
  error: NodeJS.ErrnoException,
): Promise<SpawnFailure> {
  const folder = await stat(cwd).catch(() => undefined);
  if (!folder?.isDirectory()) return spawnFailed('cwd-missing', `the folder ${cwd} does not exist`);
  if (!(await allows(cwd, constants.X_OK)))
    return spawnFailed('cwd-missing', `the folder ${cwd} may not be entered`);

  if (error.code === 'EACCES') return spawnFailed('not-executable', `${command} may not be executed`);
  if (error.code !== 'ENOENT')
    return spawnFailed('other', `${command} could not be started: ${error.message}`);

  const file = isAbsolute(command) || /[/\\]/.test(command) ? resolve(cwd, command) : undefined;
  if (file !== undefined && (await allows(file, constants.F_OK))) {
    return spawnFailed(
      'not-executable',
      `${command} names an interpreter that does not exist (its first line)`,
    );
  }
  return spawnFailed('command-not-found', `${command} was not found`);
}

async function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
