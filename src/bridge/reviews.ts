/** Approve and reject: one decision a round; the first one stands. */

import { viaOf } from '../project/actor.ts';
import { MAX_ALLOWED_RULES, whyNotAllowed } from '../project/allowed-rules.ts';
import type { ProjectId } from '../project/ids.ts';
import { baseOf, treeOf } from '../project/measured.ts';
import { isOutline } from '../project/outline.ts';
import type { Policy } from '../project/policy.ts';
import type { Project, ProjectAction } from '../project/project.ts';
import type { Decision, RecordedEvidence, Verdict } from '../project/review.ts';
import type { ReviseIn } from '../project/revision.ts';
import { cleanText, LIMITS } from '../project/text.ts';
import { DEFAULT_MAX_ROUNDS } from '../project/work-rules.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { findEvidence } from '../store/evidence.ts';
import { updateProject } from '../store/projects.ts';
import { findDecision, insertDecision, lastDecision } from '../store/reviews.ts';
import { needsAttention } from './attention.ts';
import { type Actor, type Bridge, changeProject, type ProjectChange } from './bridge.ts';
import { alreadyDecided, type Binding, bind, isRepeated } from './decision-binding.ts';

export interface Decided {
  readonly project: Project;
  readonly decision: Decision;
  /** The same decision had been made before; it was returned and nothing was changed. */
  readonly repeated: boolean;
}

export interface DecisionOptions extends Binding {
  /** In which session a rejection goes on, where that is not as configured. */
  readonly reviseIn?: ReviseIn | undefined;
  /** Rules for what Claude may do in the rest of the project: what the policy leaves open. */
  readonly allow?: readonly string[];
  /** The policy of the project; undefined where the configuration cannot be read: nothing can be allowed then. */
  readonly policy?: Policy | undefined;
  /** How many rounds a project may have before a person looks at it. */
  readonly maxRounds?: number;
}

/** Approves the submitted work of a round, or its outline: then the work begins in the next round. */
export async function approve(
  bridge: Bridge,
  projectId: ProjectId,
  actor: Actor,
  options: DecisionOptions = {},
): Promise<Result<Decided>> {
  return decide(bridge, projectId, 'approved', '', actor, options);
}

/**
 * Rejects the submitted work; `reason` says what Claude has to change. After the last of the rounds that are allowed the
 * project needs attention, and a retry allows one more.
 */
export async function reject(
  bridge: Bridge,
  projectId: ProjectId,
  reason: string,
  actor: Actor,
  options: DecisionOptions = {},
): Promise<Result<Decided>> {
  if (reason.length > LIMITS.reason)
    return refuse(`the reason is longer than ${LIMITS.reason} characters; shorten it.`);
  const words = cleanText(reason);
  if (words === '') return refuse("a non-empty 'reason' is required to reject a project.");
  const allow = [...new Set(options.allow?.map((rule) => rule.trim()))];
  return decide(bridge, projectId, 'rejected', words, actor, { ...options, allow });
}

function whyNoneAllowed({ allow = [], policy }: DecisionOptions): string | undefined {
  if (allow.length === 0) return undefined;
  if (policy === undefined) return 'the configuration cannot be read, so nothing can be allowed';
  if (allow.length > MAX_ALLOWED_RULES) return `at most ${MAX_ALLOWED_RULES} rules can be allowed at once`;
  const problems = allow.map((rule) => whyNotAllowed(rule, policy)).filter((one) => one !== undefined);
  return problems.length === 0 ? undefined : problems.join('; ');
}

async function decide(
  bridge: Bridge,
  projectId: ProjectId,
  verdict: Verdict,
  reason: string,
  actor: Actor,
  options: DecisionOptions,
): Promise<Result<Decided>> {
  return changeProject<Decided>(
    bridge,
    projectId,
    (project) => moveOf(verdict, project),
    actor,
    async (change) => {
      const { trx, now, project } = change;
      const measured = await findEvidence(trx, projectId, project.round);
      const bound = bind(project, measured, options);
      const decision = await recordDecision(change, {
        verdict,
        reason,
        reviseIn: options.reviseIn ?? null,
        allow: options.allow ?? [],
        measured,
        bound: bound.ok && bound.value.bound,
        by: actor,
      });
      const decided = { ...project, status: change.to, updatedAt: now };
      if (decision.verdict === 'approved' && isOutline(project))
        return { project: await beginWork(change, decided), decision, repeated: false };
      // The plan's own limit was not above the owner's.
      const maxRounds = project.maxRounds ?? options.maxRounds ?? DEFAULT_MAX_ROUNDS;
      if (verdict === 'approved' || project.round < maxRounds)
        return { project: decided, decision, repeated: false };
      return { project: await parkAfterLast(change, decided), decision, repeated: false };
    },
    async (trx, project) => {
      const before = await decisionOn(trx, project, options.round);
      if (before && isRepeated(before, verdict, reason, options))
        return ok({ project, decision: before, repeated: true });
      if (before?.round === project.round) return refuse(alreadyDecided(before));
      const isThisRound = options.round === undefined || options.round === project.round;
      if (project.status !== 'awaiting_approval' && isThisRound) return undefined;
      const bound = bind(project, await findEvidence(trx, projectId, project.round), options);
      if (!bound.ok) return bound;
      if (verdict === 'approved' && isUnnamed(project, options)) return refuse(UNNAMED);
      const problem = whyNoneAllowed(options);
      return problem === undefined ? undefined : refuse(`${problem}; nothing was changed.`);
    },
  );
}

/**
 * Whether an approval of work may be meant for the outline before it: a client that saw no answer sends it again, and names
 * neither.
 */
function isUnnamed({ outlineRound }: Project, { round, tree, shown }: DecisionOptions): boolean {
  return outlineRound !== null && round === undefined && tree === undefined && shown === undefined;
}

const UNNAMED =
  'the outline of this project was approved before; name the round or the tree to approve the work. Nothing was changed.';

function moveOf(verdict: Verdict, project: Project): ProjectAction {
  if (verdict === 'rejected') return 'reject';
  return isOutline(project) ? 'approve_outline' : 'approve';
}

/** The round of work is open in the transaction of the approval: whatever ends now, it begins once. */
async function beginWork({ trx }: ProjectChange, decided: Project): Promise<Project> {
  const opened = { round: decided.round + 1, outlineRound: decided.round };
  await updateProject(trx, decided.id, { round: opened.round, outline_round: opened.outlineRound });
  return { ...decided, ...opened };
}

/**
 * The decision that one about `round` repeats or contradicts. A client that saw no answer decides again: without a round
 * it means its last decision, unless work waits for a new one.
 */
async function decisionOn(
  db: Reader,
  { id, status }: Project,
  round: number | undefined,
): Promise<Decision | undefined> {
  if (round !== undefined) return findDecision(db, id, round);
  return status === 'awaiting_approval' ? undefined : lastDecision(db, id);
}

/** Adds a decision on the round under way, with its event. */
export async function recordDecision(
  { trx, now, project, event }: ProjectChange,
  decided: {
    readonly verdict: Verdict;
    readonly reason: string;
    readonly reviseIn: ReviseIn | null;
    readonly allow: readonly string[];
    readonly measured: RecordedEvidence | undefined;
    readonly bound: boolean;
    readonly by: Actor;
  },
): Promise<Decision> {
  const { verdict, reason, reviseIn, allow, measured, bound, by } = decided;
  const via = viaOf(by);
  const { id, round } = project;
  const tree = measured ? treeOf(measured.evidence) : null;
  await insertDecision(trx, {
    project_id: id,
    round,
    verdict,
    reason,
    revise_in: reviseIn,
    allowed: allow.length === 0 ? null : JSON.stringify(allow),
    tree,
    base_oid: measured ? baseOf(measured.evidence) : null,
    evidence_id: measured?.id ?? null,
    bound: bound ? 1 : 0,
    decided_by: by,
    decided_via: via,
    created_at: now,
  });
  const data = { round, reason, via, ...(tree !== null && { tree }) };
  const allowed = allow.length > 0 && { allowed: [...allow] };
  const outline = isOutline(project) && { outline: true };
  if (verdict === 'rejected')
    await event({ type: 'project.rejected', data: { ...data, ...allowed, ...outline } });
  else if (outline) await event({ type: 'project.outline_approved', data });
  else await event({ type: 'project.approved', data });
  const decision = await findDecision(trx, id, round);
  if (!decision) throw new Error(`decision on ${id} is not there right after it was inserted`);
  return decision;
}

async function parkAfterLast(change: ProjectChange, rejected: Project): Promise<Project> {
  change.moveOn('park');
  const { round } = rejected;
  const reason = `round ${round} was rejected, and no more rounds are allowed: retry allows one more`;
  return needsAttention(change, rejected, reason);
}
