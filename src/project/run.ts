/** A run is one `claude` process started for a project. It ends with exactly one outcome. */

/** Why this run was started; each kind has its own prompt. */
export const RUN_KINDS = [
  'execute', // the first run of a plan
  'revise', // a rejection is sent back into the same session
  'resume', // the last run ended before the work was submitted
] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Every way a run can end. The facts a person needs travel with the kind. */
export type Outcome =
  | { kind: 'submitted' } // the store holds a completion of this round: the only success
  | { kind: 'no_completion' } // Claude ended its turn and submitted nothing
  | { kind: 'cancelled' } // the person cancelled the project; we ended the run
  | { kind: 'interrupted' } // the supervisor was stopped; we ended the run
  | { kind: 'never_spawned'; message: string } // proved: no process ever existed
  | { kind: 'claude_missing'; message: string } // the binary is not there or cannot be executed
  | { kind: 'machine_exhausted'; message: string } // no room, no process or no open file is left for it
  | { kind: 'workspace_missing'; message: string } // the folder is gone, not a folder, or unreadable
  | { kind: 'no_init'; afterMs: number } // the process never said a word
  | { kind: 'tools_missing'; status: string } // our MCP server did not connect: the run does not count
  | { kind: 'tool_denied'; tool: string; setting: string } // a setting takes one of our tools away: nobody would hear of the work
  | { kind: 'wrong_folder'; folder: string } // Claude began elsewhere than in the workspace; it was ended at once
  | { kind: 'claude_too_old'; message: string } // not started: this version obeys the settings of any folder
  | { kind: 'stalled'; silentMs: number } // no sign of life for too long
  | { kind: 'timed_out'; afterMs: number } // it was alive, but over its time
  | { kind: 'crashed'; code: number | null; signal: string | null; stderr: string } // ended without a result
  | { kind: 'output_truncated' } // the stream stops in the middle of a line
  | { kind: 'output_too_large'; writtenMb: number; maxMb: number } // it wrote more than the owner lets a run write
  | { kind: 'usage_limit'; limit: string; resetsAt: string } // the account's limit; a hold until then
  | { kind: 'throttled' } // the service is busy, without a reset time
  | { kind: 'not_logged_in'; message: string } // no credential, or a refused one
  | { kind: 'billing'; message: string } // out of credit
  | { kind: 'api_error'; status: number | null; message: string } // the service failed after Claude's own retries
  | { kind: 'model_unknown'; model: string; source?: ModelSource; message?: string } // the service does not know the model
  | { kind: 'request_refused'; status: number; message: string } // the service does not take what the session holds
  | { kind: 'max_turns'; turns: number } // the plan's max_turns
  | { kind: 'budget_spent'; budgetUsd: number } // the plan's budget_usd
  | { kind: 'refused' } // the model declined
  | { kind: 'prompt_too_long' } // the conversation no longer fits
  | { kind: 'session_missing' } // the session to resume is not there any more
  | { kind: 'lost'; message: string }; // it may have run; nobody saw its end

export type OutcomeKind = Outcome['kind'];

/** Where the model of a run was named. */
export type ModelSource = 'plan' | 'configuration' | 'session' | 'claude';

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
export type CostBasis = 'reported' | 'estimated' | 'unknown';

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
  readonly id: string;
  readonly projectId: string;
  readonly kind: RunKind;
  readonly round: number;
  readonly workspace: string;
  readonly sessionId: string;
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

/**
 * What a person reads about an outcome: one line, no jargon. What Claude, the service or the system said comes last.
 *
 * @param said How that is shown: as it is unless given, quoted where it could be taken for our words.
 */
export function describeOutcome(outcome: Outcome, said: (words: string) => string = asItIs): string {
  switch (outcome.kind) {
    case 'submitted':
      return 'work submitted';
    case 'no_completion':
      return 'Claude ended without submitting its work';
    case 'cancelled':
      return 'ended because the project was cancelled';
    case 'interrupted':
      return 'ended because the supervisor was stopped';
    case 'never_spawned':
      return `never started: ${said(outcome.message)}`;
    case 'claude_missing':
      return `Claude could not be started: ${said(outcome.message)}`;
    case 'machine_exhausted':
      return `this machine has no room, processes or open files left for it: ${said(outcome.message)}`;
    case 'workspace_missing':
      return `the workspace cannot be used: ${said(outcome.message)}`;
    case 'no_init':
      return `Claude said nothing for ${seconds(outcome.afterMs)} after its start`;
    case 'tools_missing':
      return `Claude started without the bridge tools (${said(outcome.status)}); the run does not count`;
    case 'tool_denied':
      return `Claude was denied the tool ${said(outcome.tool)}, without which nobody hears of its work: ${said(outcome.setting)} names it; take it out there`;
    case 'wrong_folder':
      return `Claude did not begin in the workspace, and was ended before its first request: it began in ${said(outcome.folder)}`;
    case 'claude_too_old':
      return `Claude was not started: ${said(outcome.message)}`;
    case 'stalled':
      return `no sign of life for ${seconds(outcome.silentMs)}`;
    case 'timed_out':
      return `still working after its time limit of ${seconds(outcome.afterMs)}`;
    case 'crashed':
      return `Claude ended unexpectedly (${outcome.signal ?? `exit code ${outcome.code ?? 'unknown'}`})${outcome.stderr ? `: ${said(outcome.stderr)}` : ''}`;
    case 'output_truncated':
      return "Claude's output stopped in the middle of a line";
    case 'output_too_large':
      return `ended after it had written ${outcome.writtenMb} MB; run_output_max_mb allows ${outcome.maxMb} MB. All of it is kept`;
    case 'usage_limit':
      return `usage limit reached (${said(outcome.limit)}), resets ${outcome.resetsAt}`;
    case 'throttled':
      return 'the service asked to slow down';
    case 'not_logged_in':
      return `Claude is not logged in: ${said(outcome.message)}`;
    case 'billing':
      return `the account cannot pay: ${said(outcome.message)}`;
    case 'api_error':
      return `the service failed${outcome.status === null ? '' : ` (${outcome.status})`}: ${said(outcome.message)}`;
    case 'model_unknown':
      return unknownModel(outcome, said);
    case 'request_refused':
      return `the service refuses the conversation (${outcome.status}): ${said(outcome.message)}`;
    case 'max_turns':
      return `stopped after ${outcome.turns} turns, the plan's max_turns`;
    case 'budget_spent':
      return `stopped at the plan's budget of $${outcome.budgetUsd}`;
    case 'refused':
      return 'the model declined to go on';
    case 'prompt_too_long':
      return 'the conversation is too long to go on';
    case 'session_missing':
      return 'the session to resume no longer exists';
    case 'lost':
      return `lost: ${outcome.message}`;
  }
}

const MODEL_SOURCES: Record<ModelSource, string> = {
  plan: "the plan's model",
  configuration: "'model' in config.json, or BRIDGE_MODEL",
  session: 'with which this session began',
  claude: "from Claude's own settings",
};

function unknownModel(
  { model, source, message }: Extract<Outcome, { kind: 'model_unknown' }>,
  said: (words: string) => string,
): string {
  const from = source === undefined ? '' : ` (${MODEL_SOURCES[source]})`;
  const told = message ? `: ${said(message)}` : '';
  return `the service does not know the model ${said(`'${model}'`)}${from}, or this account may not use it${told}`;
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function asItIs(words: string): string {
  return words;
}
