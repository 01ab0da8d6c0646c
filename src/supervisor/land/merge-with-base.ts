/**
 * Joins approved work with a branch that has moved since: a merge commit in the measure dir, checked once more on exactly
 * its tree.
 */
import type { LandingTry, ToLand } from '../../bridge/landings.ts';
import { roundTrailers } from '../../evidence/make-evidence.ts';
import { commitTree } from '../../git/commit-tree.ts';
import type { LandingPlan } from '../../git/landing.ts';
import { measureGit } from '../../git/measure-dir.ts';
import { baseState, isAncestor, tryMerge } from '../../git/merge.ts';
import type { Repository } from '../../git/repository.ts';
import type { Context } from '../context.ts';
import { checkMerge } from './check-merge.ts';
import { NOT_LANDED } from './landing-text.ts';

type Brought = Omit<LandingPlan, 'action'>;

interface Merging {
  readonly repository: Repository;
  readonly branch: string;
  readonly brought: Brought;
  readonly stop: AbortSignal;
}

/** What is to land, or why it cannot; undefined when `stop` aborted. The same base gives the same commit. */
export async function mergeWithBase(
  context: Context,
  due: ToLand,
  { repository, branch, brought, stop }: Merging,
): Promise<Brought | { readonly reason: string; readonly detail: LandingTry['detail'] } | undefined> {
  const { env } = context;
  const { measureDir, commit, ref } = brought;
  const { worktree, project, decision } = due;
  const base = await baseState(repository, { branch, oid: worktree.baseOid }, env);
  // Landing says so.
  if (base.oid === null || base.state === 'same') return brought;
  // It landed already, unrecorded, or a person has merged it.
  if (await isAncestor(measureGit(measureDir, null, env), commit, base.oid)) return brought;
  const merged = await tryMerge(measureDir, { base: base.oid, work: commit, began: worktree.baseOid }, env);
  if (merged.kind === 'failed')
    return { reason: NOT_LANDED.failed(merged.detail), detail: { cause: 'failed' } };
  if (merged.kind === 'fast-forward') return brought;
  const onto = `${ref}-onto-${base.oid.slice(0, 12)}`;
  // A person has made its changes by hand, or it landed on a rewritten branch, unrecorded.
  if (merged.kind === 'there') return { measureDir, commit: base.oid, tree: merged.tree, ref: onto };
  if (merged.kind === 'conflict') {
    const names = merged.names.map(({ path }) => path);
    return {
      reason: NOT_LANDED.conflict(branch, names, ref),
      detail: { cause: 'conflict', base: base.oid, names },
    };
  }
  const checked = await checkMerge(context, due, merged.tree, stop);
  if (checked.kind === 'stopped') return undefined;
  if (checked.kind === 'red')
    return {
      reason: NOT_LANDED.red(branch, checked.failed, ref),
      detail: { cause: 'checks', base: base.oid, tree: merged.tree, checks: checked.failed },
    };
  if (checked.kind === 'failed')
    return { reason: NOT_LANDED.failed(checked.detail), detail: { cause: 'failed' } };
  const plan = {
    tree: merged.tree,
    parents: merged.parents,
    message: merged.parents.length > 1 ? `Merge: ${project.title}` : project.title,
    trailers: roundTrailers(project.id, decision.round),
    date: new Date(decision.createdAt),
  };
  return { measureDir, commit: await commitTree(measureDir, plan, env), tree: merged.tree, ref: onto };
}
