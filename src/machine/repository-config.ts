/** What a repository's own configuration says, also by what it includes. Reading it starts none of its programs. */
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RunProgram, runProgram } from './program.ts';

export interface GitSetting {
  /** As git writes it: section and key in lower case. */
  readonly name: string;
  readonly value: string;
}

/** As long as a folder on a slow disk may take; a run waits for it. */
const LIMIT_MS = 15_000;

/**
 * The settings of the repository that holds `folder`, less those of the person and the system. Empty where there is no
 * repository, no git, one before 2.26, or one that refuses the folder: then it reads that configuration for nobody else.
 * Throws where it is too long to be read, or git does not come to an end with it: others may obey what was not seen.
 */
export async function repositoryConfig(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  run: RunProgram = runProgram,
): Promise<GitSetting[]> {
  if (env.GIT_DIR === undefined && !(await mayBeInRepository(folder))) return [];
  // Not as its working folder: Windows would look for the program there first.
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
  late: 'git did not come to an end with it',
  other: 'git failed, or it is too long',
} as const;

/**
 * Spares the start of a process where git would find nothing; a folder with a HEAD may be a repository itself. To git a
 * HEAD may be a link to a branch that is not there yet.
 */
async function mayBeInRepository(folder: string): Promise<boolean> {
  const isThere = (name: string) =>
    lstat(join(folder, name)).then(
      () => true,
      () => false,
    );
  if ((await isThere('.git')) || (await isThere('HEAD'))) return true;
  const above = dirname(folder);
  return above !== folder && mayBeInRepository(above);
}

/** Scope and setting take turns; a setting without a line break is `true`. */
function settingsIn(list: string): GitSetting[] {
  const parts = list.split('\0');
  return parts.flatMap((scope, index) => {
    const setting = parts[index + 1];
    if (index % 2 === 1 || setting === undefined || !OWN_SCOPES.includes(scope)) return [];
    const [name = '', ...lines] = setting.split('\n');
    return [{ name, value: lines.length === 0 ? 'true' : lines.join('\n') }];
  });
}

const OWN_SCOPES = ['local', 'worktree'];
