/** What a person reads about how a run ended. */
import { dollars } from './costs.ts';
import type { ModelSource, Outcome } from './outcome.ts';
import { describeRefusal } from './worktree-refusal.ts';

/**
 * What a person reads about an outcome: one line, no jargon. What Claude, the service or the system said comes last.
 *
 * @param quote How that is shown: as it is unless given, in quotation marks where it could be taken for our words.
 */
export function describeOutcome(outcome: Outcome, quote: (words: string) => string = asItIs): string {
  switch (outcome.kind) {
    case 'submitted':
      return 'work submitted';
    case 'no_completion':
      return 'Claude ended without submitting its work';
    case 'deferred':
      return `Claude waits for an answer to request ${outcome.requestId}`;
    case 'deferral_lost':
      return 'the call that waited for an answer is no longer in the session';
    case 'reviewed':
      return 'the reviewer gave its answer';
    case 'no_review':
      return 'the reviewer ended without an answer';
    case 'tool_unexpected':
      return `the reviewer was given the tool ${quote(outcome.tool)}, which may do more than read, and was stopped before its first request`;
    case 'cancelled':
      return 'ended because the project was cancelled';
    case 'interrupted':
      return 'ended because the supervisor was stopped';
    case 'never_spawned':
      return `never started: ${quote(outcome.message)}`;
    case 'claude_missing':
      return `Claude could not be started: ${quote(outcome.message)}`;
    case 'machine_exhausted':
      return `this machine has run out of disk space, processes or open files: ${quote(outcome.message)}`;
    case 'workspace_missing':
      return `the workspace cannot be used: ${quote(outcome.message)}`;
    case 'worktree_refused':
      return `the project cannot be given a worktree: ${describeRefusal(outcome.cause, quote(outcome.detail))}`;
    case 'prepare_failed':
      return `'prepare' of the workspace failed (${endOfPrepare(outcome)})${outcome.output ? `: ${quote(outcome.output)}` : ''}`;
    case 'no_init':
      return `Claude printed nothing for ${seconds(outcome.afterMs)} after it started`;
    case 'tools_missing':
      return `Claude started without the bridge tools (${quote(outcome.status)}); the run does not count`;
    case 'tool_denied':
      return `Claude may not use the tool ${quote(outcome.tool)}, without which it cannot report its work: remove it from ${quote(outcome.setting)}`;
    case 'wrong_folder':
      return `Claude started in another folder than the workspace, and was stopped before its first request: ${quote(outcome.folder)}`;
    case 'claude_too_old':
      return `Claude was not started: ${quote(outcome.message)}`;
    case 'stalled':
      return `no sign of life for ${seconds(outcome.silentMs)}`;
    case 'timed_out':
      return `still working after its time limit of ${seconds(outcome.afterMs)}`;
    case 'crashed':
      return `Claude ended unexpectedly (${outcome.signal ?? `exit code ${outcome.code ?? 'unknown'}`})${outcome.stderr ? `: ${quote(outcome.stderr)}` : ''}`;
    case 'output_truncated':
      return "Claude's output stopped in the middle of a line";
    case 'output_too_large':
      return `stopped after it wrote ${outcome.writtenMb} MB of output; run_output_max_mb allows ${outcome.maxMb} MB. The output is kept`;
    case 'usage_limit':
      return `usage limit reached (${quote(outcome.limit)}), resets ${outcome.resetsAt}`;
    case 'throttled':
      return 'the service asked to slow down';
    case 'not_logged_in':
      return `Claude is not logged in: ${quote(outcome.message)}`;
    case 'billing':
      return `the account cannot pay: ${quote(outcome.message)}`;
    case 'api_error':
      return `the service failed${outcome.status === null ? '' : ` (${outcome.status})`}: ${quote(outcome.message)}`;
    case 'model_unknown':
      return unknownModel(outcome, quote);
    case 'request_refused':
      return `the service refuses the conversation (${outcome.status}): ${quote(outcome.message)}`;
    case 'max_turns':
      return `stopped after ${outcome.turns} turns, the plan's max_turns`;
    case 'budget_spent':
      return spentText(outcome);
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

function endOfPrepare({ exitCode, signal, timedOut }: Extract<Outcome, { kind: 'prepare_failed' }>): string {
  if (timedOut) return 'stopped at its prepare_timeout';
  return signal ?? (exitCode === null ? 'it could not be started' : `exit code ${exitCode}`);
}

function spentText({ budgetUsd, scope = 'project' }: Extract<Outcome, { kind: 'budget_spent' }>): string {
  const limit = dollars(budgetUsd);
  switch (scope) {
    case 'run':
      return `stopped at the budget of one run, ${limit} (budget.run_usd)`;
    case 'review':
      return `stopped at what a review may cost, ${limit} (review.max_usd)`;
    case 'project':
      return `stopped at the budget of the project, ${limit}`;
    case 'day':
      return `stopped: the budget of the day, ${limit}, is spent (budget.day_usd)`;
    case 'month':
      return `stopped: the budget of the month, ${limit}, is spent (budget.month_usd)`;
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
  quote: (words: string) => string,
): string {
  const from = source === undefined ? '' : ` (${MODEL_SOURCES[source]})`;
  const detail = message ? `: ${quote(message)}` : '';
  return `the service does not know the model ${quote(`'${model}'`)}${from}, or this account may not use it${detail}`;
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function asItIs(words: string): string {
  return words;
}
