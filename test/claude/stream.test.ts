import { describe, expect, test } from 'vitest';
import { readQuotas } from '../../src/claude/quota.ts';
import { readEvent } from '../../src/claude/stream.ts';

const read = (event: unknown) => readEvent(JSON.stringify(event));
const OTHER = { kind: 'other' };

describe('lines that are no JSON', () => {
  test.each([
    '',
    ' ',
    '{',
    'null}',
    '{"type":"res',
    'undefined',
    '\u0000',
    '\ufeff{}',
    "{'type':1}",
  ])('a line that is no JSON is no event: %j', (line) => {
    expect(readEvent(line)).toBeUndefined();
  });
});

test('a piece of an answer is a sign of life and nothing else', () => {
  expect(read({ type: 'stream_event', event: { type: 'content_block_delta' } })).toEqual({ kind: 'partial' });
});

describe('unknown events', () => {
  const UNKNOWN: readonly unknown[] = [
    null,
    true,
    17,
    'text',
    [],
    [{ type: 'result' }],
    {},
    { type: null },
    { type: 'tool_progress', tool_name: 'Bash', heartbeat: true },
    { type: 'command_lifecycle', state: 'queued' },
    { type: 'control_response', response: { subtype: 'success' } },
    { type: 'system', subtype: 'api_retry', attempt: 1, error: 'overloaded' },
    { type: 'system', subtype: 'task_started', task_type: 'local_bash' },
    { type: 'system', subtype: 'session_state_changed', state: 'idle' },
    { type: 'system' },
    { type: 'an event of next year', subtype: 'success', message: {} },
  ];

  test.each(UNKNOWN.map((event) => [event]))('an unknown event is passed over: %j', (event) => {
    expect(read(event)).toEqual(OTHER);
  });

  test('unknown fields of a known event are passed over', () => {
    const event = { type: 'result', subtype: 'new_kind', is_error: true, deferred_tool_use: { id: 1 } };
    expect(read(event)).toMatchObject({ kind: 'result', result: { subtype: 'new_kind', is_error: true } });
  });

  test('the order of the fields does not matter', () => {
    expect(read({ num_turns: 3, is_error: false, subtype: 'success', type: 'result' })).toMatchObject({
      kind: 'result',
      result: { num_turns: 3 },
    });
  });
});

describe('fields of an unexpected type', () => {
  test('a wrong field of the first event costs only itself', () => {
    expect(read({ type: 'system', subtype: 'init', model: 7, claude_code_version: null })).toEqual({
      kind: 'init',
      init: {
        type: 'system',
        subtype: 'init',
        model: 'unknown',
        claude_code_version: 'unknown',
        cwd: undefined,
        tools: [],
        mcp_servers: [],
      },
    });
    const servers = [
      { name: 'a', status: 'connected' },
      null,
      { name: 'b' },
      'c',
      { name: 'd', status: 'failed' },
    ];
    expect(read({ type: 'system', subtype: 'init', mcp_servers: servers })).toMatchObject({
      init: {
        mcp_servers: [
          { name: 'a', status: 'connected' },
          { name: 'd', status: 'failed' },
        ],
      },
    });
    expect(read({ type: 'system', subtype: 'init', mcp_servers: {} })).toMatchObject({
      init: { mcp_servers: [] },
    });
  });

  test('a wrong field of a message costs only itself', () => {
    const content = [
      { type: 'tool_use', id: 't1', name: 'Bash', input: 'no object' },
      { type: 'tool_use', id: 2, name: 'Bash', input: {} },
      { type: 'tool_use', name: 'Bash' },
      null,
      'text',
    ];
    expect(
      read({ type: 'assistant', message: { id: 5, content }, error: null, parent_tool_use_id: 0 }),
    ).toEqual({
      kind: 'assistant',
      messageId: '',
      toolUses: [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }],
      error: undefined,
      ofSubagent: false,
    });
    expect(read({ type: 'assistant', message: { content: 'text' } })).toMatchObject({ toolUses: [] });
  });

  test('a wrong field of a tool result costs only itself', () => {
    const content = [{ type: 'tool_result', tool_use_id: 't1' }, { type: 'tool_result' }, 3];
    expect(read({ type: 'user', uuid: 1, isReplay: 'yes', message: { content } })).toEqual({
      kind: 'tool_results',
      toolUseIds: ['t1'],
    });
    expect(read({ type: 'user', message: { content: 4 } })).toEqual({ kind: 'tool_results', toolUseIds: [] });
  });

  test('a wrong field of the last event, which ends the input of the run, costs only itself', () => {
    const event = {
      type: 'result',
      subtype: null,
      is_error: 'true',
      api_error_status: '500',
      num_turns: null,
      result: {},
      errors: [{ message: 'an object' }, 'a text'],
      stop_reason: 1,
      terminal_reason: false,
      total_cost_usd: '0.1',
      model_usage_since_last_result: { opus: {} },
    };
    expect(read(event)).toEqual({
      kind: 'result',
      result: {
        type: 'result',
        subtype: 'unknown',
        is_error: false,
        api_error_status: undefined,
        num_turns: 0,
        result: undefined,
        errors: ['a text'],
        stop_reason: undefined,
        terminal_reason: undefined,
        total_cost_usd: undefined,
        model_usage_since_last_result: undefined,
        permission_denials: [],
      },
    });
    expect(read({ type: 'result' })).toMatchObject({ kind: 'result', result: { subtype: 'unknown' } });
    expect(read({ type: 'result', total_cost_usd: -3 })).toMatchObject({
      result: { total_cost_usd: undefined },
    });
  });

  test('a wrong field of a limit costs only itself', () => {
    const info = {
      status: 'rejected',
      resetsAt: 'soon',
      rateLimitType: null,
      utilization: {},
      unifiedWindows: [],
    };
    expect(read({ type: 'rate_limit_event', rate_limit_info: info })).toEqual({
      kind: 'rate_limit',
      info: { status: 'rejected' },
    });
    expect(read({ type: 'rate_limit_event', rate_limit_info: null })).toEqual(OTHER);
  });
});

describe('messages in a stream', () => {
  test('a message names its tool calls, and whether a subagent speaks', () => {
    const content = [
      { type: 'thinking', thinking: '…' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: '/a' } },
      { type: 'tool_use', id: 't2', name: 'Bash', input: { command: 'ls' } },
    ];
    const event = read({ type: 'assistant', message: { id: 'm1', content }, parent_tool_use_id: 't0' });
    expect(event).toMatchObject({ kind: 'assistant', messageId: 'm1', ofSubagent: true });
    expect(event?.kind === 'assistant' && event.toolUses.map(({ id }) => id)).toEqual(['t1', 't2']);
  });

  test("a user's message is a replay only with an id; else it holds tool results", () => {
    const message = { role: 'user', content: 'Say hi.' };
    expect(read({ type: 'user', uuid: 'u1', isReplay: true, message })).toEqual({
      kind: 'taken_in',
      uuid: 'u1',
    });
    expect(read({ type: 'user', isReplay: true, message })).toEqual({ kind: 'tool_results', toolUseIds: [] });
    expect(read({ type: 'user', uuid: 'u1', message })).toEqual({ kind: 'tool_results', toolUseIds: [] });
  });
});

describe('lines of megabytes', () => {
  test('a line of megabytes is read like any other', () => {
    const content = [{ type: 'tool_result', tool_use_id: 't1', content: 'x'.repeat(15_000_000) }];
    expect(read({ type: 'user', message: { content } })).toEqual({
      kind: 'tool_results',
      toolUseIds: ['t1'],
    });
  });

  test('a line of megabytes of nested lists ends no process', () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    expect(() => readEvent(`{"type":"result","result":${deep}}`)).not.toThrow();
    expect(() => readEvent(deep)).not.toThrow();
  });
});

describe('usage windows', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const resetsAt = Date.parse('2026-03-01T15:00:00Z') / 1000;
  const quotas = (info: object) => {
    const event = read({ type: 'rate_limit_event', rate_limit_info: info });
    return event?.kind === 'rate_limit' ? readQuotas(event.info, now) : [];
  };

  test('a usage window that the account does not have is none: not 0 %, and no loss of the others', () => {
    const unifiedWindows = { five_hour: null, seven_day: { utilization: 0.5, resetsAt }, extra: 'none' };
    const told = quotas({ status: 'allowed', resetsAt, rateLimitType: 'seven_day', unifiedWindows });
    expect(told.map(({ window, utilization }) => [window, utilization])).toEqual([['seven_day', 0.5]]);
    expect(quotas({ status: 'allowed', unifiedWindows: { five_hour: null } })).toEqual([]);
  });

  test('newer versions tell all usage windows', () => {
    const unifiedWindows = {
      five_hour: { utilization: 0.26, resetsAt, status: 'allowed' },
      seven_day: { utilization: 0.95, resetsAt: resetsAt + 86_400, status: 'allowed_warning' },
      seven_day_overage_included: { utilization: 0.1, resetsAt: 1e300 },
    };
    const seenAt = now.toISOString();
    expect(quotas({ status: 'allowed', resetsAt, rateLimitType: 'five_hour', unifiedWindows })).toEqual([
      {
        window: 'five_hour',
        utilization: 0.26,
        status: 'allowed',
        resetsAt: '2026-03-01T15:00:00.000Z',
        seenAt,
      },
      {
        window: 'seven_day',
        utilization: 0.95,
        status: 'allowed_warning',
        resetsAt: '2026-03-02T15:00:00.000Z',
        seenAt,
      },
      { window: 'seven_day_overage_included', utilization: 0.1, status: 'allowed', resetsAt: null, seenAt },
    ]);
  });

  test('older versions tell the usage window that matters', () => {
    const info = { status: 'allowed_warning', resetsAt, rateLimitType: 'seven_day_opus', utilization: 0.93 };
    expect(quotas(info)).toMatchObject([
      { window: 'seven_day_opus', utilization: 0.93, status: 'allowed_warning' },
    ]);
  });

  test('an account without usage windows has none', () => {
    expect(quotas({ status: 'rejected', isUsingOverage: false })).toEqual([]);
  });
});

/** Anything that JSON can say, with a liking for the words that are read. */
function anything(random: () => number, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
  if (kind === 0) return pick([null, true, false]);
  if (kind === 1) return pick([0, -1, 1e300, 1.5, Number.MAX_SAFE_INTEGER, 4_070_919_600]);
  if (kind <= 3) return pick(WORDS);
  const size = Math.floor(random() * 6);
  if (kind === 4) return Array.from({ length: size }, () => anything(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: size + 2 }, () => [pick(WORDS), anything(random, depth + 1)]),
  );
}

const WORDS = [
  'type subtype system init assistant user result rate_limit_event message content id name input tool_use',
  'tool_result tool_use_id error is_error status resetsAt rate_limit_info unifiedWindows five_hour rejected',
  'mcp_servers model num_turns errors total_cost_usd isReplay uuid parent_tool_use_id todos TodoWrite command',
  '__proto__ constructor toString \u0000 \ud800 💡',
].flatMap((line) => line.split(' '));

/** https://en.wikipedia.org/wiki/Lehmer_random_number_generator: the same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('any JSON is read without an exception, and its quotas too', () => {
  const random = numbers(4711);
  const types = ['system', 'assistant', 'user', 'result', 'rate_limit_event'];
  const seen = new Set<string>();
  for (let round = 0; round < 5_000; round++) {
    const noise = anything(random);
    const fields = typeof noise === 'object' && noise !== null ? noise : { message: noise };
    const known = { ...fields, type: types[round % types.length], subtype: 'init' };
    const nested = { message: anything(random), rate_limit_info: anything(random), isReplay: random() < 0.5 };
    const content = { message: { content: anything(random) }, uuid: 'u1', isReplay: random() < 0.5 };
    for (const event of [noise, known, { ...known, ...nested }, { ...known, ...content }]) {
      const line = JSON.stringify(event);
      const whole = readEvent(line);
      if (whole?.kind === 'rate_limit') readQuotas(whole.info, new Date(0));
      if (whole) seen.add(whole.kind);
      readEvent(line.slice(0, Math.floor(random() * line.length)));
    }
  }
  expect([...seen].sort()).toEqual([
    'assistant',
    'init',
    'other',
    'rate_limit',
    'result',
    'taken_in',
    'tool_results',
  ]);
});
