/**
 * What a run costs, as its output tells: a fold over its events. Claude states its own figure at the end of each turn;
 * until then, and for a run that has no such end, the usage of each answer is priced. So a run that was killed has a
 * cost too. Pure.
 */
import { type RunCost, UNKNOWN_COST } from '../project/run.ts';
import { listPriceUsd, type TokenUsage } from './list-prices.ts';
import type { ClaudeEvent, Result } from './stream.ts';

interface Answer {
  readonly model: string;
  readonly usage: TokenUsage;
}

export interface Spending {
  /** A turn has begun: from here on requests may have been made. */
  readonly requested: boolean;
  /** What Claude has stated of this process alone; undefined while it has stated nothing. */
  readonly statedUsd: number | undefined;
  /** The first sum of a version that may count the whole session into it, and what the answers until then cost by list. */
  readonly firstSum: { readonly usd: number; readonly listUsd: number } | undefined;
  /** The newest sum stated. */
  readonly sumUsd: number | undefined;
  /** Answers since the last statement: the newest ones by message id, which may still grow, and the others' price. */
  readonly newest: ReadonlyMap<string, Answer>;
  readonly olderUsd: number;
  /** The message that is being streamed. */
  readonly streaming: string;
}

export const NOTHING_SPENT: Spending = {
  requested: false,
  statedUsd: undefined,
  firstSum: undefined,
  sumUsd: undefined,
  newest: new Map(),
  olderUsd: 0,
  streaming: '',
};

export function spend(before: Spending, event: ClaudeEvent): Spending {
  switch (event.kind) {
    case 'init':
      return { ...before, requested: true };
    case 'assistant':
      return event.usage ? withAnswer(before, event.messageId, event.model, event.usage) : before;
    case 'usage': {
      // Versions before 2.1.329 do not name the message in its last usage.
      const id = event.messageId ?? before.streaming;
      return { ...withAnswer(before, id, event.model, event.usage), streaming: id };
    }
    case 'result':
      return withStatement(before, event.result);
    default:
      return before;
  }
}

/** Enough for the answers of several subagents that come interleaved. */
const KEPT_ANSWERS = 32;

/** The blocks of one message repeat its usage, and its last usage alone has all its output tokens. */
function withAnswer(before: Spending, id: string, model: string | undefined, usage: TokenUsage): Spending {
  const known = before.newest.get(id);
  const newest = new Map(before.newest).set(id, {
    model: model ?? known?.model ?? 'unknown',
    usage: known ? larger(known.usage, usage) : usage,
  });
  let { olderUsd } = before;
  const [oldest] = newest;
  if (oldest && newest.size > KEPT_ANSWERS) {
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
 * `model_usage_since_last_result` is this process's own (seen in 2.1.329). The sum is the process's own in 2.1.240 and
 * before, and the whole session's in 2.1.280 and later; a second conversation in the process begins at 0.
 */
function withStatement(before: Spending, result: Result): Spending {
  const { total_cost_usd: sum, model_usage_since_last_result: models } = result;
  const stated = before.statedUsd ?? 0;
  const own = models && Object.values(models).reduce((usd, { costUSD }) => usd + costUSD, 0);
  // Before 2.1.329 an answer that was cut off is left out.
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
 * What the run has cost in US dollars so far. `sessionUsd` is what Claude stated for earlier runs of its session.
 * Unknown when requests may have been made and nothing tells of them.
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

/** Of the first sum, with or without the earlier runs: what is nearer to the price of the answers. */
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
