/** The git configuration of a repository, with its includes. Reading it starts none of its programs. */
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../environment.ts';
import { type RunProgram, runProgram } from '../machine/program.ts';

export interface GitSetting {
  /** As git writes it: section and key in lower case. */
  readonly name: string;
  readonly value: string;
}

/** Enough for a folder on a slow disk; a run waits for it. */
const LIMIT_MS = 15_000;

/**
 * The settings of the repository that holds `folder`, without those of the person and the system. Empty without a
 * repository, without git 2.26 or newer, or when git refuses the folder: then git obeys that configuration for nobody.
 * Throws when it is too long or git does not finish: another program may obey what we could not read.
 */
export async function repositoryConfig(
  folder: string,
  env: Environment,
  run: RunProgram = runProgram,
): Promise<GitSetting[]> {
  if (env.GIT_DIR === undefined && !(await mayBeInRepository(folder))) return [];
  return (await allConfig(folder, env, run)).filter(isOfRepository);
}

export interface ScopedSetting extends GitSetting {
  /** `local` and `worktree` are the repository's; `system` and `global` are not. */
  readonly scope: string;
}

/** Whether the repository says so, and neither the person nor the system. */
export function isOfRepository({ scope }: ScopedSetting): boolean {
  return scope === 'local' || scope === 'worktree';
}

/** The same with the settings of the person and the system before them, in the order in which git reads them. */
export async function allConfig(
  folder: string,
  env: Environment,
  run: RunProgram = runProgram,
): Promise<ScopedSetting[]> {
  // Not as the working folder: Windows would search it for git first.
  const args = ['-C', folder, 'config', '--list', '-z', '--show-scope', '--includes'];
  const { code, stdout, failure } = await run('git', args, {
    env: { ...env, LC_ALL: 'C' },
    timeoutMs: LIMIT_MS,
  });
  if (failure === 'late' || failure === 'other')
    throw new Error(`the git configuration of ${folder} cannot be read: ${FAILED[failure]}`);
  return code === 0 ? settingsIn(stdout) : [];
}

const FAILED = {
  late: 'git did not finish in time',
  other: 'git failed, or it is too long',
} as const;

/**
 * Avoids starting git where it would find nothing. A folder with a HEAD may be a bare repository, and HEAD may be a
 * link to a branch that does not exist yet.
 */
export async function mayBeInRepository(folder: string): Promise<boolean> {
  const isThere = (name: string) =>
    lstat(join(folder, name)).then(
      () => true,
      () => false,
    );
  if ((await isThere('.git')) || (await isThere('HEAD'))) return true;
  const above = dirname(folder);
  return above !== folder && mayBeInRepository(above);
}

/** Scopes and settings alternate; a setting without a line break is `true`. */
function settingsIn(list: string): ScopedSetting[] {
  const parts = list.split('\0');
  return parts.flatMap((scope, index) => {
    const setting = parts[index + 1];
    if (index % 2 === 1 || setting === undefined) return [];
    const [name = '', ...lines] = setting.split('\n');
    return [{ scope, name, value: lines.length === 0 ? 'true' : lines.join('\n') }];
  });
}
