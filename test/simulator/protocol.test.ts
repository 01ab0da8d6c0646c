import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { apiError, calls, drop, gated, hang, type Reply, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { eventually } from '../eventually.ts';

describe('simulated Messages API', () => {
  let reply: Reply;
  let simulator: Simulator;

  beforeEach(async () => {
    reply = say('hello');
    simulator = await startSimulator({ script: () => reply });
  });
  afterEach(() => simulator.close());

  test('the simulator answers with one JSON message when no stream is asked for', async () => {
    reply = say('hello', { usage: { input_tokens: 7, output_tokens: 2, cache_read_input_tokens: 90 } });
    const response = await ask(simulator, { stream: false });
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 7,
        output_tokens: 2,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 90,
      },
    });
  });

  test('the simulator streams thinking, text and tool calls as the events of the real API', async () => {
    reply = calls([{ name: 'Bash', input: { command: 'echo "ü 🎈"' } }], {
      thinking: 'Well, well.',
      text: 'I ask the shell.',
      pace: { chunks: 3, everyMs: 1 },
    });
    const events = await streamed(await ask(simulator));
    expect(events.map(outline)).toEqual([
      'message_start',
      'ping',
      'content_block_start thinking',
      ...Array(3).fill('content_block_delta thinking_delta'),
      'content_block_delta signature_delta',
      'content_block_stop',
      'content_block_start text',
      ...Array(3).fill('content_block_delta text_delta'),
      'content_block_stop',
      'content_block_start tool_use',
      ...Array(3).fill('content_block_delta input_json_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events.map((event) => event.delta?.text ?? '').join('')).toBe('I ask the shell.');
    const json = events.map((event) => event.delta?.partial_json ?? '').join('');
    expect(JSON.parse(json)).toEqual({ command: 'echo "ü 🎈"' });
    expect(events.at(-2)?.delta).toEqual({ stop_reason: 'tool_use', stop_sequence: null });
  });

  test('the simulator gives every message and every tool call an id of its own', async () => {
    reply = calls([
      { name: 'A', input: {} },
      { name: 'B', input: {} },
    ]);
    const texts = await Promise.all([1, 2, 3].map(async () => (await ask(simulator)).text()));
    const ids = texts.join('').match(/"(?:msg|toolu)_[^"]+"/g) ?? [];
    expect(new Set(ids).size).toBe(3 * 3);
  });

  test('the simulator sends an API error with its headers', async () => {
    reply = apiError(529, { headers: { 'retry-after': '3' } });
    const response = await ask(simulator);
    expect(response.status).toBe(529);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Scripted error 529' },
    });
  });

  test('the simulator breaks the connection before or in the middle of an answer', async () => {
    reply = drop('before-headers');
    await expect(ask(simulator)).rejects.toThrow('fetch failed');
    reply = drop('mid-stream');
    const response = await ask(simulator);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('the simulator holds an answer back until its gate opens', async () => {
    const gate = createGate();
    reply = gated(gate, say('at last'));
    const response = ask(simulator, { stream: false });
    await simulator.waitForRequest(({ kind }) => kind === 'main');
    gate.open();
    expect(await (await response).json()).toMatchObject({ content: [{ type: 'text', text: 'at last' }] });
  });

  test.each<[string, Reply]>([
    ['a hang before the headers', hang('before-headers')],
    ['a hang after the headers', hang('after-headers')],
    ['a hang in mid-stream', hang('mid-stream')],
    ['a long delay', say('late', { delayMs: 3_600_000 })],
    ['a slow stream', say('a b', { pace: { chunks: 2, everyMs: 3_600_000 } })],
    ['a closed gate', gated(createGate(), say('never'))],
  ])('the simulator ends %s at once when it closes', async (_name, slow) => {
    const before = sockets();
    reply = slow;
    const answer = ask(simulator).then((response) => response.text());
    const failure = expect(answer).rejects.toThrow();
    await simulator.waitForRequest(({ kind }) => kind === 'main');
    await simulator.close();
    await failure;
    await eventually(() => expect(sockets().length).toBeLessThan(before.length));
  });

  test('the simulator ends a delay when the client leaves', async () => {
    const sleeping: Promise<void>[] = [];
    const sleep: Clock['sleep'] = (ms, signal) => {
      const sleeper = systemClock.sleep(ms, signal);
      sleeping.push(sleeper);
      return sleeper;
    };
    await using slow = await startSimulator({
      script: () => say('late', { delayMs: 3_600_000 }),
      clock: { ...systemClock, sleep },
    });
    const leaving = new AbortController();
    const answer = expect(ask(slow, {}, leaving.signal)).rejects.toThrow();
    await eventually(() => expect(sleeping).toHaveLength(1));
    leaving.abort();
    await answer;
    await Promise.all(sleeping);
  });

  test('the simulator answers probes, token counts and requests for JSON by itself', async () => {
    const probe = await fetch(`${simulator.url}/api/hello`, { method: 'HEAD' });
    expect(probe.status).toBe(200);
    const count = await post(simulator, '/v1/messages/count_tokens', { messages: [] });
    expect(await count.json()).toEqual({ input_tokens: 4 });
    const properties = { title: { type: 'string' }, ok: { type: 'boolean' } };
    const titled = await ask(simulator, {
      stream: false,
      tools: [],
      output_config: { format: { type: 'json_schema', schema: { properties, required: ['title', 'ok'] } } },
    });
    expect(await titled.json()).toMatchObject({ content: [{ text: '{"title":"simulated","ok":true}' }] });
    expect(simulator.requests.map(({ kind }) => kind)).toEqual(['auxiliary', 'auxiliary', 'auxiliary']);
  });

  test('the simulator refuses what it does not know, and names it', async () => {
    const missing = await post(simulator, '/v1/files', {});
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('The simulator has no POST /v1/files');
    const broken = await post(simulator, '/v1/messages', { model: 'claude-test' });
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('messages');
  });

  test('the simulator records requests without the key they carry', async () => {
    await ask(simulator);
    const [request] = simulator.requests;
    expect(request).toMatchObject({ kind: 'main', method: 'POST', path: '/v1/messages' });
    expect(request?.headers).toMatchObject({ 'x-claude-code-session-id': 'session' });
    expect(JSON.stringify(request)).not.toContain('secret');
  });

  test('the simulator turns a failing script into an error that says what failed', async () => {
    await using broken = await startSimulator({
      script: () => {
        throw new Error('no such project');
      },
    });
    const response = await ask(broken);
    expect(await response.text()).toContain('Simulator: the script failed: no such project.');
  });

  test('the simulator stops waiting for a request when asked to, and when it closes', async () => {
    const told = AbortSignal.abort(new Error('enough'));
    await expect(simulator.waitForRequest(() => false, told)).rejects.toThrow('enough');
    const waiting = expect(simulator.waitForRequest(() => false)).rejects.toThrow('the simulator was closed');
    await simulator.close();
    await waiting;
  });

  test('the simulator can be closed twice', async () => {
    await simulator.close();
    await simulator.close();
  });

  test('the simulator refuses a port that is taken', async () => {
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ script: sequence([]), port })).rejects.toThrow('EADDRINUSE');
  });
});

const mainRequest = {
  model: 'claude-test',
  max_tokens: 1000,
  stream: true,
  tools: [{ name: 'Bash' }],
  messages: [{ role: 'user', content: 'Go.' }],
};

function ask(simulator: Simulator, changes: object = {}, signal?: AbortSignal): Promise<Response> {
  return post(simulator, '/v1/messages?beta=true', { ...mainRequest, ...changes }, signal);
}

/** Every request has a connection of its own, so that fetch keeps no socket open behind a test's back. */
function post(simulator: Simulator, path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(simulator.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      'x-api-key': 'secret',
      authorization: 'Bearer secret',
      'x-claude-code-session-id': 'session',
    },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

interface SentEvent {
  readonly type: string;
  readonly content_block?: { readonly type: string };
  readonly delta?: { readonly type?: string; readonly text?: string; readonly partial_json?: string };
}

async function streamed(response: Response): Promise<SentEvent[]> {
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const blocks = (await response.text()).split('\n\n').filter(Boolean);
  return blocks.map((block): SentEvent => {
    const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
    const event = JSON.parse(data ?? 'null');
    expect(event.type).toBe(name);
    return event;
  });
}

function outline({ type, content_block, delta }: SentEvent): string {
  return [type, content_block?.type ?? delta?.type].filter(Boolean).join(' ');
}

function sockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}
