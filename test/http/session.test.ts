/** A browser signs in by a code, and is worth something with both its halves until it signs out. */
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { addCredential } from '../../src/bridge/credentials.ts';
import { MAX_SESSION_MS, makeSignInCode } from '../../src/bridge/sign-in.ts';
import { systemClock } from '../../src/clock.ts';
import type { Role } from '../../src/project/credential.ts';
import { databaseFile } from '../../src/state-folder.ts';
import { accepted, changingNothing } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { answerOf, type Serving, serve, signedIn } from './server.ts';
import { follow } from './stream-client.ts';

async function codeFor({ bridge }: Rig, role: Role = 'decide'): Promise<string> {
  return (await makeSignInCode(bridge, { name: 'phone', role, lifetimeMs: 120_000 })).code;
}

/** What a signed-in browser sends. */
function halves(port: number, { cookie, key }: { readonly cookie: string; readonly key: string }) {
  return { cookie: `bridge_${port}=${cookie}`, 'bridge-key': key };
}

async function newBrowser(rig: Rig, { port }: Serving, name = 'phone', role: Role = 'decide') {
  return halves(port, await signedIn(rig, name, role));
}

test('a code signs one browser in, with a cookie for this port and a key, and what it does has its name', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const answer = await api.call('POST /session', { body: { code: await codeFor(rig) } });
  const { key, ...session } = answerOf('POST /session', answer);
  expect(session).toEqual({
    name: 'phone',
    kind: 'browser',
    role: 'decide',
    created_at: '2026-03-01T12:00:00.000Z',
    expires_at: '2026-03-31T12:00:00.000Z',
  });
  const [given = ''] = answer.headers['set-cookie'] ?? [];
  expect(given).toMatch(
    new RegExp(`^bridge_${api.port}=bsc_[\\w-]+; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
  );
  const headers = { cookie: given.split(';')[0] ?? '', 'bridge-key': key };
  expect(answerOf('GET /session', await api.call('GET /session', { headers }))).toEqual(session);
  await api.call('POST /pause', { headers });
  expect(rig.rowsOf('events').at(-1)).toMatchObject({ type: 'hold.set', actor: 'person: phone' });
  const kept = JSON.stringify([rig.rowsOf('credentials'), rig.rowsOf('events'), api.log]);
  for (const secret of [key, given.slice(given.indexOf('=') + 1, given.indexOf(';'))])
    expect(kept).not.toContain(secret.slice(-43));
});

test('a code that was spent, is too old or is none signs nobody in, and says what to do', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const spent = await codeFor(rig);
  await api.call('POST /session', { body: { code: spent } });
  const old = await codeFor(rig);
  rig.clock.advance(120_000);
  for (const code of [spent, old, 'bsl_none', '']) {
    const answer = await api.call('POST /session', { body: { code } });
    expect([answer.status, answer.json.code]).toEqual([401, 'not-signed-in']);
    expect(answer.json.detail).toBe(
      'That link was used before, or is too old. Make a new one with: bridge-supervisor dashboard',
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

test('a code that nobody made is refused while another program holds the store', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const other = new Sqlite(databaseFile(rig.home));
  other.exec('BEGIN IMMEDIATE');
  const answer = await api.call('POST /session', { body: { code: 'bsl_none' } });
  other.close();
  expect([answer.status, answer.json.code]).toEqual([401, 'not-signed-in']);
});

test('a code that many spend at once signs one in', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const code = await codeFor(rig);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.call('POST /session', { body: { code } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
  expect(rig.rowsOf('credentials').filter(({ key_digest }) => key_digest !== null)).toHaveLength(1);
});

test('a second browser of the same name is told apart by a number', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const names = [];
  for (let n = 0; n < 3; n += 1) {
    const answer = await api.call('POST /session', { body: { code: await codeFor(rig) } });
    names.push(answer.json.name);
  }
  expect(names).toEqual(['phone', 'phone-2', 'phone-3']);
});

test('a browser stays signed in when the supervisor restarts, and for 30 days', async () => {
  await using rig = await createRig();
  const first = await serve(rig);
  const { port } = first;
  const headers = await newBrowser(rig, first);
  expect((await first.call('GET /session', { headers })).status).toBe(200);
  await first[Symbol.asyncDispose]();
  await using second = await serve(rig, { port, roles: [] });
  expect((await second.call('GET /session', { headers })).status).toBe(200);
  rig.clock.advance(30 * 24 * 3_600_000);
  expect((await second.call('GET /session', { headers })).status).toBe(401);
});

test('a browser that signs out is worth nothing at once, and forgets its cookie', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const headers = await newBrowser(rig, api);
  const answer = await api.call('DELETE /session', { headers });
  expect(answerOf('DELETE /session', answer)).toMatchObject({ name: 'phone', kind: 'browser' });
  expect(answer.headers['set-cookie']).toEqual([
    `bridge_${api.port}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`,
  ]);
  expect((await api.call('GET /session', { headers })).status).toBe(401);
  const token = await changingNothing(rig.bridge, () =>
    api.call('DELETE /session', { token: api.tokens.admin }),
  );
  expect([token.status, token.json.code]).toEqual([409, 'not-a-browser']);
});

test.each([
  [
    'signs out',
    (api: Serving, headers: Readonly<Record<string, string>>) => api.call('DELETE /session', { headers }),
  ],
  ['is revoked', (api: Serving) => api.call('DELETE /tokens/phone', { token: api.tokens.admin })],
])('the streams of a browser that %s end within a second with a good-bye, and those of others go on', async (_, end) => {
  await using rig = await createRig({ storeClock: systemClock });
  await using api = await serve(rig);
  const headers = await newBrowser(rig, api);
  using own = await follow(api, headers);
  using other = await follow(api, await newBrowser(rig, api, 'laptop'));
  const began = performance.now();
  await end(api, headers);
  await own.closed;
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(own.frames.at(-1)).toEqual({ event: 'bye', data: { reason: 'revoked' } });
  expect(other.frames.map(({ event }) => event)).toEqual(['hello']);
});

test('a cookie given over the https address of a proxy is for TLS alone, and the plain one counts no more', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { http: { public_url: 'https://box.example' } });
  const host = { host: 'box.example' };
  const answer = await api.call('POST /session', { headers: host, body: { code: await codeFor(rig) } });
  const [given = ''] = answer.headers['set-cookie'] ?? [];
  expect(given).toMatch(
    new RegExp(`^__Host-bridge_${api.port}=.*; Path=/; HttpOnly; Secure; SameSite=Strict$`),
  );
  const pair = given.split(';')[0] ?? '';
  const status = async (cookie: string) =>
    (await api.call('GET /session', { headers: { ...host, cookie, 'bridge-key': answer.json.key } })).status;
  expect([await status(pair), await status(pair.replace('__Host-', ''))]).toEqual([200, 401]);
});

test('wrong codes, tokens and keys of an address are slowed down together, and right ones are not', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const browser = await newBrowser(rig, api);
  const wrong = [
    () => api.call('POST /session', { body: { code: 'wrong' } }),
    () => api.call('GET /projects', { token: 'wrong' }),
    () => api.call('GET /projects', { headers: { ...browser, 'bridge-key': 'wrong' } }),
  ];
  const statuses = [];
  for (let n = 0; n < 12; n += 1) statuses.push((await wrong[n % 3]?.())?.status);
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  const slowed = await api.call('POST /session', { body: { code: 'wrong' } });
  expect([slowed.json.code, slowed.headers['retry-after']]).toEqual(['slow-down', '60']);

  expect((await api.call('POST /session', { body: { code: await codeFor(rig) } })).status).toBe(200);
  expect((await api.call('GET /projects', { token: api.tokens.read })).status).toBe(200);
  expect((await api.call('GET /projects', { headers: browser })).status).toBe(200);
  rig.clock.advance(60_000);
  expect((await api.call('GET /projects', { token: 'wrong' })).status).toBe(401);
});

test('a cookie that a browser sends for the page of another port is no try to sign in', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { cookie } = await newBrowser(rig, api);
  for (let n = 0; n < 20; n += 1)
    expect((await api.call('GET /projects', { headers: { cookie } })).status).toBe(401);
});

test('tokens are made, listed, replaced and revoked over HTTP, shown once, and listed with their last use', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { admin } = api.tokens;
  const made = answerOf(
    'POST /tokens',
    await api.call('POST /tokens', { token: admin, body: { name: 'ci', role: 'read', expires: '30d' } }),
  );
  expect(made.credential).toMatchObject({ name: 'ci', role: 'read', expires_at: '2026-03-31T12:00:00.000Z' });
  expect((await api.call('GET /projects', { token: made.token })).status).toBe(200);
  const list = async () => answerOf('GET /tokens', await api.call('GET /tokens', { token: admin }));
  await eventually(async () =>
    expect(await list()).toContainEqual({ ...made.credential, last_used_at: '2026-03-01T12:00:00.000Z' }),
  );
  expect(JSON.stringify(await list())).not.toContain('bst_');
  const taken = await api.call('POST /tokens', { token: admin, body: { name: 'ci', role: 'admin' } });
  expect([taken.status, taken.json.code]).toEqual([409, 'name-taken']);
  const badly = await api.call('POST /tokens', {
    token: admin,
    body: { name: 'a b', role: 'root', expires: 'soon' },
  });
  expect(badly.json.errors.map(({ path }: { path: string }) => path)).toEqual(['name', 'role', 'expires']);

  const replaced = answerOf(
    'POST /tokens/:name/rotate',
    await api.call('POST /tokens/ci/rotate', { token: admin }),
  );
  expect((await api.call('GET /projects', { token: made.token })).status).toBe(401);
  expect((await api.call('GET /projects', { token: replaced.token })).status).toBe(200);
  answerOf('DELETE /tokens/:name', await api.call('DELETE /tokens/ci', { token: admin }));
  expect((await api.call('GET /projects', { token: replaced.token })).status).toBe(401);
  const told = rig.rowsOf('events').filter(({ actor }) => actor === 'person: admin');
  expect(told.map(({ type }) => type)).toEqual([
    'credential.added',
    'credential.rotated',
    'credential.revoked',
  ]);
});

test('browsers whose time is over are in the history once the next one signs in, and tokens stay listed', async () => {
  await using rig = await createRig();
  await signedIn(rig, 'tablet', 'read');
  await signedIn(rig, 'phone', 'read');
  accepted(await addCredential(rig.bridge, 'ci', 'read', 1_000, 'person'));
  rig.clock.advance(MAX_SESSION_MS);
  await signedIn(rig, 'laptop', 'read');
  const expired = rig.rowsOf('events').filter(({ type }) => type === 'credential.expired');
  expect(expired.map(({ actor, data }) => [actor, data])).toEqual([
    ['supervisor', '{"name":"phone"}'],
    ['supervisor', '{"name":"tablet"}'],
  ]);
  const names = rig.rowsOf('credentials').map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['ci', 'laptop']));
  expect(names).not.toContain('phone');
  await signedIn(rig, 'watch', 'read');
  expect(rig.rowsOf('events').filter(({ type }) => type === 'credential.expired')).toHaveLength(2);
});

test('a browser has no token that could be replaced', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  await newBrowser(rig, api);
  const answer = await api.call('POST /tokens/phone/rotate', { token: api.tokens.admin });
  expect([answer.status, answer.json.code]).toEqual([404, 'token-not-found']);
});

test('a link on a page of another site leads to the page, and to nothing else', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const headers = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const page = await api.call('GET /', { headers });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const statuses = [];
  for (const [route, more] of [
    ['GET /projects', {}],
    ['POST /', {}],
    ['GET /', { 'sec-fetch-mode': 'no-cors' }],
    ['GET /', { 'sec-fetch-dest': 'iframe' }],
    ['GET /', { origin: 'http://evil.example' }],
  ] as const)
    statuses.push((await api.call(route, { headers: { ...headers, ...more } })).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403]);
});
