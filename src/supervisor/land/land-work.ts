/** One try at landing what was approved of a project, from the work tree to where the owner wants it. */
import type { LandingTry, ToLand } from '../../bridge/landings.ts';
import { checkLease } from '../../bridge/lease.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { messageOf } from '../../error-message.ts';
import { keepInRepository, type LandingPlan, land } from '../../git/landing.ts';
import type { LandingCause, LandingResult } from '../../git/landing-outcome.ts';
import { measureTree } from '../../git/measure-tree.ts';
import { putBack } from '../../git/put-tree.ts';
import { inspectRepository, type Repository } from '../../git/repository.ts';
import { diffTrees } from '../../git/tree-diff.ts';
import type { Evidence } from '../../project/evidence.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { roundRef } from '../verify/evidence-of.ts';
import { type ActionPlan, actionFor } from './action.ts';
import { NOT_LANDED, refusalText } from './landing-text.ts';
import { mergeWithBase } from './merge-with-base.ts';

/**
 * Lands it, or says why not. Undefined when `stop` aborted before anything moved. Throws StoreError and LeaseLost; any
 * other error is a reason of the try.
 */
export async function landWork(
  context: Context,
  due: ToLand,
  stop: AbortSignal,
): Promise<LandingTry | undefined> {
  const action = actionFor(projectRules(context.config, due.project), due.worktree);
  try {
    return await tryToLand(context, due, action, stop);
  } catch (error) {
    if (endsSupervisor(error)) throw error;
    if (stop.aborted) return undefined;
    return notLanded(action, NOT_LANDED.failed(messageOf(error)), { cause: 'failed' });
  }
}

function notLanded(
  { action, target }: ActionPlan,
  reason: string,
  detail: LandingTry['detail'],
  fromOid: string | null = null,
): LandingTry {
  return { action: action.kind, target, fromOid, detail, result: { outcome: 'not_landed', reason } };
}

async function tryToLand(
  context: Context,
  due: ToLand,
  action: ActionPlan,
  stop: AbortSignal,
): Promise<LandingTry | undefined> {
  const { env } = context;
  const { worktree, project, decision } = due;
  const work = approvedWork(due);
  if (typeof work === 'string') return notLanded(action, work, { cause: 'not_approved_work' });
  const unseen = unseenIn(due);
  if (unseen.length > 0)
    return notLanded(action, NOT_LANDED.unseen(unseen), { cause: 'unseen', names: unseen });
  const repository = await inspectRepository(worktree.repo, env);
  if (repository.kind !== 'repository')
    return notLanded(action, NOT_LANDED.noRepository(worktree.repo), { cause: 'no_repository' });
  // Left by a check of a supervisor that was killed.
  await putBack(worktree.measureDir, worktree.path, env);
  const ref = roundRef(project.id, decision.round);
  const brought = { ...work, measureDir: worktree.measureDir, ref };
  for (let attempt = 1; ; attempt++) {
    const plan = await planOf(context, due, { action, repository, brought, stop });
    if (plan === undefined) return undefined;
    if ('reason' in plan) return notLanded(action, plan.reason, plan.detail);
    const landed = await landWhenFree(context, repository, plan, stop);
    if (landed.kind === 'landed') {
      const left = await leftInWorktree(context, due, work.tree);
      return {
        action: action.action.kind,
        target: landed.target,
        fromOid: landed.from,
        detail: {
          commit: landed.to,
          ...(landed.checkout !== null && { checkout: landed.checkout }),
          ...(left.length > 0 && { left_in_worktree: left }),
        },
        result: { outcome: 'landed', toOid: landed.to },
      };
    }
    // Somebody was faster.
    if (MOVED.includes(landed.cause) && attempt < MAX_ATTEMPTS) continue;
    const names = landed.names.map(({ path }) => path);
    return notLanded(action, refusalText(landed, action, worktree), { cause: landed.cause, names });
  }
}

const MAX_ATTEMPTS = 3;
const MOVED: readonly LandingCause[] = ['base-moved', 'branch-moved'];

/** An editor, a person, or a call of a killed supervisor locks the index of a checkout for a moment. */
async function landWhenFree(
  context: Context,
  repository: Repository,
  plan: LandingPlan,
  stop: AbortSignal,
): Promise<LandingResult> {
  const { clock, env, lease } = context;
  for (let waitedMs = 0; ; waitedMs += LOCK_LOOK_MS) {
    await retryTransient(context, () => checkLease(lease));
    const landed = await land(repository, plan, env);
    const isLocked = landed.kind === 'refused' && landed.cause === 'index-locked';
    if (!isLocked || waitedMs >= MAX_LOCK_WAIT_MS || stop.aborted) return landed;
    await clock.sleep(LOCK_LOOK_MS, stop);
  }
}

const MAX_LOCK_WAIT_MS = 5_000;
const LOCK_LOOK_MS = 500;

interface Approved {
  readonly commit: string;
  readonly tree: string;
}

/** What was approved; a text when there is nothing that can land. */
function approvedWork({ decision, evidence }: ToLand): Approved | string {
  const git = evidence?.evidence.git;
  if (!git?.commit) return NOT_LANDED.unmeasured(decision.round);
  return decision.tree === git.tree
    ? { commit: git.commit, tree: git.tree }
    : NOT_LANDED.otherTree(decision.round);
}

/**
 * What the run changed in the repository's own configuration, hooks and rules, and nobody has seen yet: the diff shows
 * none of it. A decision on the tree by name has seen the evidence, and a person who retries has read the reason.
 */
function unseenIn({ decision, evidence, tries }: ToLand): readonly string[] {
  if (decision.bound || tries.some(({ detail }) => detail.cause === 'unseen')) return [];
  const warnings: Evidence['warnings'] = evidence?.evidence.warnings ?? [];
  return warnings
    .filter(({ kind }) => kind === 'repository_config_changed' || kind === 'hooks_changed')
    .flatMap(({ paths }) => paths);
}

interface Planning {
  readonly action: ActionPlan;
  readonly repository: Repository;
  readonly brought: Omit<LandingPlan, 'action'>;
  readonly stop: AbortSignal;
}

/** The commit that is to land: what was approved, or a merge of it. Undefined when `stop` aborted. */
async function planOf(context: Context, due: ToLand, { action, repository, brought, stop }: Planning) {
  if (action.action.kind !== 'merge') return { ...brought, action: action.action };
  const { branch } = action.action;
  const merged = await mergeWithBase(context, due, { repository, branch, brought, stop });
  if (merged === undefined || !('reason' in merged)) return merged && { ...merged, action: action.action };
  // So that the person can merge it.
  await keepInRepository(repository, brought, context.env);
  return merged;
}

/** Files that have changed since the approval, which did not land. The work tree keeps them. */
async function leftInWorktree(
  { env }: Context,
  { worktree: { measureDir, path } }: ToLand,
  tree: string,
): Promise<string[]> {
  const now = await measureTree(measureDir, path, env);
  if (now.kind === 'unmeasured' || now.tree === tree) return [];
  const diff = await diffTrees(measureDir, { from: tree, to: now.tree }, env);
  return diff.kind === 'compared' ? diff.changes.slice(0, MAX_NAMES).map(({ path: name }) => name) : [];
}

const MAX_NAMES = 100;
