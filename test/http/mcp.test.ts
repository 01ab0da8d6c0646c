/** MCP over HTTP: the tools of stdio to clients of both eras, bound to the token that calls. */
import { once } from 'node:events';
import { request } from 'node:http';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startNextRun } from '../../src/bridge/claim.ts';
import { addCredential, revokeCredential } from '../../src/bridge/credentials.ts';
import { systemClock } from '../../src/clock.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { McpOverHttp } from '../../src/mcp/http.ts';
import { bindVerbs } from '../../src/mcp/local-verbs.ts';
import { TOOLSETS } from '../../src/project/toolset.ts';
import { accepted, beSupervisor, projectIn, send, TOKEN } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { channels, code, desktop, graph, memory } from '../mcp/rig.ts';
import { createRig, type Rig } from '../rig.ts';
import { type McpClient, MODERN, modernClient, oldClient, say, toolCall } from './mcp-client.ts';
import { type Serving, serve } from './server.ts';

let rig: Rig;
let api: Serving;
beforeEach(async () => {
  // Waits take real time.
  rig = await createRig({ storeClock: systemClock });
  api = await serve(rig, { clock: systemClock });
  // After what the test itself has opened.
  onTestFinished(async () => {
    await api[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });
});

const SIDES = ['desktop', 'code', 'channels', 'memory', 'graph'] as const;
const overStdio = { desktop, code, channels, memory, graph };
const ERAS = [
  { era: 'before 2026-07-28', connect: oldClient, version: '2025-11-25' },
  { era: 'of 2026-07-28', connect: modernClient, version: MODERN },
] as const;

/** What differs between two calls is when they were made. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'));
}

test('every set of tools has a route, also one that is not served', () => {
  const paths = ROUTES.map(({ method, path }) => `${method} ${path}`);
  for (const side of ['desktop', 'code', ...TOOLSETS]) expect(paths).toContain(`POST /mcp/${side}`);
});

describe.each(ERAS)('a client $era', ({ connect, version }) => {
  test.each(SIDES)('the tools of %s over HTTP are those over stdio, with the same words', async (side) => {
    const stdio = await overStdio[side](rig.home);
    await using http = await connect(api, side, api.tokens.admin);
    expect(http.version).toBe(version);
    expect(http.instructions).toBe(stdio.client.getInstructions());
    expect(await http.list()).toEqual((await stdio.client.listTools()).tools);
  });

  test.each<[keyof typeof overStdio, string, Record<string, unknown>]>([
    ['desktop', 'bridge_list_projects', {}],
    ['desktop', 'bridge_get_project_status', { project_id: '0123456789ab' }],
    ['desktop', 'bridge_approve', { project_id: 12 }],
    ['desktop', 'bridge_wait', { seconds: 0 }],
    ['desktop', 'nothing_of_ours', {}],
    ['code', 'bridge_get_pending_plan', {}],
    ['code', 'bridge_send_update', { message: 'x' }],
    ['code', 'bridge_gate', {}],
    ['channels', 'bridge_channels', {}],
    ['channels', 'bridge_receive', { channel: 'build' }],
    ['channels', 'bridge_send', { channel: 'build' }],
    ['graph', 'search_nodes', { query: 'baker' }],
    ['graph', 'add_observations', { observations: [{ entityName: 'nobody', contents: ['x'] }] }],
  ])('%s %s %j is answered over HTTP as over stdio', async (side, name, args) => {
    await send(rig, '# Build a clock');
    const stdio = await overStdio[side](rig.home);
    const over = await stdio.client.callTool({ name, arguments: args });
    await using http = await connect(api, side, api.tokens.admin);
    const { content, structuredContent, isError } = await http.call(name, args);
    expect(withoutTimes({ content, structuredContent, isError })).toEqual(
      withoutTimes({
        content: over.content,
        structuredContent: over.structuredContent,
        isError: over.isError,
      }),
    );
  });

  test('the graph has its resource over HTTP, and what a token writes there is by its name', async () => {
    await using http = await connect(api, 'graph', api.tokens.admin);
    await http.call('create_entities', {
      entities: [{ name: 'Ann', entityType: 'person', observations: ['bakes'] }],
    });
    const texts = await http.resources();
    expect(Object.keys(texts)).toEqual(['memory://knowledge-graph']);
    expect(JSON.parse(texts['memory://knowledge-graph'] ?? '')).toMatchObject({
      entities: [{ name: 'Ann', observations: ['bakes'], authors: ['person: admin'] }],
    });
  });

  test.each([
    'scripts',
    'relay',
  ] as const)('%s are not served over HTTP, and a client is told what to do instead', async (side) => {
    const failed = await connect(api, side, api.tokens.admin).then(
      () => 'connected',
      (error: Error) => error.message,
    );
    expect(failed).toContain(`bridge-supervisor mcp ${side}`);
  });

  test('a wait shows progress, and ends with what happens', async () => {
    await using http = await connect(api, 'desktop', api.tokens.admin);
    let progressed = 0;
    const waiting = http.call('bridge_wait', {}, { onprogress: () => (progressed += 1) });
    await eventually(() => expect(progressed).toBeGreaterThan(0));
    const { id } = await send(rig);
    expect((await waiting).structuredContent).toMatchObject({
      changes: [{ project_id: id, type: 'project.sent' }],
    });
  });

  test('two people and Claude Code go the whole way from plan to complete, under their names', async () => {
    await using person = await connect(api, 'desktop', api.tokens.admin);
    await using worker = await connect(api, 'code', api.tokens.admin);
    const sent = await person.call('bridge_send_plan', { plan_markdown: '# T', request_id: 'one' });
    const { project_id } = sent.structuredContent ?? {};
    await worker.call('bridge_claim_project', { project_id });
    await worker.call('bridge_send_completion', { project_id, summary: 'one' });
    await person.call('bridge_get_approval_queue');
    await person.call('bridge_reject', { project_id, reason: 'again' });
    await worker.call('bridge_reset_for_revision', { project_id });
    await worker.call('bridge_send_completion', { project_id, summary: 'two' });
    await person.call('bridge_get_approval_queue');
    expect((await person.call('bridge_approve', { project_id })).isError).not.toBe(true);
    const status = await worker.call('bridge_get_approval_status', { project_id });
    expect(status.structuredContent).toMatchObject({ status: 'complete', round: 2 });
    expect(rig.rowsOf('approvals').map(({ decided_by, decided_via }) => [decided_by, decided_via])).toEqual([
      ['person: admin', 'http'],
      ['person: admin', 'http'],
    ]);
    const actors = new Set(rig.rowsOf('events').map(({ type, actor }) => `${type} ${actor}`));
    expect(actors).toContain('project.sent person: admin');
    expect(actors).toContain('project.claimed code');
  });
});

describe('what was shown', () => {
  async function tokenOf(name: string): Promise<string> {
    return accepted(await addCredential(rig.bridge, name, 'admin', undefined, 'person')).token;
  }
  const approve = async (client: McpClient, project_id: string) =>
    (await client.call('bridge_approve', { project_id })).content[0]?.text;

  test('a token decides on what it was shown, in whichever connection, and not on what another was shown', async () => {
    const id = await projectIn(rig, 'awaiting_approval');
    const [phone, laptop] = [await tokenOf('phone'), await tokenOf('laptop')];
    await using one = await oldClient(api, 'desktop', phone);
    await one.call('bridge_get_approval_queue');
    await using other = await oldClient(api, 'desktop', laptop);
    expect(await approve(other, id)).toMatch(/^ERROR: round 1 .*has not been shown yet/);
    await using again = await modernClient(api, 'desktop', phone);
    expect(await approve(again, id)).toMatch(/^Round 1 is approved/);
  });

  test('another token under a name that was revoked has been shown nothing', async () => {
    const id = await projectIn(rig, 'awaiting_approval');
    await using before = await oldClient(api, 'desktop', await tokenOf('phone'));
    await before.call('bridge_get_approval_queue');
    await revokeCredential(rig.bridge, 'phone', 'person');
    await using after = await oldClient(api, 'desktop', await tokenOf('phone'));
    expect(await approve(after, id)).toMatch(/has not been shown yet/);
  });
});

test('the Code side speaks for no run, whatever its server was started in and its client claims', async () => {
  await beSupervisor(rig);
  const { id } = await send(rig);
  const started = await startNextRun(
    { bridge: rig.bridge, token: TOKEN },
    { model: null, newSessionId: () => 's' },
  );
  const scope = { BRIDGE_RUN_ID: started?.run.id ?? '', BRIDGE_PROJECT_ID: id };
  await using inRun = await serve(rig, { clock: systemClock, env: scope, roles: [] });
  const claims = { 'bridge-run-id': scope.BRIDGE_RUN_ID, 'mcp-session-id': scope.BRIDGE_RUN_ID };
  const meta = { run_id: scope.BRIDGE_RUN_ID, BRIDGE_RUN_ID: scope.BRIDGE_RUN_ID };
  const call = async (name: string, args: object) => {
    const message = { ...toolCall(name, args), params: { name, arguments: args, _meta: meta } };
    const said = await say(inRun, 'code', message, { token: api.tokens.admin, headers: claims });
    return said.message.result.content[0].text;
  };
  for (const name of ['bridge_send_update', 'bridge_send_completion']) {
    const words = name === 'bridge_send_update' ? { message: 'x' } : { summary: 'x' };
    expect(await call(name, words)).toMatch(/^ERROR: .*'project_id' is required/);
    expect(await call(name, { project_id: id, ...words })).toMatch(
      /^ERROR: a run of the supervisor works on/,
    );
    expect(await call(name, { project_id: id, run_id: scope.BRIDGE_RUN_ID, ...words })).toMatch(
      /^ERROR: .*unknown argument 'run_id'/,
    );
  }
  for (const name of ['bridge_gate', 'bridge_ask', 'bridge_permission'])
    expect(await call(name, { project_id: id })).toMatch(/^ERROR: unknown tool/);
  expect(rig.rowsOf('updates')).toEqual([]);
});

/** A wait that has begun, in a connection of its own. */
async function beginWaiting(side: 'desktop', token: string) {
  const body = JSON.stringify({
    ...toolCall('bridge_wait', { seconds: 25 }),
    params: { name: 'bridge_wait', arguments: { seconds: 25 }, _meta: { progressToken: 'p' } },
  });
  const asked = request({
    host: '127.0.0.1',
    port: api.port,
    method: 'POST',
    path: `/mcp/${side}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  asked.on('error', () => undefined);
  asked.end(body);
  const [response] = await once(asked, 'response');
  response.setEncoding('utf8').on('error', () => undefined);
  let text = '';
  response.on('data', (chunk: string) => (text += chunk));
  const closed = new Promise<string>((resolve) => response.once('close', () => resolve(text)));
  await eventually(() => expect(text).toContain('notifications/progress'));
  return { asked, closed };
}

const answered = () => api.log.filter((line) => line.includes('http.answered')).length;

test('a request is over when its client goes away', async () => {
  const before = answered();
  const { asked } = await beginWaiting('desktop', api.tokens.admin);
  asked.destroy();
  await eventually(() => expect(answered()).toBe(before + 1));
});

test('a tool that waits ends when its client goes away', async () => {
  const leaving = new AbortController();
  let isOver = false;
  const mcp = new McpOverHttp(async () => bindVerbs(rig.bridge, {}), systemClock, {});
  const caller = { name: 'phone', kind: 'token', role: 'admin', createdAt: 'then', expiresAt: null } as const;
  const answer = mcp.answer('desktop', {
    message: toolCall('bridge_wait', { seconds: 25 }),
    headers: new Headers(),
    caller,
    actor: 'person: phone',
    gone: leaving.signal,
    ending: new AbortController().signal,
    waitToWrite: () => 0,
    // It is asked when the tool has answered.
    isStillAdmitted: async () => (isOver = true),
  });
  expect((await answer).status).toBe(200);
  expect(isOver).toBe(false);
  leaving.abort();
  await eventually(() => expect(isOver).toBe(true), 10);
});

test('a server that ends answers what waits, and then is gone', async () => {
  const { closed } = await beginWaiting('desktop', api.tokens.admin);
  await api.server.close();
  const told = await closed;
  expect(told).toContain('Nothing happened.');
  await expect(fetch(`http://127.0.0.1:${api.port}/health`)).rejects.toThrow();
});

test('a wait whose token is revoked meanwhile tells nothing any more', async () => {
  const { token } = accepted(await addCredential(rig.bridge, 'lost', 'admin', undefined, 'person'));
  const { closed } = await beginWaiting('desktop', token);
  await revokeCredential(rig.bridge, 'lost', 'person');
  await send(rig, '# A secret');
  const told = await closed;
  expect(told).toContain('the token was revoked');
  expect(told).not.toContain('secret');
});

test('looking is not slowed down, and a token that changes too much is told when to go on', async () => {
  const look = () => say(api, 'desktop', toolCall('bridge_list_projects'));
  for (let n = 0; n < 130; n += 1) expect((await look()).message.result.isError).toBeUndefined();
  const id = await projectIn(rig, 'in_progress');
  const steer = async (n: number) =>
    (await say(api, 'desktop', toolCall('bridge_steer', { project_id: id, message: `${n}` }))).message.result;
  for (let n = 0; n < 120; n += 1) expect((await steer(n)).isError, String(n)).toBeUndefined();
  expect((await steer(120)).content[0].text).toMatch(/^ERROR: .* try again in \d+ seconds\.$/);
  expect(rig.rowsOf('messages')).toHaveLength(120);
  expect((await look()).message.result.isError).toBeUndefined();
});

test('nobody signs in by OAuth: where it would be found there is nothing, without a token too', async () => {
  for (const path of [
    'GET /.well-known/oauth-protected-resource',
    'GET /.well-known/oauth-protected-resource/mcp/desktop',
    'GET /.well-known/oauth-authorization-server',
    'GET /.well-known/openid-configuration',
    'POST /register',
  ]) {
    const { status, headers } = await api.call(path, { body: path.startsWith('POST') ? {} : undefined });
    expect([path, status, headers['content-type']]).toEqual([path, 404, 'application/problem+json']);
  }
});
