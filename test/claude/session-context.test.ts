/** How large a conversation is, from the lines of a run alone. */
import { describe, expect, test } from 'vitest';
import { type ContextReading, contextOf, readContext } from '../../src/claude/session-context.ts';
import { readEvent } from '../../src/claude/stream.ts';

const MODEL = 'claude-sonnet-5';
const usage = (written: number, output: number, hour = 0) => ({
  input_tokens: 10,
  output_tokens: output,
  cache_read_input_tokens: 20_000,
  cache_creation_input_tokens: written,
  cache_creation: { ephemeral_1h_input_tokens: hour },
});
const begins = (id: string, written: number, more: object = {}, hour = 0) => ({
  type: 'stream_event',
  event: { type: 'message_start', message: { id, model: MODEL, usage: usage(written, 1, hour) } },
  ...more,
});
const block = (id: string, written: number, parent: string | null = null) => ({
  type: 'assistant',
  message: { id, model: MODEL, usage: usage(written, 1), content: [] },
  parent_tool_use_id: parent,
});
const ends = (output: number, id?: string) => ({
  type: 'stream_event',
  event: { type: 'message_delta', usage: { output_tokens: output } },
  ...(id === undefined ? {} : { api_message_id: id }),
});
const failed = {
  type: 'assistant',
  message: { id: 'x', model: '<synthetic>', usage: { input_tokens: 0, output_tokens: 0 }, content: [] },
  error: 'server_error',
};

function contextAfter(...lines: readonly object[]) {
  const events = lines.flatMap((line) => readEvent(JSON.stringify(line)) ?? []);
  const at = (index: number) => new Date(Date.UTC(2026, 2, 1, 12, index)).toISOString();
  return contextOf(
    events.reduce<ContextReading | undefined>(
      (read, event, index) => readContext(read, event, at(index)),
      undefined,
    ),
  );
}

describe('the context of a session', () => {
  test('the context is what the newest answer read and wrote; its beginning is what the first one read', () => {
    const first = [begins('a', 1_000), block('a', 1_000), ends(300, 'a')];
    const second = [begins('b', 5_000), block('b', 5_000), block('b', 5_000), ends(700, 'b')];
    expect(contextAfter(...first, ...second)).toEqual({
      startTokens: 21_010,
      tokens: 25_710,
      at: '2026-03-01T12:06:00.000Z',
      keptMs: 300_000,
      prices: { write: 2.5, read: 0.2 },
    });
  });

  test('the context is the same where the version does not name the message that ends', () => {
    expect(contextAfter(begins('a', 1_000), block('a', 1_000), ends(300))?.tokens).toBe(21_310);
  });

  test('the context leaves out subagents, and messages that Claude Code wrote itself', () => {
    const own = [begins('a', 1_000), block('a', 1_000), ends(300, 'a')];
    const other = [begins('s', 90_000, { parent_tool_use_id: 't' }), block('s', 90_000, 't'), failed];
    expect(contextAfter(...own, ...other)?.tokens).toBe(21_310);
  });

  test('the context shrinks with a conversation that was compacted', () => {
    expect(contextAfter(begins('a', 150_000), ends(300, 'a'), begins('b', 2_000))?.tokens).toBe(22_011);
  });

  test('the context is kept for an hour, at the price of that, where some of it was written for an hour', () => {
    const { keptMs, prices } = contextAfter(begins('a', 1_000, {}, 500), begins('b', 0)) ?? {};
    expect([keptMs, prices]).toEqual([3_600_000, { write: 4, read: 0.2 }]);
  });

  test('the context is unknown before the first answer, and its prices are for a model in no list', () => {
    expect(contextAfter(failed)).toBeNull();
    const message = { id: 'a', model: 'nonsuch', usage: usage(1, 1), content: [] };
    expect(contextAfter({ type: 'assistant', message, parent_tool_use_id: null })?.prices).toBeNull();
  });
});
