/** What a run has cost, from the lines of its output alone. */
import { describe, expect, test } from 'vitest';
import { listPriceUsd } from '../../src/claude/list-prices.ts';
import { costOf, NOTHING_SPENT, spend } from '../../src/claude/spending.ts';
import { readEvent } from '../../src/claude/stream.ts';

const tokens = (output: number) => ({
  input_tokens: 1_000,
  output_tokens: output,
  cache_read_input_tokens: 10_000,
  cache_creation_input_tokens: 5_000,
});
/** Of 2,000 output tokens with Sonnet 4.5, as Claude 2.1.329 stated it. */
const ANSWER_USD = 0.05475;
const MODEL = 'claude-sonnet-4-5';

const init = { type: 'system', subtype: 'init', model: MODEL };
const begins = (id: string, more: object = {}) => ({
  type: 'stream_event',
  event: { type: 'message_start', message: { id, model: MODEL, usage: tokens(1) } },
  ...more,
});
const ends = (id?: string) => ({
  type: 'stream_event',
  event: { type: 'message_delta', usage: { output_tokens: 2_000 } },
  ...(id === undefined ? {} : { api_message_id: id }),
});
const block = (id: string, parent: string | null = null) => ({
  type: 'assistant',
  message: { id, model: MODEL, usage: tokens(1), content: [] },
  parent_tool_use_id: parent,
});
const answer = (id: string) => [begins(id), block(id), block(id), ends(id)];
const result = (fields: object) => ({ type: 'result', subtype: 'success', ...fields });
const since = (costUSD: number) => ({ model_usage_since_last_result: { [MODEL]: { costUSD } } });

function cost(lines: readonly object[], sessionUsd = 0) {
  const events = lines.flatMap((line) => readEvent(JSON.stringify(line)) ?? []);
  return costOf(events.reduce(spend, NOTHING_SPENT), sessionUsd);
}

describe('cost of a run without a result', () => {
  test('a run without a result costs what its answers cost, each once, however many blocks told of it', () => {
    const { usd, basis } = cost([init, ...answer('a'), ...answer('b')]);
    expect([usd?.toFixed(6), basis]).toEqual([(2 * ANSWER_USD).toFixed(6), 'estimated']);
  });

  test('a run without a result costs the same when its version does not name the message that ends', () => {
    const lines = [init, begins('a'), block('a'), ends(), begins('b'), block('b'), ends()];
    expect(cost(lines).usd).toBeCloseTo(2 * ANSWER_USD, 9);
  });

  test('a cut-off answer costs at least its input, and a subagent counts too', () => {
    const oneUsd = listPriceUsd(MODEL, {
      input: 1_000,
      output: 1,
      cacheRead: 10_000,
      cacheWrite: 5_000,
      cacheWriteHour: 0,
    });
    expect(cost([init, begins('a')]).usd).toBeCloseTo(oneUsd, 9);
    expect(cost([init, block('a'), block('s', 'toolu_1')]).usd).toBeCloseTo(2 * oneUsd, 9);
  });

  test('an unfinished request without any figure makes the cost unknown', () => {
    expect(cost([init])).toEqual({ usd: null, basis: 'unknown' });
    expect(cost([init, result({})])).toEqual({ usd: null, basis: 'unknown' });
  });

  test('a run without any turn costs nothing', () => {
    expect(cost([])).toEqual({ usd: 0, basis: 'reported' });
  });

  test('a run without a result costs the sum of thousands of answers', () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => answer(`m${n}`)).flat();
    expect(cost([init, ...lines]).usd).toBeCloseTo(3_000 * ANSWER_USD, 6);
  });
});

describe("Claude's own figure of the cost", () => {
  test("Claude's own figure wins over the price of the answers before it", () => {
    const lines = [init, ...answer('a'), result({ total_cost_usd: 0.07, ...since(0.07) })];
    expect(cost(lines)).toEqual({ usd: 0.07, basis: 'reported' });
  });

  test("Claude's own figure is not waited for: what comes after the last one is added", () => {
    const first = result({ total_cost_usd: 0.07, ...since(0.07) });
    const { usd, basis } = cost([init, ...answer('a'), first, init, ...answer('b')]);
    expect(usd).toBeCloseTo(0.07 + ANSWER_USD, 9);
    expect(basis).toBe('estimated');
  });

  test("Claude's own figure never goes down: a second conversation in the same process begins at 0", () => {
    const lines = [
      init,
      result({ total_cost_usd: 0.3, ...since(0.3) }),
      init,
      result({ total_cost_usd: 0, model_usage_since_last_result: {} }),
    ];
    expect(cost(lines)).toEqual({ usd: 0.3, basis: 'reported' });
    const older = [
      init,
      result({ total_cost_usd: 0.3 }),
      result({ total_cost_usd: 0 }),
      result({ total_cost_usd: 0.1 }),
    ];
    expect(cost(older).usd).toBeCloseTo(0.4, 9);
  });

  test("Claude's own figure of a resumed session is counted once, whichever way the version counts", () => {
    const lines = [init, ...answer('a')];
    // 2.1.329 states the process's own beside the sum, whatever was lost with runs that were killed.
    expect(cost([...lines, result({ total_cost_usd: 0.9, ...since(ANSWER_USD) })], 0.5).usd).toBe(ANSWER_USD);
    // 2.1.280: the whole session.
    expect(cost([...lines, result({ total_cost_usd: 0.04 + ANSWER_USD })], 0.04).usd).toBeCloseTo(
      ANSWER_USD,
      9,
    );
    // 2.1.240: the process alone, here more than all before it.
    expect(cost([...lines, result({ total_cost_usd: ANSWER_USD })], 0.04).usd).toBe(ANSWER_USD);
  });

  test("Claude's own figure of a cut-off turn leaves out its last answer in older versions, which is added", () => {
    const cutOff = { subtype: 'error_during_execution', terminal_reason: 'aborted_streaming' };
    const lines = [init, ...answer('a'), begins('b'), block('b')];
    const { usd } = cost([...lines, result({ ...cutOff, total_cost_usd: ANSWER_USD })]);
    expect(usd).toBeGreaterThan(ANSWER_USD);
    expect(cost([...lines, result({ ...cutOff, total_cost_usd: 0.08, ...since(0.08) })]).usd).toBe(0.08);
  });
});

test("a price goes by the first name that fits, and Claude's default for an unlisted model", () => {
  const input = { input: 1e6, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0 };
  const models = [
    'claude-opus-4-1-20250805',
    'claude-opus-4-8',
    'claude-opus-5-5',
    'us.anthropic.claude-haiku-4-5',
  ];
  expect(models.map((model) => listPriceUsd(model, input))).toEqual([15, 5, 4, 1]);
  expect(listPriceUsd('llama-9', { ...input, input: 0, output: 1e6 })).toBe(25);
  expect(listPriceUsd('claude-sonnet-5', { ...input, input: 0, cacheWrite: 2e6, cacheWriteHour: 1e6 })).toBe(
    6.5,
  );
});
