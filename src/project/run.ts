/** A run is one `claude` process started for a project. It ends with exactly one outcome. */
import type { MachineId, ProjectId, RunId } from './ids.ts';
import type { Outcome } from './outcome.ts';
import type { RevisionChoice } from './revision.ts';
import type { SessionContext } from './session-context.ts';

/** Why this run was started; each kind has its own prompt. */
export const RUN_KINDS = [
  'execute', // the first run of a plan, or of its work after an approved outline
  'outline', // the first run of a plan that is to be answered by an outline
  'revise', // a rejection is sent back into the same session
  'resume', // the last run ended before the work was submitted
  'repair', // the owner's checks, or a reviewer, found something wrong with what was submitted
  'answer', // a person has decided what an earlier run asked
  'review', // another model reads what was submitted; it changes nothing
] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** The kinds that work on the plan. */
export type WorkKind = Exclude<RunKind, 'review'>;

/** Whether a run works on the plan. A review has a conversation of its own and says nothing about the work under way. */
export function isWork<R extends Pick<Run, 'kind'>>(run: R): run is R & { readonly kind: WorkKind } {
  return run.kind !== 'review';
}

/** Everything the supervisor knows about a run while it is under way; shown by status and watch. */
export interface LiveState {
  /** Wall-clock time of the last line Claude wrote. */
  readonly lastSignAt: string | null;
  /** What Claude is doing: the open tool call, in a few words. */
  readonly currentTool: string | null;
  readonly turns: number;
  readonly costUsd: number;
  readonly todosDone: number;
  readonly todosTotal: number;
  readonly currentTodo: string | null;
}

export const EMPTY_LIVE_STATE: LiveState = {
  lastSignAt: null,
  currentTool: null,
  turns: 0,
  costUsd: 0,
  todosDone: 0,
  todosTotal: 0,
  currentTodo: null,
};

/** How a run's cost is known: Claude's own figure, the price of the answers in its output, or not at all. */
export const COST_BASES = ['reported', 'estimated', 'unknown'] as const;
export type CostBasis = (typeof COST_BASES)[number];

/** In US dollars; null: requests may have been made, and nobody knows what they cost. */
export interface RunCost {
  readonly usd: number | null;
  readonly basis: CostBasis;
}

/** What Claude itself stated for these runs, in US dollars: what it adds to when it resumes their session. */
export function statedUsd(runs: readonly Pick<Run, 'costUsd' | 'costBasis'>[]): number {
  return runs.reduce((sum, run) => sum + (run.costBasis === 'reported' ? (run.costUsd ?? 0) : 0), 0);
}

export const UNKNOWN_COST: RunCost = { usd: null, basis: 'unknown' };

export interface Run {
  readonly id: RunId;
  readonly projectId: ProjectId;
  /** Where its process is: a pid says nothing on another machine. */
  readonly machineId: MachineId;
  /** Who pays for it. */
  readonly account: string;
  readonly kind: RunKind;
  readonly round: number;
  readonly workspace: string;
  readonly sessionId: string;
  /** Why it is in this session; null for a run that begins no revision. */
  readonly revision: RevisionChoice | null;
  /** The newest revision of the plan that it was told of. */
  readonly planRevision: number;
  /** The model asked for; null: whatever Claude's own settings say. */
  readonly model: string | null;
  /** The model Claude said it uses. */
  readonly modelUsed: string | null;
  readonly pid: number | null;
  /** Opaque start-time token: with the pid it names one process for ever. */
  readonly pidStartedAt: string | null;
  readonly claudeVersion: string | null;
  readonly live: LiveState;
  /** 0 while it is under way; null when it is unknown. */
  readonly costUsd: number | null;
  readonly costBasis: CostBasis;
  /** How large its conversation was when it ended; null when it was never answered, or nobody knows. */
  readonly context: SessionContext | null;
  /** What the workspace looked like when the run ended; null when nobody looked. */
  readonly fingerprint: string | null;
  readonly outcome: Outcome | null;
  readonly createdAt: string;
  readonly spawnedAt: string | null;
  readonly readyAt: string | null;
  /** When the model first answered: from then on the account, the service and the model are known to have been well. */
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
}
