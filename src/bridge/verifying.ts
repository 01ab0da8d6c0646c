/** Submitted work, which the supervisor measures before a person decides about it. */

import { type AutoApprove, isApprovedByRule } from '../project/auto-approve.ts';
import type { EventData, Happening } from '../project/event.ts';
import type { Evidence } from '../project/evidence.ts';
import { figuresOf } from '../project/evidence-text.ts';
import type { ProjectId } from '../project/ids.ts';
import { blockingFindings, hasPassed } from '../project/measured.ts';
import type { Project, ProjectAction } from '../project/project.ts';
import type { Completion } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { Worktree } from '../project/worktree.ts';
import { type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { evidenceOfRound, findEvidence, insertEvidence } from '../store/evidence.ts';
import { planRevision } from '../store/plans.ts';
import { findProject, listProjects } from '../store/projects.ts';
import { findCompletion } from '../store/reviews.ts';
import { runsOf } from '../store/runs.ts';
import { findWorktree } from '../store/worktrees.ts';
import { needsAttention } from './attention.ts';
import { type Bridge, changeProject } from './bridge.ts';
import { isAnswer } from './escalations.ts';
import { assertLease, type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';
import { recordDecision } from './reviews.ts';

export interface ToVerify {
  readonly project: Project;
  /** The evidence that is to be made; the newest of a round counts. */
  readonly attempt: number;
  readonly completion: Completion;
  readonly planRevision: number;
  /** All runs of the project, in their order. */
  readonly runs: readonly Run[];
  readonly worktree: Worktree | undefined;
  /** How often this round was sent back to be repaired. */
  readonly repairsUsed: number;
}

/**
 * The next project whose work was submitted and whose run has ended, oldest first, and is not among `except`. It stays
 * the next one until its evidence is recorded: after a restart it is made again.
 */
export async function nextToVerify(
  { bridge }: HeldLease,
  except: readonly ProjectId[] = [],
): Promise<ToVerify | undefined> {
  const db = databaseOf(bridge).read;
  const limit = except.length + 100;
  const submitted = await listProjects(db, { statuses: ['verifying'], oldestFirst: true, limit });
  for (const project of submitted) {
    const { id, round, runId } = project;
    const completion = await findCompletion(db, id, round);
    if (runId !== null || except.includes(id) || !completion) continue;
    const runs = await runsOf(db, id);
    // The folder that is measured lies on the machine of its runs.
    if (runs.at(-1)?.machineId !== bridge.machineId) continue;
    return {
      project,
      attempt: ((await findEvidence(db, id, round))?.attempt ?? 0) + 1,
      completion,
      planRevision:
        runs.find((run) => run.id === completion.runId)?.planRevision ?? (await planRevision(db, id)),
      runs,
      worktree: await findWorktree(db, id),
      repairsUsed: completion.attempt - 1,
    };
  }
  return undefined;
}

/** Whether the work of a project is still to be verified: a person may have called it off. */
export async function isBeingVerified(bridge: Bridge, projectId: ProjectId): Promise<boolean> {
  return (await findProject(databaseOf(bridge).read, projectId))?.status === 'verifying';
}

/** Tells that the owner's check with this number begins. Throws LeaseLost. */
export async function recordCheckBegun(
  lease: HeldLease,
  projectId: ProjectId,
  data: EventData<'project.checking'>,
): Promise<void> {
  await writeHolding(lease, ({ trx, now }) =>
    appendEvent(trx, {
      type: 'project.checking',
      data,
      projectId,
      runId: null,
      actor: 'supervisor',
      createdAt: now,
    }),
  );
}

/** What follows from evidence. */
export type Verified = 'awaiting_approval' | 'repair' | 'approved_by_rule';

/** The owner's rule, and how its patterns are read. */
export interface ApprovalRule extends AutoApprove {
  readonly matches: (path: string, pattern: string) => boolean;
}

/** What the owner says about what was measured. */
export interface VerifiedRules {
  /** Approves without a person. */
  readonly rule?: ApprovalRule | undefined;
  /** Whether what a reviewer blocks goes back to be repaired, once a round. */
  readonly repairsFindings?: boolean;
}

/**
 * Records what was measured of a round. Red checks, and blocking findings where the owner says so, send it back to be
 * repaired while it has repairs left; else a person decides, or `rule` approves it, or it is the answer to an agent. Refused when the project has moved on
 * since. Throws LeaseLost.
 */
export async function recordEvidence(
  lease: HeldLease,
  { project: { id }, attempt, completion }: Pick<ToVerify, 'project' | 'attempt' | 'completion'>,
  evidence: Evidence,
  { rule, repairsFindings = false }: VerifiedRules = {},
): Promise<Result<Verified>> {
  const { round, runId } = completion;
  const at = { round, attempt };
  const sentBefore =
    repairsFindings && (await wereFindingsSentBack(databaseOf(lease.bridge).read, id, round, attempt));
  const repair = repairOf(evidence, at, repairsFindings && !sentBefore);
  return changeProject<Verified>(
    lease.bridge,
    id,
    repair?.action ?? 'evidence_ready',
    'supervisor',
    async (change) => {
      const { trx, now, event } = change;
      const measured = await insertEvidence(trx, { projectId: id, ...at }, runId, evidence, now);
      if (repair) {
        await event(repair.event);
        return 'repair';
      }
      await event({ type: 'project.verified', data: { ...at, ...figuresOf(evidence) } });
      const isRuled = rule !== undefined && isApprovedByRule(evidence, rule, rule.matches);
      const isAsked = !isRuled && (await isAnswer(trx, id));
      if (!isRuled && !isAsked) return 'awaiting_approval';
      change.moveOn('approve');
      const decided = {
        verdict: 'approved',
        reason: isAsked ? 'an escalation: its completion is the answer' : '',
        reviseIn: null,
        allow: [],
        bound: true,
        by: 'supervisor',
      } as const;
      await recordDecision(change, { ...decided, measured });
      return 'approved_by_rule';
    },
    async (trx, project) => {
      await assertLease(trx, lease);
      const newest = (await findEvidence(trx, id, project.round))?.attempt ?? 0;
      if (project.round === round && newest + 1 === attempt) return undefined;
      return refuse(`attempt ${attempt} of round ${round} is not the one under way.`);
    },
  );
}

interface Repair {
  readonly action: ProjectAction;
  readonly event: Happening;
}

/** How it goes back to be repaired; undefined: it does not. */
function repairOf(
  evidence: Evidence,
  at: { readonly round: number; readonly attempt: number },
  repairsFindings: boolean,
): Repair | undefined {
  const { checks, checksPassed, repairs } = evidence;
  if (repairs.used >= repairs.max) return undefined;
  const repair = repairs.used + 1;
  if (checksPassed === false) {
    const failed = checks.filter((check) => !hasPassed(check)).map(({ name }) => name);
    const event: Happening = { type: 'project.checks_failed', data: { ...at, failed, repair } };
    return { action: 'checks_failed', event };
  }
  const findings = blockingFindings(evidence).length;
  if (!repairsFindings || findings === 0) return undefined;
  const event: Happening = { type: 'project.findings_sent_back', data: { ...at, findings, repair } };
  return { action: 'send_back_findings', event };
}

/** A reviewer always finds something more: only what it says first goes back. */
async function wereFindingsSentBack(
  db: Reader,
  id: ProjectId,
  round: number,
  attempt: number,
): Promise<boolean> {
  const before = await evidenceOfRound(db, id, round);
  return before.some((one) => one.attempt < attempt && blockingFindings(one.evidence).length > 0);
}

/** Lets a person look at work that cannot be verified now; a retry verifies it again. Throws LeaseLost. */
export async function parkVerifying(
  lease: HeldLease,
  projectId: ProjectId,
  reason: string,
): Promise<Result<Project>> {
  return changeProject(
    lease.bridge,
    projectId,
    'park',
    'supervisor',
    (change) => needsAttention(change, change.project, reason),
    async (trx, { status }) => {
      await assertLease(trx, lease);
      return status === 'verifying' ? undefined : refuse(`it is not being verified but ${status}.`);
    },
  );
}
