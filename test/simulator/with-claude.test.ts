import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rateLimitHeaders, usageLimitReached } from '../../src/simulator/rate-limits.ts';
import { apiError, call, hang, say } from '../../src/simulator/reply.ts';
import { byConversation, repeatingLast, sequence } from '../../src/simulator/script.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import { eventually } from '../eventually.ts';
import { runClaude, temporaryFolder } from './claude.ts';

describe('the real claude on the simulator', () => {
  test('claude says what the script says and ends well', async () => {
    await using simulator = await startSimulator({ script: sequence([say('Good morning.')]) });
    const claude = await runClaude(simulator.url, { args: ['Greet me.'] });
    const { exitCode, result, stderr } = await claude.ended;
    expect(stderr).toBe('');
    expect(result).toMatchObject({ subtype: 'success', is_error: false, result: 'Good morning.' });
    expect(exitCode).toBe(0);
    expect(turns(simulator).map((turn) => turn.lastUserText)).toEqual(['Greet me.']);
  });

  test('claude writes a real file when the script calls Write, and the script sees the tool result', async () => {
    const folder = await temporaryFolder('claude-work-');
    const file = join(folder, 'hello.txt');
    const script = sequence([
      call('Write', { file_path: file, content: 'hello\n' }, { text: 'I write the file.' }),
      (turn) => say(turn.toolResults[0]?.isError === false ? 'Written.' : 'It did not work.'),
    ]);
    await using simulator = await startSimulator({ script });
    const claude = await runClaude(simulator.url, {
      args: ['Write hello.txt.', '--permission-mode', 'acceptEdits'],
      folder,
    });
    const { exitCode, result } = await claude.ended;
    expect(result?.result).toBe('Written.');
    expect(exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('hello\n');
  });

  test('claude works on two conversations at once, each with the script of its marker', async () => {
    const script = byConversation({
      'project one': sequence([call('Read', { file_path: '/nowhere' }), say('One is done.')]),
      'project two': sequence([say('Two is done.')]),
    });
    await using simulator = await startSimulator({ script });
    const claudes = await Promise.all([
      runClaude(simulator.url, { args: ['This is project one.'] }),
      runClaude(simulator.url, { args: ['This is project two.'] }),
    ]);
    const ends = await Promise.all(claudes.map((claude) => claude.ended));
    expect(ends.map((end) => end.result?.result)).toEqual(['One is done.', 'Two is done.']);
  });

  test('claude reports a refused request', async () => {
    await using simulator = await startSimulator({
      script: () => apiError(400, { message: 'Not like this' }),
    });
    const { exitCode, result } = await (await runClaude(simulator.url, { args: ['Hi.'] })).ended;
    expect(result).toMatchObject({ is_error: true, api_error_status: 400 });
    expect(result?.result).toContain('Not like this');
    expect(exitCode).toBe(1);
  });

  test('claude retries while the API is overloaded, and goes on when it answers again', async () => {
    const script = sequence([apiError(529), say('Here I am.')]);
    await using simulator = await startSimulator({ script });
    const { events, exitCode, result } = await (await runClaude(simulator.url, { args: ['Hi.'] })).ended;
    expect(events).toContainEqual(
      expect.objectContaining({ subtype: 'api_retry', error_status: 529, error: 'overloaded' }),
    );
    expect(result?.result).toBe('Here I am.');
    expect(exitCode).toBe(0);
  });

  test('claude says why it fails when the script has no more steps', async () => {
    await using simulator = await startSimulator({ script: sequence([]) });
    const { exitCode, result } = await (await runClaude(simulator.url, { args: ['Hi.'] })).ended;
    expect(result?.result).toContain('Simulator: the script is exhausted: it has 0 steps.');
    expect(exitCode).toBe(1);
    expect(turns(simulator)).toHaveLength(1);
  });

  test('claude waits through a hang until it is killed, and the simulator closes with nothing left', async () => {
    const before = openSockets();
    const simulator = await startSimulator({ script: () => hang('mid-stream') });
    const claude = await runClaude(simulator.url, { args: ['Hi.'] });
    await simulator.waitForRequest(({ kind }) => kind === 'main');
    claude.child.kill('SIGKILL');
    expect((await claude.ended).result).toBeUndefined();
    await simulator.close();
    await eventually(() => expect(openSockets()).toEqual(before));
  });

  test('claude reports a used-up subscription with the time of its reset', async () => {
    const resetsAt = new Date('2099-01-01T03:00:00Z');
    await using simulator = await startSimulator({ script: () => usageLimitReached({ resetsAt }) });
    const claude = await runClaude(simulator.url, { args: ['Hi.'], login: 'subscription' });
    const { events, exitCode, result } = await claude.ended;
    const limit = events.find(({ type }) => type === 'rate_limit_event');
    expect(limit?.rate_limit_info).toMatchObject({
      status: 'rejected',
      rateLimitType: 'five_hour',
      resetsAt: resetsAt.getTime() / 1000,
    });
    expect(result).toMatchObject({ is_error: true, api_error_status: 429 });
    expect(exitCode).toBe(1);
  });

  test.each([
    { lowPriority: 'offered' },
    { lowPriority: 'slot_busy' },
    { grace: 1 },
    { window: 'seven_day_overage_included' },
  ] as const)('claude does not wait for a used-up subscription, whatever the service offers: %j', async (offer) => {
    const limit = { resetsAt: new Date('2099-01-01T03:00:00Z'), ...offer };
    await using simulator = await startSimulator({ script: () => usageLimitReached(limit) });
    const claude = await runClaude(simulator.url, { args: ['Hi.'], login: 'subscription' });
    const { events, exitCode } = await claude.ended;
    const rateLimitType = limit.window ?? 'five_hour';
    expect(events.find(({ type }) => type === 'rate_limit_event')?.rate_limit_info).toMatchObject({
      status: 'rejected',
      rateLimitType,
    });
    expect([turns(simulator).length, exitCode]).toEqual([1, 1]);
  });

  test('claude reports how much of a subscription is used while it still answers', async () => {
    const headers = rateLimitHeaders({
      status: 'allowed_warning',
      resetsAt: new Date('2099-01-01T03:00:00Z'),
      window: 'seven_day',
      utilization: 0.91,
    });
    await using simulator = await startSimulator({ script: sequence([say('Hello.', { headers })]) });
    const claude = await runClaude(simulator.url, { args: ['Hi.'], login: 'subscription' });
    const { events, exitCode } = await claude.ended;
    const limit = events.find(({ type }) => type === 'rate_limit_event');
    expect(limit?.rate_limit_info).toMatchObject({
      status: 'allowed_warning',
      rateLimitType: 'seven_day',
      utilization: 0.91,
    });
    expect(exitCode).toBe(0);
  });

  test('claude takes its prompt as the first message on standard input', async () => {
    await using simulator = await startSimulator({ script: repeatingLast([say('Understood.')]) });
    const claude = await runClaude(simulator.url, {
      args: ['--input-format', 'stream-json'],
      stdin: messages('Read me.'),
    });
    const { exitCode, result } = await claude.ended;
    expect(result).toMatchObject({ subtype: 'success', result: 'Understood.' });
    expect(exitCode).toBe(0);
    expect(turns(simulator)[0]?.lastUserText).toBe('Read me.');
  });

  test('claude passes on to the script what the user says while it works', async () => {
    const script = sequence([
      call('Read', { file_path: '/nowhere' }),
      (turn) => say(`I was told: ${turn.userTexts.join(' ')}`),
    ]);
    await using simulator = await startSimulator({ script });
    const claude = await runClaude(simulator.url, {
      args: ['--input-format', 'stream-json'],
      stdin: messages('Paint it.', 'In blue.'),
    });
    const { events } = await claude.ended;
    const results = events.filter(({ type }) => type === 'result').map(({ result }) => result);
    expect(results).toEqual(['I was told: Paint it. In blue.']);
  });

  test('claude compacts a conversation without asking the script', async () => {
    await using simulator = await startSimulator({ script: sequence([say('First.'), say('Second.')]) });
    const claude = await runClaude(simulator.url, {
      args: ['--input-format', 'stream-json'],
      stdin: messages('The marker is 4711.', '/compact', 'Go on.'),
    });
    const { events, result } = await claude.ended;
    expect(events).toContainEqual(expect.objectContaining({ subtype: 'compact_boundary' }));
    expect(result?.result).toBe('Second.');
    expect(turns(simulator)).toHaveLength(2);
    expect(turns(simulator)[1]?.mentions('The marker is 4711.')).toBe(true);
    expect(simulator.requests.map(({ kind }) => kind)).toEqual(['main', 'auxiliary', 'main']);
  });
});

/** Input lines of `--input-format stream-json`. */
function messages(...texts: string[]): string {
  return texts
    .map((content) => ({ type: 'user', message: { role: 'user', content }, parent_tool_use_id: null }))
    .map((message) => `${JSON.stringify(message)}\n`)
    .join('');
}

function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

function turns(simulator: Simulator): ScriptTurn[] {
  return simulator.requests.flatMap((request) => (request.kind === 'main' ? [request.turn] : []));
}
