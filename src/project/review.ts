/** Rounds: what Code says it did, and what the person decided about it. */
import type { Evidence } from './evidence.ts';
import type { ProjectId, RunId } from './ids.ts';
import type { ReviseIn } from './revision.ts';

/** One submission of finished work. The files and the summary are Code's own words, not a measurement. */
export interface Completion {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly round: number;
  /** 1, and one more for each repair of the same round. */
  readonly attempt: number;
  readonly runId: RunId | null;
  readonly filesCreated: readonly string[];
  readonly filesModified: readonly string[];
  readonly summary: string;
  readonly caveats: string;
  readonly createdAt: string;
}

export const VERDICTS = ['approved', 'rejected'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The way a decision came: `rule` is one of the owner's that approves by itself. */
export const DECIDED_VIA = ['desktop', 'cli', 'http', 'rule'] as const;
export type DecidedVia = (typeof DECIDED_VIA)[number];

/** One decision, bound to one round. The first decision of a round stands; a repeated one returns it. */
export interface Decision {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly round: number;
  readonly verdict: Verdict;
  /** Never empty for a rejection: Claude is sent these words. */
  readonly reason: string;
  /** In which session a rejection goes on; null: as configured. */
  readonly reviseIn: ReviseIn | null;
  /** Rules that whoever decided has allowed for the rest of the project. */
  readonly allowed: readonly string[];
  /** What was measured of the round as it was decided on; null when nothing was. */
  readonly tree: string | null;
  readonly baseOid: string | null;
  readonly evidenceId: number | null;
  /** Whether the tree was named, or had been shown, by whoever decided. */
  readonly bound: boolean;
  readonly decidedBy: string;
  readonly decidedVia: DecidedVia;
  readonly createdAt: string;
}

/** What was measured of one round, as it is kept. */
export interface RecordedEvidence {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly round: number;
  readonly attempt: number;
  /** The run whose work it is. */
  readonly runId: RunId | null;
  readonly evidence: Evidence;
  readonly createdAt: string;
}

/** A progress line from Code, or a note from the supervisor. */
export interface Update {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly runId: RunId | null;
  readonly message: string;
  readonly createdAt: string;
}

/** A message from the person into a project, under way or not; kept until a run has taken it in. */
export interface SteeringMessage {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly message: string;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
  /** The run whose prompt brings it, or that has taken it in. */
  readonly runId: RunId | null;
  /** The revision of the plan that it tells of; null: it is words of the person. */
  readonly planRevision: number | null;
}

/**
 * Messages that no run has said it took in, told apart: those in the prompt of the run under way, which may have taken
 * them in by now, and those that wait.
 */
export function sortWaiting(
  messages: readonly SteeringMessage[],
  runUnderWay: { readonly id: RunId } | undefined,
): { given: SteeringMessage[]; waiting: SteeringMessage[] } {
  const isGiven = ({ runId }: SteeringMessage) => runUnderWay !== undefined && runId === runUnderWay.id;
  return {
    given: messages.filter(isGiven),
    waiting: messages.filter((message) => !isGiven(message)),
  };
}
