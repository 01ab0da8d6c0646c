/** What a folder is to git. Reading it starts no program of the repository. */
import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Environment } from '../environment.ts';
import { isAtLeast, versionIn } from '../machine/program-output.ts';
import { mayBeInRepository } from './config.ts';
import { type Git, type GitResult, reasonOf, runGit, textOf } from './git.ts';
import { repositoryGit } from './repository-git.ts';

export interface Repository {
  readonly kind: 'repository';
  /** The top of the work tree; in a bare repository its own folder. Git works from here. */
  readonly topLevel: string;
  /** Of the work tree that holds the folder. */
  readonly gitDir: string;
  /** Shared by all work trees: objects, refs, configuration, hooks. */
  readonly commonDir: string;
  /** From the top to the folder, with slashes and one at its end; empty at the top. */
  readonly prefix: string;
  /** Such as `main`, also before its first commit; null where HEAD is detached. */
  readonly headBranch: string | null;
  /** Null before the first commit. */
  readonly headOid: string | null;
  readonly bare: boolean;
  readonly objectFormat: string;
}

/** Why git cannot be used there. */
export type RefusalCause = 'no-git' | 'git-too-old' | 'foreign-owner' | 'line-in-path' | 'failed';

export interface RefusedRepository {
  readonly kind: 'refused';
  readonly cause: RefusalCause;
  /** What git says; the version for `git-too-old`. */
  readonly detail: string;
}

/** The first with `merge-tree --write-tree` (https://github.com/git/git/blob/master/Documentation/RelNotes/2.38.0.txt). */
const MIN_VERSION = '2.38';

/** Looks at the repository that holds `folder`; `none` when there is none. */
export async function inspectRepository(
  folder: string,
  env: Environment,
): Promise<Repository | RefusedRepository | { readonly kind: 'none' }> {
  if (!(await mayBeInRepository(folder))) return { kind: 'none' };
  const unusable = await whyUnusable(env);
  if (unusable) return unusable;
  const guarded = await repositoryGit(folder, env).catch((error: Error) => error);
  if (guarded instanceof Error) return { kind: 'refused', cause: 'failed', detail: guarded.message };
  const { git } = guarded;
  const asked = await git(['rev-parse', '--path-format=absolute', ...QUESTIONS]);
  if (asked.code !== 0) return whyRefused(asked);
  const answers = textOf(asked).split('\n');
  // A name with a line end in it is the only reason for more lines.
  if (answers.length !== QUESTIONS.length) return { kind: 'refused', cause: 'line-in-path', detail: folder };
  const [gitDir = '', commonDir = '', isBare, objectFormat = 'sha1', prefix = ''] = answers;
  const bare = isBare === 'true';
  const top = bare ? undefined : await git(['rev-parse', '--show-toplevel']);
  // In the folder of a repository that is not bare there is no work tree.
  const topLevel = top?.code === 0 ? textOf(top) : gitDir;
  return {
    kind: 'repository',
    topLevel: absolute(folder, topLevel),
    gitDir: absolute(folder, gitDir),
    commonDir: absolute(folder, commonDir),
    prefix,
    bare,
    objectFormat,
    ...(await headOf(git)),
  };
}

const QUESTIONS = [
  '--absolute-git-dir',
  '--git-common-dir',
  '--is-bare-repository',
  '--show-object-format',
  '--show-prefix',
];

/** Why the git of this machine is of no use; undefined when it is. */
export async function whyUnusable(env: Environment): Promise<RefusedRepository | undefined> {
  const asked = await runGit(env, ['--version'], {});
  if (asked.failure === 'missing') return { kind: 'refused', cause: 'no-git', detail: '' };
  if (asked.code !== 0) return { kind: 'refused', cause: 'failed', detail: reasonOf(asked) };
  const version = versionIn(asked.stdout.toString()) ?? '0';
  return isAtLeast(version, MIN_VERSION)
    ? undefined
    : { kind: 'refused', cause: 'git-too-old', detail: version };
}

async function headOf(git: Git): Promise<Pick<Repository, 'headBranch' | 'headOid'>> {
  const [branch, commit] = await Promise.all([git(['symbolic-ref', '-q', 'HEAD']), commitAt(git, 'HEAD')]);
  const ref = textOf(branch);
  return {
    headBranch: branch.code === 0 && ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null,
    headOid: commit,
  };
}

function whyRefused(result: GitResult): RefusedRepository | { readonly kind: 'none' } {
  const detail = reasonOf(result);
  // Seen with git 2.39; 2.35.2 calls it unsafe.
  if (/dubious ownership|unsafe repository/.test(result.stderr))
    return { kind: 'refused', cause: 'foreign-owner', detail };
  if (/not a git repository/.test(result.stderr)) return { kind: 'none' };
  return { kind: 'refused', cause: 'failed', detail };
}

/** Git for Windows prints slashes. */
function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(folder, path);
}

/** The commit that a ref leads to; null when there is none. */
export async function commitAt(git: Git, ref: string): Promise<string | null> {
  const asked = await git(['rev-parse', '-q', '--verify', '--end-of-options', `${ref}^{commit}`]);
  return asked.code === 0 ? textOf(asked) : null;
}

/** Whether a commit has files for Git LFS. */
export async function usesLfs(git: Git, commit: string): Promise<boolean> {
  const names = ':(top,glob)**/.gitattributes';
  return (await git(['grep', '-q', '-F', 'filter=lfs', commit, '--', names])).code === 0;
}

/** Whether a folder of the repository is there; git's own lock files and states are asked so. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
