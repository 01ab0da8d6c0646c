/** The work trees of a repository, as git lists them. */
import { resolve } from 'node:path';
import { type Git, reasonOf } from './git.ts';
import { fieldsOf } from './names.ts';

export interface ListedWorktree {
  readonly path: string;
  /** Null before the first commit and in a bare repository. */
  readonly head: string | null;
  /** Null where HEAD is detached, also during a rebase or a bisection. */
  readonly branch: string | null;
  readonly isBare: boolean;
  /** Why it is locked; null when it is not. */
  readonly lock: string | null;
}

/** The main work tree first. Throws when git fails: the repository was inspected before. */
export async function listWorktrees(git: Git): Promise<ListedWorktree[]> {
  const listed = await git(['worktree', 'list', '--porcelain', '-z']);
  if (listed.code !== 0) throw new Error(`git lists no work trees: ${reasonOf(listed)}`);
  const found: string[][] = [[]];
  for (const field of fieldsOf(listed.stdout)) {
    if (field.length === 0) found.push([]);
    else found.at(-1)?.push(field.toString());
  }
  return found.filter((fields) => fields.length > 0).map(worktreeIn);
}

function worktreeIn(fields: readonly string[]): ListedWorktree {
  const value = (key: string) => {
    const field = fields.find((one) => one === key || one.startsWith(`${key} `));
    return field?.slice(key.length + 1) ?? null;
  };
  const head = value('HEAD');
  return {
    path: resolve(value('worktree') ?? ''),
    head: head === null || /^0+$/.test(head) ? null : head,
    branch: value('branch')?.replace(/^refs\/heads\//, '') ?? null,
    isBare: value('bare') !== null,
    lock: value('locked'),
  };
}
