/** How a run ends whose call was put off, in the events of Claude Code 2.1.329. */
import { describe, expect, test } from 'vitest';
import { asRequestId } from '../../src/project/ids.ts';
import { outcomeOf } from './reading.ts';

const INIT = { type: 'system', subtype: 'init', model: 'm', tools: [], mcp_servers: [] };
const PUT_OFF = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  stop_reason: 'tool_deferred',
  terminal_reason: 'tool_deferred',
  deferred_tool_use: { id: 'toolu_1', name: 'Bash', input: {} },
};
/** A call that is put off again makes no request, and so no init event; the reason of its end is missing, too. */
const AGAIN = { ...PUT_OFF, terminal_reason: undefined, num_turns: 14 };
const lines = (...events: object[]) => events.map((event) => JSON.stringify(event));
const deferredRequest = asRequestId('a1b2c3d4e5f6');
const killed = { code: null, signal: 'SIGKILL' };

describe('the end of a run whose call is put off', () => {
  test('a run that put its call off is told from one that did nothing, also when it is killed afterwards', () => {
    const expected = { kind: 'deferred', requestId: deferredRequest };
    expect(outcomeOf(lines(INIT, PUT_OFF), { deferredRequest })).toEqual(expected);
    expect(outcomeOf(lines(INIT, PUT_OFF), { deferredRequest, exit: killed })).toEqual(expected);
    expect(outcomeOf(lines(AGAIN), { deferredRequest, resumed: true, resumesCall: true })).toEqual(expected);
  });

  test('a run whose call was put off by somebody else’s hook has just ended without a submission', () => {
    expect(outcomeOf(lines(INIT, PUT_OFF), {})).toEqual({ kind: 'no_completion' });
  });

  test('a run whose tool is not there as its call resumes waits for the tool', () => {
    const gone = { ...PUT_OFF, is_error: true, stop_reason: 'tool_deferred_unavailable' };
    const rest = { resumed: true, resumesCall: true, exit: { code: 1, signal: null } };
    expect(outcomeOf(lines(gone), rest)).toEqual({
      kind: 'tools_missing',
      status: 'tool_deferred_unavailable',
    });
  });

  test('a run that was to go on with a call and ended without a word has lost it, unless it was killed', () => {
    const rest = { resumed: true, resumesCall: true, stderr: 'No deferred tool marker found' };
    const exit = { code: 1, signal: null };
    expect(outcomeOf([], { ...rest, exit })).toEqual({ kind: 'deferral_lost' });
    expect(outcomeOf([], { ...rest, exit: killed }).kind).toBe('crashed');
    expect(outcomeOf([], { ...rest, exit, resumesCall: false }).kind).toBe('crashed');
    expect(outcomeOf(lines(INIT), { ...rest, exit }).kind).toBe('crashed');
  });
});
