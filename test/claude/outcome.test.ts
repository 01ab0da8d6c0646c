import { describe, expect, test } from 'vitest';
import { outcomeOf, type Rest } from './reading.ts';
import { RECORDED, VERSIONS } from './recorded.ts';

const cases = RECORDED.flatMap((recorded) =>
  VERSIONS.filter((version) => (recorded.only ?? version) === version).map((version) => {
    const { what, outcome, unseen = outcome, rest = {} } = recorded;
    const lines = recorded.events(version).map((event) => JSON.stringify(event));
    return { version, what, lines, rest, outcome, unseen };
  }),
);
const UNSEEN: Rest = { exit: { code: null, signal: null } };

describe('outcome of an exit that was seen', () => {
  test.each(cases)('a run of $version: $what', ({ lines, rest, outcome }) => {
    expect(outcomeOf(lines, rest)).toEqual(outcome);
  });
});

describe('outcome of an exit that nobody saw', () => {
  test.each(cases)('an unseen exit of $version: $what', ({ lines, rest, unseen }) => {
    expect(outcomeOf(lines, { ...rest, ...UNSEEN })).toEqual(unseen);
  });
});

describe('outcome of a run that was stopped', () => {
  test.each(cases)('a stopped run of $version: $what', ({ lines, rest }) => {
    for (const ended of [{ kind: 'interrupted' }, { kind: 'timed_out', afterMs: 2_000 }] as const) {
      expect(outcomeOf(lines, { ...rest, ended })).toEqual(ended);
    }
  });
});

describe('end of the output', () => {
  const [init = ''] = cases[0]?.lines ?? [];

  test('an output that ends in the middle of a line is never a success', () => {
    expect(outcomeOf([init], { cut: true })).toEqual({ kind: 'output_truncated' });
    expect(outcomeOf([init], { cut: true, exit: { code: 1, signal: null } })).toEqual({
      kind: 'output_truncated',
    });
  });

  test('an output that ends in the middle of a line is explained by a kill, or lost when nobody saw it', () => {
    expect(outcomeOf([init], { cut: true, exit: { code: null, signal: 'SIGKILL' } }).kind).toBe('crashed');
    expect(outcomeOf([init], { cut: true, ...UNSEEN }).kind).toBe('lost');
  });

  test('an output that ends after a result does not undo the result', () => {
    const lines = cases[0]?.lines ?? [];
    expect(outcomeOf(lines, { cut: true })).toEqual({ kind: 'no_completion' });
  });
});

describe('errors of a run', () => {
  const said = (error?: string, parent?: string) =>
    JSON.stringify({ type: 'assistant', message: { content: [] }, error, parent_tool_use_id: parent });
  const success = JSON.stringify({ type: 'result', subtype: 'success', is_error: false });

  test('an error that Claude gives to every 404 says nothing of the model while no result names who answered', () => {
    expect(outcomeOf([said('model_not_found')], { exit: { code: null, signal: 'SIGKILL' } }).kind).toBe(
      'crashed',
    );
    expect(outcomeOf([said('model_not_found')], UNSEEN).kind).toBe('lost');
  });

  test('an error of the model no longer counts once the model has answered', () => {
    expect(outcomeOf([said('billing_error'), said(), success], {}).kind).toBe('no_completion');
  });

  test('an error of a subagent stays the subagent’s', () => {
    expect(outcomeOf([said(), said('billing_error', 'toolu_1'), success], {}).kind).toBe('no_completion');
  });

  test('an error is shown in a few clean characters, however long the service writes', () => {
    const text = `\u001b[31mred\u001b[0m ${'x'.repeat(100_000)}`;
    const failure = JSON.stringify({ type: 'result', is_error: true, result: text });
    for (const error of ['authentication_failed', 'billing_error', 'server_error']) {
      const outcome = outcomeOf([said(error), failure], { exit: { code: 1, signal: null } });
      if (!('message' in outcome)) throw new Error('no message');
      expect(outcome.message).toMatch(/^red x+$/);
      expect(outcome.message.length).toBeLessThanOrEqual(500);
    }
  });

  test('an error is shown without the secret that the service or Claude quotes', () => {
    const failure = JSON.stringify({ type: 'result', is_error: true, result: 'bad x-api-key: hunter2' });
    const refused = outcomeOf([said('authentication_failed'), failure], {});
    expect(refused).toEqual({ kind: 'not_logged_in', message: 'bad x-api-key: [redacted]' });
    const stderr = `fetch https://me:hunter2@example.com failed\n${'.'.repeat(480)}`;
    const crashed = outcomeOf([], { exit: { code: 1, signal: null }, stderr });
    expect(crashed).toMatchObject({ kind: 'crashed', stderr: expect.not.stringContaining('hunter2') });
  });

  test('an error without text is named by what the result has', () => {
    const named = (fields: object) =>
      outcomeOf([JSON.stringify({ type: 'result', is_error: true, ...fields })], {});
    expect(named({ subtype: 'error_during_execution', errors: ['one', 'two'] })).toMatchObject({
      message: 'one; two',
    });
    expect(named({ subtype: 'error_new_kind' })).toMatchObject({ message: 'error_new_kind' });
    expect(outcomeOf([said('billing_error')], {})).toEqual({ kind: 'billing', message: 'billing_error' });
  });
});

describe('impossible reset times', () => {
  const limited = (resetsAt: unknown) => [
    JSON.stringify({ type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt } }),
    JSON.stringify({ type: 'assistant', message: {}, error: 'rate_limit' }),
  ];

  test.each([
    1e300,
    -1,
    1_772_380_800_000,
    null,
    '3am',
    {},
  ])('a reset time of %j holds nothing until then', (resetsAt) => {
    expect(outcomeOf(limited(resetsAt), { exit: { code: 1, signal: null } })).toEqual({ kind: 'throttled' });
  });
});

describe('resumed runs', () => {
  const failed = JSON.stringify({ type: 'result', subtype: 'error_during_execution', is_error: true });
  const init = JSON.stringify({ type: 'system', subtype: 'init', session_id: 's' });

  test('a resumed run that never began has lost its session; one that began keeps it, however it fails', () => {
    const rest: Rest = { resumed: true, exit: { code: 1, signal: null } };
    expect(outcomeOf([failed], rest)).toEqual({ kind: 'session_missing' });
    expect(outcomeOf([init, failed], rest)).toMatchObject({ kind: 'api_error' });
    expect(outcomeOf([init, failed], { ...rest, exit: { code: null, signal: 'SIGKILL' } }).kind).toBe(
      'crashed',
    );
  });
});

test('a signal that ended the process wins over what its last result says', () => {
  const killed: Rest = { exit: { code: null, signal: 'SIGKILL' } };
  for (const fields of [
    { subtype: 'success', is_error: false },
    { subtype: 'success', is_error: true, api_error_status: 500, result: 'API Error: 500' },
    { subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_tools' },
  ]) {
    const result = JSON.stringify({ type: 'result', ...fields });
    expect(outcomeOf([result], killed)).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' });
  }
});
