/**
 * Folds the output of a run into its cost. Claude reports its own figure at the end of each turn. Until then, and for a
 * run without such an end, the usage of each answer is priced, so a run that was killed has a cost too. Pure.
 */
import { type RunCost, UNKNOWN_COST } from '../project/run.ts';
import { listPriceUsd, type TokenUsage } from './list-prices.ts';
import type { ClaudeEvent, ResultMessage } from './stream.ts';

interface Answer {
  readonly model: string;
  readonly usage: TokenUsage;
}

export interface Spending {
  /** A turn has begun, so requests may have been made. */
  readonly requested: boolean;
  /** What Claude has reported for this process alone; undefined before its first report. */
  readonly statedUsd: number | undefined;
  /** The first sum of a version that may include the whole session, and the list price of the answers until then. */
  readonly firstSum: { readonly usd: number; readonly listUsd: number } | undefined;
  /** The newest sum that Claude reported. */
  readonly sumUsd: number | undefined;
  /** Answers since the last report: the newest by message id, which may still grow, and the price of the others. */
  readonly newest: ReadonlyMap<string, Answer>;
  readonly olderUsd: number;
  /** The message that is being streamed. */
  readonly streaming: string;
}

/** The spending before the first event. */
export const NOTHING_SPENT: Spending = {
  requested: false,
  statedUsd: undefined,
  firstSum: undefined,
  sumUsd: undefined,
  newest: new Map(),
  olderUsd: 0,
  streaming: '',
};

/** The spending after one more event. */
export function spend(before: Spending, event: ClaudeEvent): Spending {
  switch (event.kind) {
    case 'init':
      return { ...before, requested: true };
    case 'assistant':
      return event.usage ? withAnswer(before, event.messageId, event.model, event.usage) : before;
    case 'usage': {
      // Versions before 2.1.329 do not name the message in its last usage event.
      const id = event.messageId ?? before.streaming;
      return { ...withAnswer(before, id, event.model, event.usage), streaming: id };
    }
    case 'result':
      return withStatement(before, event.result);
    default:
      return before;
  }
}

/** Enough for interleaved answers of several subagents. */
const MAX_OPEN_ANSWERS = 32;

/** The blocks of one message repeat its usage; only its last usage has all output tokens. */
function withAnswer(before: Spending, id: string, model: string | undefined, usage: TokenUsage): Spending {
  const known = before.newest.get(id);
  const newest = new Map(before.newest).set(id, {
    model: model ?? known?.model ?? 'unknown',
    usage: known ? larger(known.usage, usage) : usage,
  });
  let { olderUsd } = before;
  const [oldest] = newest;
  if (oldest && newest.size > MAX_OPEN_ANSWERS) {
    olderUsd += price(oldest[1]);
    newest.delete(oldest[0]);
  }
  return { ...before, requested: true, newest, olderUsd };
}

function larger(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
    cacheWrite: Math.max(a.cacheWrite, b.cacheWrite),
    cacheWriteHour: Math.max(a.cacheWriteHour, b.cacheWriteHour),
  };
}

/**
 * `model_usage_since_last_result` covers this process only (seen in 2.1.329). The sum covers this process in 2.1.240
 * and before, and the whole session in 2.1.280 and later; it restarts at 0 for a second conversation in the process.
 */
function withStatement(before: Spending, result: ResultMessage): Spending {
  const { total_cost_usd: sum, model_usage_since_last_result: models } = result;
  const stated = before.statedUsd ?? 0;
  const own = models && Object.values(models).reduce((usd, { costUSD }) => usd + costUSD, 0);
  // Before 2.1.329 the report leaves out an answer that was cut off.
  const cutOff = own === undefined && result.terminal_reason === 'aborted_streaming';
  const rest = { newest: new Map(cutOff ? [...before.newest].slice(-1) : []), olderUsd: 0 };
  if (own !== undefined) return { ...before, ...rest, statedUsd: stated + own, sumUsd: sum };
  if (sum === undefined) return before;
  if (before.sumUsd === undefined)
    return {
      ...before,
      ...rest,
      statedUsd: stated,
      firstSum: { usd: sum, listUsd: listUsd(before) },
      sumUsd: sum,
    };
  const more = sum >= before.sumUsd ? sum - before.sumUsd : sum;
  return { ...before, ...rest, statedUsd: stated + more, sumUsd: sum };
}

/**
 * The cost of the run so far, in US dollars. Unknown when requests may have been made and no figure exists.
 *
 * @param sessionUsd What Claude reported for earlier runs of the session.
 */
export function costOf(spending: Spending, sessionUsd: number): RunCost {
  const list = listUsd(spending);
  if (spending.statedUsd === undefined && list === 0)
    return spending.requested ? UNKNOWN_COST : { usd: 0, basis: 'reported' };
  const stated = (spending.statedUsd ?? 0) + firstOwnUsd(spending, sessionUsd);
  return {
    usd: stated + list,
    basis: list > 0 || spending.statedUsd === undefined ? 'estimated' : 'reported',
  };
}

/**
 * The share of this process in the first sum: the sum with or without the earlier runs, whichever is nearer to the
 * price of the answers.
 */
function firstOwnUsd({ firstSum }: Spending, sessionUsd: number): number {
  if (!firstSum) return 0;
  const { usd, listUsd: list } = firstSum;
  const rest = usd - sessionUsd;
  return rest >= 0 && Math.abs(rest - list) <= Math.abs(usd - list) ? rest : usd;
}

function listUsd({ newest, olderUsd }: Spending): number {
  return [...newest.values()].reduce((usd, answer) => usd + price(answer), olderUsd);
}

function price({ model, usage }: Answer): number {
  return listPriceUsd(model, usage);
}
