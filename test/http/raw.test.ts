/** Requests that no well-meaning client sends, byte by byte. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changingNothing } from '../bridge/steps.ts';
import { createRig, type Rig } from '../rig.ts';
import { type Serving, serve } from './server.ts';

let rig: Rig;
let api: Serving;
beforeAll(async () => {
  rig = await createRig();
  api = await serve(rig, { timeouts: { headersMs: 200, requestMs: 400 } });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

const lines = (...words: readonly string[]) => `${words.join('\r\n')}\r\n\r\n`;
const host = () => `Host: 127.0.0.1:${api.port}`;
const admin = () => `Authorization: Bearer ${api.tokens.admin}`;
const CLOSE = 'Connection: close';

/** The status of each answer that came back. */
async function statuses(bytes: string): Promise<number[]> {
  const answered = await changingNothing(rig.bridge, () => api.raw(bytes));
  return [...answered.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

test.each<[string, number]>([
  ['//health', 421],
  ['//evil.example/projects', 421],
  ['http://evil.example/health', 421],
  ['/%2F', 401],
  ['/%2Fhealth', 401],
  ['/health/', 401],
  ['/health%00', 401],
  ['/HEALTH', 401],
  ['/projects/../health', 200],
  ['/health/../projects', 401],
  ['/projects/%2e%2e/health', 200],
  ['/.well-known/oauth-protected-resource', 404],
  ['/.well-known/oauth-authorization-server/mcp/desktop', 404],
  ['/mcp', 401],
  ['/mcp/desktop', 401],
  ['/mcp/desktop/', 401],
  ['/projects;/health', 401],
])('a request for %s without a token is answered with %i', async (target, status) => {
  expect(await statuses(lines(`GET ${target} HTTP/1.1`, host(), CLOSE))).toEqual([status]);
});

test('a whole URL as the target counts by the name in it', async () => {
  const target = `http://127.0.0.1:${api.port}/health`;
  expect(await statuses(lines(`GET ${target} HTTP/1.1`, host(), CLOSE))).toEqual([200]);
});

test('a request with two hosts, or two origins, or none of a host, is refused', async () => {
  expect(await statuses(lines('GET /health HTTP/1.1', host(), 'Host: evil.example', CLOSE))).toEqual([421]);
  expect(await statuses(lines('GET /health HTTP/1.1', host(), host(), CLOSE))).toEqual([421]);
  expect(await statuses(lines('GET /health HTTP/1.1', CLOSE))).toEqual([421]);
  expect(await statuses(lines('GET /health HTTP/1.0'))).toEqual([421]);
  const own = `Origin: http://127.0.0.1:${api.port}`;
  expect(
    await statuses(lines('GET /health HTTP/1.1', host(), own, 'Origin: http://evil.example', CLOSE)),
  ).toEqual([403]);
});

test('a method that a route does not take is told which it takes, once signed in', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST']) {
    expect(await statuses(lines(`${method} /overview HTTP/1.1`, host(), 'Content-Length: 0', CLOSE))).toEqual(
      [401],
    );
    const answered = await api.raw(
      lines(`${method} /overview HTTP/1.1`, host(), admin(), 'Content-Length: 0', CLOSE),
    );
    expect(answered).toMatch(/^HTTP\/1\.1 405 /);
    expect(answered).toMatch(/^allow: GET, HEAD\r$/im);
    expect(answered).not.toMatch(/access-control/i);
  }
  expect(await statuses(lines('TRACE /overview HTTP/1.1', host(), admin(), CLOSE))).not.toContain(200);
});

const reject = '/projects/0123456789ab/reject';

test('a body over the limit is refused with a closed connection, sent whole, in chunks or only announced', async () => {
  const post = [`POST ${reject} HTTP/1.1`, host(), admin(), 'Content-Type: application/json'];
  const large = 'x'.repeat(70_000);
  expect(await statuses(`${lines(...post, `Content-Length: ${large.length}`)}${large}`)).toEqual([413]);
  const chunk = `${(1_000).toString(16)}\r\n${'x'.repeat(1_000)}\r\n`;
  expect(
    await statuses(`${lines(...post, 'Transfer-Encoding: chunked')}${chunk.repeat(70)}0\r\n\r\n`),
  ).toEqual([413]);
  expect(await statuses(`${lines(...post, 'Content-Length: 9000000000')}`)).toEqual([413]);
});

test('headers over the limit are refused', async () => {
  expect(
    await statuses(lines('GET /health HTTP/1.1', host(), `X-Long: ${'x'.repeat(20_000)}`, CLOSE)),
  ).toEqual([431]);
});

test('thousands of small headers hide no second host or foreign origin behind them', async () => {
  const small = (count: number) => Array.from({ length: count }, () => 'a:');
  const asked = (count: number, ...last: string[]) =>
    statuses(lines('GET /health HTTP/1.1', host(), CLOSE, ...small(count), ...last));
  expect(await asked(3_000)).toEqual([200]);
  expect(await asked(3_000, 'Host: evil.example')).toEqual([421]);
  expect(await asked(3_000, 'Origin: http://evil.example')).toEqual([403]);
});

test('headers that never end, and half a body, end the connection in time and change nothing', async () => {
  expect(await statuses(`GET /health HTTP/1.1\r\n${host()}\r\n`)).toEqual([408]);
  const post = [`POST ${reject} HTTP/1.1`, host(), admin(), 'Content-Type: application/json'];
  expect(await statuses(`${lines(...post, 'Content-Length: 100')}{"reason"`)).not.toContain(200);
});

test('a body whose length is said in two ways is refused', async () => {
  const post = lines(
    `POST ${reject} HTTP/1.1`,
    ...[host(), admin(), 'Content-Length: 4', 'Transfer-Encoding: chunked', CLOSE],
  );
  expect(await statuses(`${post}0\r\n\r\n`)).toEqual([400]);
});

test('requests sent ahead are answered one by one, each by its own token', async () => {
  const first = lines('GET /projects HTTP/1.1', host(), admin());
  const second = lines('GET /projects HTTP/1.1', host());
  const last = lines('GET /health HTTP/1.1', host(), CLOSE);
  expect(await statuses(first + second + last)).toEqual([200, 401, 200]);
});
