/**
 * What a person asked for, and the moves it can make. This room is pure: no I/O, no clock, no SQL. Its promise is that
 * the table below is the only place that says which move is legal.
 *
 *          send_plan        claim             send_completion         evidence_ready
 *   (none) ────────▶ pending ─────▶ in_progress ────────────▶ verifying ───────────▶ awaiting_approval
 *                      ▲              ▲     ▲                     │                   │         │
 *                retry │              │     └─── checks_failed ───┘             reject│         │approve
 *                      │              └────────── reset_for_revision ── rejected ◀────┘         ▼
 *                  attention ◀── park                             complete ◀── land, finish ── approved
 *
 *   What a reviewer objects to leads to in_progress as checks_failed does (send_back_findings).
 *   A run that ends while a person is asked leads from in_progress to awaiting_answer (ask), and back when all that was
 *   asked is decided (answer).
 *   The approval of an outline leads to in_progress, in the next round (approve_outline).
 *   By hand send_completion leads to awaiting_approval. Retry leads back to verifying, rejected, approved or
 *   awaiting_answer where the project was parked there. Park is from every status in which the supervisor acts.
 *   cancelled: by cancel, from every open status; by expire, from pending. Amend reopens what awaits approval.
 */
import type { ProjectId, RunId, ScheduleId } from './ids.ts';
import type { KeptSettings } from './kept-settings.ts';

/** Every status, with who moves the project next. */
export const PROJECT_STATUSES = [
  'pending', // the supervisor claims it, or a person's own Claude Code
  'in_progress', // Claude Code works on it and submits a completion
  'awaiting_answer', // the person answers what Claude Code has asked
  'verifying', // the supervisor measures what was done and runs the owner's checks
  'awaiting_approval', // the person approves or rejects
  'rejected', // Claude Code takes up the revision
  'approved', // the supervisor lands or finishes it, or Claude Code as it reads the approval
  'complete', // nobody: it is done
  'cancelled', // nobody: the person called it off
  'attention', // the person looks at the reason, then retries or cancels
] as const;

export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

/** Statuses nobody moves on from. */
export const CLOSED_STATUSES = ['complete', 'cancelled'] as const satisfies readonly ProjectStatus[];

export function isClosed(status: ProjectStatus): boolean {
  return (CLOSED_STATUSES as readonly ProjectStatus[]).includes(status);
}

const OPEN_STATUSES = PROJECT_STATUSES.filter((status) => !isClosed(status));

/** What decides which move is legal and where it leads. */
export type Standing = Pick<Project, 'status' | 'claimedBy' | 'attentionFrom'>;

interface Move {
  readonly from: readonly ProjectStatus[];
  /** `same` leaves the status as it is: the action is allowed there and changes something else. */
  readonly to: ProjectStatus | 'same' | ((standing: Standing) => ProjectStatus);
  /** How the action reads in "cannot <verb> project in status …". */
  readonly verb: string;
}

export const MOVES = {
  claim: { from: ['pending'], to: 'in_progress', verb: 'claim' },
  send_update: { from: ['in_progress'], to: 'same', verb: 'send an update for' },
  send_completion: { from: ['in_progress'], to: afterSubmission, verb: 'complete' },
  ask: { from: ['in_progress'], to: 'awaiting_answer', verb: 'wait for an answer about' },
  answer: { from: ['awaiting_answer'], to: 'in_progress', verb: 'go on with' },
  open_request: { from: ['in_progress'], to: 'same', verb: 'ask about' },
  settle_request: { from: OPEN_STATUSES, to: 'same', verb: 'settle what was asked about' },
  evidence_ready: { from: ['verifying'], to: 'awaiting_approval', verb: 'present' },
  checks_failed: { from: ['verifying'], to: 'in_progress', verb: 'send back' },
  send_back_findings: { from: ['verifying'], to: 'in_progress', verb: 'send back' },
  approve: { from: ['awaiting_approval'], to: 'approved', verb: 'approve' },
  approve_outline: { from: ['awaiting_approval'], to: 'in_progress', verb: 'approve' },
  reject: { from: ['awaiting_approval'], to: 'rejected', verb: 'reject' },
  reset_for_revision: { from: ['rejected'], to: 'in_progress', verb: 'reset' },
  land: { from: ['approved'], to: 'complete', verb: 'land' },
  finish: { from: ['approved'], to: 'complete', verb: 'finish' },
  steer: {
    from: ['pending', 'in_progress', 'awaiting_answer', 'verifying', 'rejected', 'attention'],
    to: 'same',
    verb: 'steer',
  },
  amend: {
    from: ['pending', 'in_progress', 'awaiting_answer', 'awaiting_approval', 'rejected', 'attention'],
    to: afterAmendment,
    verb: 'amend',
  },
  start_run: { from: ['in_progress', 'verifying'], to: 'same', verb: 'start a run for' },
  park: {
    from: ['pending', 'in_progress', 'awaiting_answer', 'verifying', 'rejected', 'approved'],
    to: 'attention',
    verb: 'park',
  },
  retry: { from: ['attention'], to: afterRetry, verb: 'retry' },
  expire: { from: ['pending'], to: 'cancelled', verb: 'expire' },
  cancel: { from: OPEN_STATUSES, to: 'cancelled', verb: 'cancel' },
} as const satisfies Record<string, Move>;

export type ProjectAction = keyof typeof MOVES;
export const PROJECT_ACTIONS = Object.keys(MOVES) as ProjectAction[];

/** Whether `action` is legal for a project in this status. */
export function isLegal(status: ProjectStatus, action: ProjectAction): boolean {
  const move: Move = MOVES[action];
  return move.from.includes(status);
}

/** The status after `action`, or undefined when the action is not legal. */
export function next(standing: Standing, action: ProjectAction): ProjectStatus | undefined {
  if (!isLegal(standing.status, action)) return undefined;
  const move: Move = MOVES[action];
  if (move.to === 'same') return standing.status;
  return typeof move.to === 'function' ? move.to(standing) : move.to;
}

/** Only the supervisor measures: what is worked on by hand waits for the person at once. */
function afterSubmission({ claimedBy }: Standing): ProjectStatus {
  return claimedBy === 'supervisor' ? 'verifying' : 'awaiting_approval';
}

/** Submitted work is reopened, as by a rejection. */
function afterAmendment({ status }: Standing): ProjectStatus {
  return status === 'awaiting_approval' ? 'rejected' : status;
}

/** Work that was done and measured, or decided on, is not done again. */
function afterRetry({ attentionFrom }: Standing): ProjectStatus {
  return attentionFrom !== null && RETRIED_WHERE_IT_WAS.includes(attentionFrom) ? attentionFrom : 'pending';
}

const RETRIED_WHERE_IT_WAS: readonly ProjectStatus[] = [
  'awaiting_answer',
  'verifying',
  'rejected',
  'approved',
];

/** One line for the person or model that tried an illegal move: what happened, what was expected, what to do next. */
export function illegalMoveMessage(status: ProjectStatus, action: ProjectAction): string {
  const move: Move = MOVES[action];
  const expected = move.from.map((from) => `'${from}'`).join(' or ');
  return `cannot ${move.verb} project in status '${status}'; expected ${expected}. ${WHAT_NEXT[status]}`;
}

/** What a person or model can do about a project in this status; also shown by status texts. */
export const WHAT_NEXT: Record<ProjectStatus, string> = {
  pending: 'It waits in the queue until the supervisor or Claude Code claims it.',
  in_progress: 'Claude Code is working on it; wait for its completion, steer it, or cancel it.',
  awaiting_answer: 'Claude Code has asked and waits; answer it, or cancel the project.',
  verifying:
    'The supervisor measures what was done; wait until it can be decided on, steer it, or cancel it.',
  awaiting_approval: 'It waits for a decision: approve it, or reject it with a reason.',
  rejected: 'It waits for Claude Code to take up the revision; nothing to do now.',
  approved: 'It is approved; the supervisor lands and completes it. Nothing to do now.',
  complete: 'It is done; send a new plan for more work.',
  cancelled: 'It was cancelled; send a new plan to start again.',
  attention: 'It needs a person: read the reason, then retry or cancel it.',
};

export interface Project extends KeptSettings {
  readonly id: ProjectId;
  readonly title: string;
  readonly status: ProjectStatus;
  /** Absolute path of the folder Claude works in. */
  readonly workspace: string;
  /** What the plan asked for: the name of a workspace or a path; null: nothing. */
  readonly place: string | null;
  readonly claimedBy: Claimant | null;
  /** The run under way. */
  readonly runId: RunId | null;
  /** Claude's session that holds the conversation so far; resumed by every later run. */
  readonly sessionId: string | null;
  /** The round under way: 1 until the first rejection or approved outline, then 2, ... */
  readonly round: number;
  /** Consecutive runs that failed and were, or will be, tried again. */
  readonly tries: number;
  /** No run starts before this time (back-off). */
  readonly notBefore: string | null;
  /** Why it needs a person; only in status `attention`. */
  readonly attention: string | null;
  /** The status in which it was parked: where a retry goes on. Only in status `attention`. */
  readonly attentionFrom: ProjectStatus | null;
  /** When it is cancelled unless it has begun; null: never, or it has begun. */
  readonly expiresAt: string | null;
  /** The schedule that made it; null: a person sent it. */
  readonly scheduleId: ScheduleId | null;
  /** Which slot of it; null: a person had it run. */
  readonly slot: string | null;
  /** The round whose outline was approved; null: none. */
  readonly outlineRound: number | null;
  readonly createdAt: string;
  /**
   * The last time anything changed that a person can see of the project: its status, settings, runs, updates, messages
   * and decisions. What a run is doing at the moment is none of it.
   */
  readonly updatedAt: string;
}

/** Who works on a project: our supervisor, or a person's own Claude Code session using the tools by hand. */
export const CLAIMANTS = ['supervisor', 'code'] as const;
export type Claimant = (typeof CLAIMANTS)[number];
