/** What the person does about work that conflicts with its base, or goes badly with it: merges it, for the work. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Row } from '../../src/store/schema.ts';
import type { Journal } from './journal.ts';
import { BASE, git, type Repository, tryGit } from './repository.ts';

/** Does nothing where the landing failed for another cause, or the checkout is not ready for it; then it is tried later. */
export async function mergeByHand(
  repositories: readonly Repository[],
  journal: Journal,
  worktree: Row<'worktrees'> | undefined,
  landing: Row<'landings'>,
): Promise<void> {
  const { cause } = JSON.parse(landing.detail) as { readonly cause?: string };
  const repository = repositories.find(({ path }) => path === worktree?.repo);
  if (cause !== 'conflict' || !repository || !worktree) return;
  const { path, checkedOut, alone } = repository;
  await alone(async () => {
    const newest = await newestRound(path, worktree.project_id);
    if (newest === undefined) return;
    const commit = await git(path, 'rev-parse', newest);
    if (checkedOut === BASE) await merge(journal, path, commit);
    else await mergeAside(journal, path, commit);
  });
}

async function newestRound(path: string, projectId: string): Promise<string | undefined> {
  const refs = await git(path, 'for-each-ref', '--format=%(refname)', `refs/bridge/${projectId}/`);
  const rounds = refs.split('\n').filter((ref) => /\/\d+$/.test(ref));
  return rounds.sort((a, b) => Number(a.split('/').at(-1)) - Number(b.split('/').at(-1))).at(-1);
}

async function merge(journal: Journal, folder: string, commit: string): Promise<void> {
  journal.mergedByHand.add(commit);
  const message = 'Merged by hand';
  const merged = await tryGit(folder, 'merge', '--quiet', '--no-ff', '-X', 'theirs', '-m', message, commit);
  // What was being changed at this moment is left for the next try.
  if (merged === undefined) await tryGit(folder, 'merge', '--abort');
  else journal.personsCommits.add(await git(folder, 'rev-parse', 'HEAD'));
}

/** The base is checked out nowhere: in a worktree of the person's own, for a moment. */
async function mergeAside(journal: Journal, path: string, commit: string): Promise<void> {
  const aside = join(dirname(path), 'aside');
  await git(path, 'worktree', 'add', '--quiet', aside, BASE);
  await merge(journal, aside, commit);
  await git(path, 'worktree', 'remove', '--force', aside);
  await rm(aside, { recursive: true, force: true });
}
