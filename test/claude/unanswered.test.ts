import { describe, expect, test } from 'vitest';
import { EMPTY, foldEvent } from '../../src/claude/run-summary.ts';
import { readEvent } from '../../src/claude/stream.ts';

const takenIn = (uuid: string) => ({
  type: 'user',
  uuid,
  isReplay: true,
  message: { role: 'user', content: 'x' },
});
const said = (fields: object = {}) => ({ type: 'assistant', message: { id: 'm', content: [] }, ...fields });
const result = { type: 'result', subtype: 'success', is_error: true };

function unansweredAfter(...events: readonly object[]): readonly string[] {
  let summary = EMPTY;
  for (const event of events) {
    const read = readEvent(JSON.stringify(event));
    if (read) summary = foldEvent(summary, read, '2026-01-01T00:00:00.000Z');
  }
  return summary.unanswered;
}

describe('messages that Claude may not have kept yet', () => {
  test('a message may not be kept until Claude answers, or ends its turn', () => {
    expect(unansweredAfter(takenIn('a'), takenIn('b'))).toEqual(['a', 'b']);
    expect(unansweredAfter(takenIn('a'), said(), takenIn('b'))).toEqual(['b']);
    expect(unansweredAfter(takenIn('a'), result)).toEqual([]);
  });

  test("a subagent's answer says nothing of a message's keeping", () => {
    expect(unansweredAfter(takenIn('a'), said({ parent_tool_use_id: 't' }))).toEqual(['a']);
  });
});
