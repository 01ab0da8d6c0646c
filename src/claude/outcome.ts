/**
 * Classifies how a run ended, from structured facts alone: events, exit code, and why we stopped it; never from text
 * meant for people. Whether work was submitted is not decided here: the store knows, and takes precedence.
 */
import { cut } from '../characters.ts';
import type { Budget } from '../project/budget.ts';
import type { RequestId } from '../project/ids.ts';
import type { Outcome } from '../project/outcome.ts';
import { cleanText } from '../project/text.ts';
import { redact } from '../redaction.ts';
import { readFindings } from './review-answer.ts';
import type { RateLimitInfo, ResultMessage } from './stream.ts';

export interface RunFacts {
  /** Why the supervisor stopped the run; undefined when it did not. It explains everything that follows. */
  readonly ended: Outcome | undefined;
  readonly started: boolean;
  readonly resumed: boolean;
  /** It reads what was submitted, and answers in a form of its own. */
  readonly isReview: boolean;
  /** The last result event. */
  readonly result: ResultMessage | undefined;
  /** `error` of the last assistant event that had one since the last good turn. */
  readonly error: string | undefined;
  readonly rateLimit: RateLimitInfo | undefined;
  /** Both null when nobody saw the exit. */
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  /** The output ends in the middle of a line. */
  readonly cut: boolean;
  readonly stderr: string;
  readonly model: string;
  /** The request whose call Claude has put off, by the last result event; undefined when it put off none of ours. */
  readonly deferredRequest: RequestId | undefined;
  /** It was to go on with a call that was put off, without a prompt. */
  readonly resumesCall: boolean;
  /** The budget that Claude was given the rest of; undefined when none is known. */
  readonly budget: Budget | undefined;
}

/**
 * The outcome of a run that submitted no work. The first that applies: why we stopped it, an error of Claude, its
 * result, its exit.
 */
export function classify(facts: RunFacts): Outcome {
  return facts.ended ?? byError(facts) ?? byResult(facts) ?? byExit(facts);
}

function byError(facts: RunFacts): Outcome | undefined {
  const { error, rateLimit, result } = facts;
  const message = shortened(result?.result ?? error ?? '');
  switch (error) {
    case undefined:
      return undefined;
    case 'rate_limit':
      return limit(rateLimit) ?? { kind: 'throttled' };
    case 'overloaded':
      return { kind: 'throttled' };
    case 'authentication_failed':
      // Claude uses this name for every 403, including that of a gateway that knows nothing of the service.
      if (result?.api_error_status === 403 && isOfAGateway(result)) return undefined;
      return { kind: 'not_logged_in', message };
    case 'oauth_org_not_allowed':
    case 'account_on_hold':
    case 'verification_required':
    case 'cloud_credential_error':
      return { kind: 'not_logged_in', message };
    case 'billing_error':
      return { kind: 'billing', message };
    case 'model_not_found':
      // Claude uses this name for every 404; without a result it is unknown who answered.
      return !result || isOfAGateway(result)
        ? undefined
        : { kind: 'model_unknown', model: facts.model, message };
    default:
      return undefined;
  }
}

/**
 * Whether a proxy, gateway or login page answered instead of the service: only the service gives its errors a type
 * (`api_error_type`, seen in 2.1.329). 2.1.197 never reports the type, nor `api_error` as the reason of the end.
 */
function isOfAGateway({ api_error_type, terminal_reason }: ResultMessage): boolean {
  return api_error_type === undefined && terminal_reason === 'api_error';
}

/**
 * A rejection with a reset time is the usage limit of the account. Without one, the service is busy. The error of an
 * account that pays beyond its limit means the same.
 */
function limit(info: RateLimitInfo | undefined): Outcome | undefined {
  if (info?.status !== 'rejected' || info.resetsAt === undefined || info.isUsingOverage) return undefined;
  return {
    kind: 'usage_limit',
    limit: info.rateLimitType ?? 'unknown',
    resetsAt: new Date(info.resetsAt * 1000).toISOString(),
  };
}

function byResult(facts: RunFacts): Outcome | undefined {
  const { result, exit, resumed, started } = facts;
  if (!result) return undefined;
  if (resumed && !started && result.subtype === 'error_during_execution') return { kind: 'session_missing' };
  const deferral = byDeferral(facts, result);
  if (deferral) return deferral;
  // The number includes the turn that did not begin (seen in 2.1.197 and 2.1.329).
  if (result.subtype === 'error_max_turns')
    return { kind: 'max_turns', turns: Math.max(result.num_turns - 1, 0) };
  if (result.subtype === 'error_max_budget_usd')
    return {
      kind: 'budget_spent',
      budgetUsd: facts.budget?.limitUsd ?? 0,
      scope: facts.budget?.scope ?? 'run',
    };
  // The model gave an answer of another form, again and again.
  if (result.subtype === 'error_max_structured_output_retries') return { kind: 'no_review' };
  if (TOO_LARGE.includes(result.terminal_reason ?? '')) return { kind: 'prompt_too_long' };
  if (result.stop_reason === 'refusal') return { kind: 'refused' };
  if (exit.signal !== null) return undefined;
  if (result.terminal_reason?.startsWith('aborted_')) return byInterrupt(exit);
  if (result.is_error) {
    const message = shortened(result.result ?? (result.errors.join('; ') || result.subtype));
    return byAnswer(facts, result, message);
  }
  return exit.code === 0 || exit.code === null ? ofTurn(facts, result) : undefined;
}

/**
 * A call that is put off ends the turn. It stays so when its tool is not there as the session resumes. Only this field
 * always tells: a call that is put off again has no `terminal_reason` (seen in 2.1.329).
 */
function byDeferral({ deferredRequest }: RunFacts, { stop_reason }: ResultMessage): Outcome | undefined {
  if (stop_reason === 'tool_deferred_unavailable') return { kind: 'tools_missing', status: stop_reason };
  if (stop_reason !== 'tool_deferred') return undefined;
  return deferredRequest === undefined
    ? { kind: 'no_completion' }
    : { kind: 'deferred', requestId: deferredRequest };
}

/** The end of a turn that nothing cut short. */
function ofTurn({ isReview }: RunFacts, { structured_output: answer }: ResultMessage): Outcome {
  if (!isReview) return { kind: 'no_completion' };
  return { kind: readFindings(answer) ? 'reviewed' : 'no_review' };
}

/** The answer of the service, or of something before it, after the retries of Claude. */
function byAnswer({ resumed }: RunFacts, result: ResultMessage, message: string): Outcome {
  const status = result.api_error_status ?? null;
  switch (result.api_error_type) {
    case 'overloaded_error':
      return { kind: 'throttled' };
    case 'billing_error':
      return { kind: 'billing', message };
  }
  // "Overloaded". Its error type appears only in `api_retry` events (seen in 2.1.197 and 2.1.329).
  if (status === 529) return { kind: 'throttled' };
  if (status === 402) return { kind: 'billing', message };
  // Only the service itself can refuse a conversation. For a resumed one, a refusal from anyone counts.
  const refuses = status !== null && REFUSALS.includes(status) && (resumed || !isOfAGateway(result));
  return refuses ? { kind: 'request_refused', status, message } : { kind: 'api_error', status, message };
}

/** Errors of the request itself: the same request would be refused again. */
const REFUSALS: readonly number[] = [400, 422];

/** The conversation does not fit, or a request with its images and files exceeds the limit of the service. */
const TOO_LARGE: readonly string[] = ['prompt_too_long', 'image_error'];

/**
 * The turn was stopped by something else than this supervisor: its predecessor, a signal from a person, a permission
 * rule.
 */
function byInterrupt({ code }: RunFacts['exit']): Outcome {
  if (code === null) return { kind: 'lost', message: 'it was interrupted while no supervisor was watching' };
  return { kind: 'crashed', code, signal: null, stderr: 'its turn was interrupted from outside' };
}

function byExit({ exit, cut, stderr, started, resumesCall }: RunFacts): Outcome {
  // Claude says so in words alone, and ends without any event (seen in 2.1.329).
  if (resumesCall && !started && exit.code === 1) return { kind: 'deferral_lost' };
  if (exit.code === null && exit.signal === null)
    return { kind: 'lost', message: 'it ended while no supervisor was watching' };
  if (cut && exit.signal === null) return { kind: 'output_truncated' };
  return {
    kind: 'crashed',
    code: exit.code,
    signal: exit.signal,
    stderr: redact(stderr).slice(-MAX_MESSAGE_LENGTH),
  };
}

const MAX_MESSAGE_LENGTH = 500;

/**
 * A short form of a text of the service, for people. Secrets are removed first, so that a cut never leaves part of one.
 */
function shortened(text: string): string {
  return cleanText(cut(redact(text.slice(0, 2 * MAX_MESSAGE_LENGTH)), MAX_MESSAGE_LENGTH));
}
