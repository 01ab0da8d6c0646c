/** From the first byte of the real claude to an outcome. */
import { describe, expect, test } from 'vitest';
import { advance, NO_PROGRESS } from '../../src/claude/progress.ts';
import { readQuotas } from '../../src/claude/quota.ts';
import { type ClaudeEvent, readEvent } from '../../src/claude/stream.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import { rateLimitHeaders, usageLimitReached } from '../../src/simulator/rate-limits.ts';
import { apiError, call, calls, hang, say } from '../../src/simulator/reply.ts';
import { type Script, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { onWindows } from '../platform.ts';
import { outcomeOf, type Rest } from './reading.ts';
import { type RealOptions, startClaude } from './rig.ts';

interface Case {
  readonly what: string;
  readonly script: Script;
  readonly options?: RealOptions;
  readonly rest?: Rest;
  readonly outcome: Outcome | object;
}

const resetsAt = new Date('2099-01-01T03:00:00Z');
const read: Script = () => call('Read', { file_path: '/nowhere' });

const CASES: readonly Case[] = [
  { what: 'a turn that ends well', script: () => say('hi'), outcome: { kind: 'no_completion' } },
  {
    what: 'error 500',
    script: () => apiError(500),
    outcome: { kind: 'api_error', status: 500, message: expect.stringContaining('500') },
  },
  { what: 'error 529', script: () => apiError(529), outcome: { kind: 'throttled' } },
  {
    what: 'a model that does not exist',
    script: () => apiError(404, { message: 'model: nonsuch' }),
    options: { model: 'nonsuch' },
    rest: { model: 'nonsuch' },
    outcome: { kind: 'model_unknown', model: 'nonsuch', message: expect.stringContaining('nonsuch') },
  },
  {
    what: 'a wrong key',
    script: () => apiError(401, { message: 'invalid x-api-key' }),
    outcome: { kind: 'not_logged_in', message: expect.any(String) },
  },
  {
    what: 'no credit',
    script: () => apiError(400, { message: 'Your credit balance is too low to access the Anthropic API.' }),
    outcome: { kind: 'billing', message: expect.any(String) },
  },
  {
    what: 'a usage limit',
    script: () => usageLimitReached({ resetsAt }),
    options: { login: 'subscription' },
    outcome: { kind: 'usage_limit', limit: 'five_hour', resetsAt: resetsAt.toISOString() },
  },
  {
    what: 'a throttle without a reset',
    script: () => apiError(429),
    options: { login: 'subscription' },
    outcome: { kind: 'throttled' },
  },
  { what: 'error 413', script: () => apiError(413), outcome: { kind: 'prompt_too_long' } },
  {
    what: 'a prompt that is too long',
    script: () => apiError(400, { message: 'prompt is too long: 300000 tokens > 200000 maximum' }),
    outcome: { kind: 'prompt_too_long' },
  },
  {
    what: 'the cap on turns',
    script: read,
    options: { maxTurns: 2 },
    outcome: { kind: 'max_turns', turns: 2 },
  },
  {
    what: 'the cap on cost',
    script: read,
    options: { maxBudgetUsd: 0.01 },
    rest: { budget: { scope: 'project', limitUsd: 0.01 } },
    outcome: { kind: 'budget_spent', budgetUsd: 0.01, scope: 'project' },
  },
  { what: 'a refusal', script: () => say('', { stopReason: 'refusal' }), outcome: { kind: 'refused' } },
  {
    what: 'a session to resume that is not there',
    script: () => say('hi'),
    options: { resume: true, keepInput: true },
    rest: { resumed: true },
    outcome: { kind: 'session_missing' },
  },
  {
    what: 'an option it does not know',
    script: () => say('hi'),
    options: { permissionMode: 'nonsense' },
    outcome: { kind: 'crashed', code: 1, signal: null, stderr: expect.stringContaining('error') },
  },
];

describe('streams of the real claude', () => {
  test.each(CASES)('the stream of the real claude tells the outcome: $what', async ({
    script,
    options,
    rest,
    outcome,
  }) => {
    await using simulator = await startSimulator({ script });
    const { lines, exit, cut, stderr, raw } = await (await startClaude(simulator.url, options)).ended;
    expect(outcomeOf(lines, { ...rest, exit, cut, stderr })).toEqual(outcome);
    expect(lines).toEqual(raw.split('\n').slice(0, -1));
  });

  const SIGNALS = [
    [
      'SIGINT',
      {
        kind: 'crashed',
        code: expect.any(Number),
        signal: null,
        stderr: 'its turn was interrupted from outside',
      },
    ],
    ['SIGTERM', { kind: 'crashed', code: 143, signal: null, stderr: '' }],
    ['SIGHUP', { kind: 'crashed', code: 129, signal: null, stderr: '' }],
    ['SIGKILL', { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: '' }],
  ] as const;

  test.skipIf(onWindows).each(SIGNALS)(
    'the stream of the real claude tells of %s during a turn (needs signals)',
    async (signal, outcome) => {
      await using simulator = await startSimulator({ script: () => hang('mid-stream') });
      const { child, ended } = await startClaude(simulator.url, { keepInput: true });
      await simulator.waitForRequest(({ kind }) => kind === 'main');
      process.kill(child.identity.pid, signal);
      child.endInput();
      const { lines, exit, cut, stderr } = await ended;
      expect(outcomeOf(lines, { exit, cut, stderr })).toEqual(outcome);
      expect(outcomeOf(lines, { exit, cut, stderr, ended: { kind: 'cancelled' } })).toEqual({
        kind: 'cancelled',
      });
    },
  );

  test('the stream names model and version, and repeats the message Claude takes in', async () => {
    await using simulator = await startSimulator({ script: () => say('hi') });
    const { lines } = await (await startClaude(simulator.url)).ended;
    const events = lines.map(readEvent);
    expect(events).toContainEqual({
      kind: 'init',
      init: expect.objectContaining({ claude_code_version: expect.stringMatching(/^2\./), mcp_servers: [] }),
    });
    expect(events).toContainEqual({ kind: 'taken_in', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  test('the stream has as many turns as it says, and no open tool at the end', async () => {
    const script = sequence([
      calls(
        [1, 2].map(() => ({ name: 'Read', input: { file_path: '/nowhere' } })),
        { text: 'I look twice.' },
      ),
      call('Bash', { command: 'true', description: 'Do nothing' }),
      say('done'),
    ]);
    await using simulator = await startSimulator({ script });
    const { lines } = await (await startClaude(simulator.url)).ended;
    const events = lines.map(readEvent).filter((event) => event !== undefined);
    const seen = events.map(tools());
    expect(seen).toContain('Read: /nowhere');
    expect(seen).toContain('Bash: true');
    expect(seen.at(-1)).toBeNull();
    const result = events.findLast((event) => event.kind === 'result')?.result;
    expect(last(events).turns).toBe(3);
    expect(result?.total_cost_usd).toBeGreaterThan(0);
  });

  test("the stream's turns leave out those of subagents", async () => {
    const script: Script = (turn) => {
      if (turn.toolResults.length > 0) return say('done');
      if (turn.subagentId !== undefined) return call('Read', { file_path: '/nowhere' });
      return call('Agent', { description: 'Look', prompt: 'Look around.', subagent_type: 'general-purpose' });
    };
    await using simulator = await startSimulator({ script });
    const { lines } = await (await startClaude(simulator.url)).ended;
    const events = lines.map(readEvent).filter((event) => event !== undefined);
    expect(events.some((event) => event.kind === 'assistant' && event.ofSubagent)).toBe(true);
    expect(last(events).turns).toBe(2);
  });

  // Newer models are offered no such tools, unless CLAUDE_CODE_ENABLE_TODO_TOOLS is set.
  test('the stream tells the tasks that Claude notes, how many are done and which is under way', async () => {
    const [first, second] = ['Read the docs', 'Write the test'];
    const task = (subject: string) => ({ name: 'TaskCreate', input: { subject, description: subject } });
    const update = (taskId: string, status: string) => call('TaskUpdate', { taskId, status });
    await using simulator = await startSimulator({
      script: sequence([
        calls([task(first), task(second)]),
        update('1', 'in_progress'),
        update('1', 'completed'),
        update('2', 'in_progress'),
        call('TaskList'),
        say('Half of it.'),
      ]),
    });
    const { lines } = await (await startClaude(simulator.url, { model: 'claude-opus-4-5' })).ended;
    let progress = NO_PROGRESS;
    const seen = new Set<string>();
    for (const line of lines) {
      const event = readEvent(line);
      if (event) progress = advance(progress, event, '2026-03-01T12:00:00.000Z');
      const { todosDone, todosTotal, currentTodo } = progress.live;
      seen.add(`${todosDone} of ${todosTotal}, ${currentTodo}`);
    }
    expect([...seen]).toEqual([
      '0 of 0, null',
      '0 of 1, null',
      '0 of 2, null',
      `0 of 2, ${first}`,
      '1 of 2, null',
      `1 of 2, ${second}`,
    ]);
  });

  test('the stream says how much of a subscription is used', async () => {
    const inHours = (hours: number) => new Date((Math.floor(Date.now() / 1000) + hours * 3_600) * 1_000);
    const short = { status: 'allowed', resetsAt: inHours(4), utilization: 0.25 } as const;
    const long = {
      status: 'allowed',
      resetsAt: inHours(100),
      utilization: 0.5,
      window: 'seven_day',
    } as const;
    const headers = { ...rateLimitHeaders(long), ...rateLimitHeaders(short) };
    await using simulator = await startSimulator({ script: () => say('hi', { headers }) });
    const { lines } = await (await startClaude(simulator.url, { login: 'subscription' })).ended;
    const quotas = lines
      .map(readEvent)
      .flatMap((event) => (event?.kind === 'rate_limit' ? readQuotas(event.info, new Date(0)) : []));
    const seen = { status: 'allowed', seenAt: '1970-01-01T00:00:00.000Z' };
    expect(quotas).toEqual([
      { window: 'five_hour', utilization: 0.25, resetsAt: short.resetsAt.toISOString(), ...seen },
      { window: 'seven_day', utilization: 0.5, resetsAt: long.resetsAt.toISOString(), ...seen },
    ]);
  });
});

function tools(): (event: ClaudeEvent) => string | null {
  let progress = NO_PROGRESS;
  return (event) => {
    progress = advance(progress, event, '2026-03-01T12:00:00.000Z');
    return progress.live.currentTool;
  };
}

function last(events: readonly ClaudeEvent[]) {
  return events.reduce((progress, event) => advance(progress, event, '2026-03-01T12:00:00.000Z'), NO_PROGRESS)
    .live;
}
