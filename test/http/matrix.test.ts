/** Who gets in: every route by every credential, every name of the host and every origin. */
import { expect, test } from 'vitest';
import { addCredential, revokeCredential, rotateCredential } from '../../src/bridge/credentials.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { ROLES, type Role } from '../../src/project/credential.ts';
import { accepted, everything } from '../bridge/steps.ts';
import { createRig, type Rig } from '../rig.ts';
import { EXPECTED, type Expectation } from './expected.ts';
import { type Serving, serve, signedIn } from './server.ts';

const named = ROUTES.map(({ method, path }) => `${method} ${path}`);

test('every route has expectations in the matrix, and no other has', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual([...named].sort());
});

interface Shown {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What it lets in as. */
  readonly role: Role | undefined;
  /** Tried with every name of the host and every kind of origin. */
  readonly isCore?: true;
}

/** One of each kind. */
async function credentialsOf(rig: Rig, { tokens, port }: Serving): Promise<Shown[]> {
  const { bridge, clock } = rig;
  const add = async (name: string, lifetimeMs?: number) =>
    accepted(await addCredential(bridge, name, 'admin', lifetimeMs, 'person')).token;
  const revoked = await add('revoked');
  await revokeCredential(bridge, 'revoked', 'person');
  const rotated = await add('rotated');
  await rotateCredential(bridge, 'rotated', 'person');
  const expired = await add('expired', 1_000);
  clock.advance(1_000);
  const signedOut = await signedIn(rig, 'signed-out', 'admin');
  await revokeCredential(bridge, 'signed-out', 'person');
  const browsers = { read: await signedIn(rig, 'r', 'read'), admin: await signedIn(rig, 'a', 'admin') };
  const { cookie, key } = browsers.admin;

  const bearer = (name: string, token: string, role?: Role): Shown => ({
    name,
    headers: { authorization: `Bearer ${token}` },
    role,
  });
  const browser = (name: string, value: string, key: string | undefined, role?: Role): Shown => ({
    name,
    headers: { cookie: value, ...(key !== undefined && { 'bridge-key': key }) },
    role,
  });
  const own = `bridge_${port}=${cookie}`;
  const core = [
    { name: 'nothing', headers: {}, role: undefined },
    ...ROLES.map((role) => bearer(role, tokens[role], role)),
    bearer('revoked', revoked),
    bearer('expired', expired),
    browser('cookie and key', own, key, 'admin'),
    browser(
      'cookie and key of a reader',
      `bridge_${port}=${browsers.read.cookie}`,
      browsers.read.key,
      'read',
    ),
    browser('cookie only', own, undefined),
    { name: 'key only', headers: { 'bridge-key': key }, role: undefined },
    browser("another port's cookie", `bridge_${port + 1}=${cookie}`, key),
    browser('signed out', `bridge_${port}=${signedOut.cookie}`, signedOut.key),
  ];
  return [
    ...core.map((one) => ({ ...one, isCore: true }) as const),
    {
      name: 'a scheme in other letters',
      headers: { authorization: `bearer ${tokens.admin}` },
      role: 'admin',
    },
    { name: 'another scheme', headers: { authorization: `Basic ${tokens.admin}` }, role: undefined },
    { name: 'no scheme', headers: { authorization: tokens.admin }, role: undefined },
    bearer('rotated', rotated),
    bearer('one letter less', tokens.admin.slice(0, -1)),
    bearer('the secret of another', `${tokens.admin.slice(0, 17)}${tokens.read.slice(17)}`),
    bearer('two tokens', `${tokens.admin} ${tokens.read}`),
    bearer('a cookie as a token', cookie),
    bearer('a key as a token', key),
    browser('the cookie of a name over TLS', `__Host-bridge_${port}=${cookie}`, key),
    browser('a token as a cookie', `bridge_${port}=${tokens.admin}`, key),
    browser('the key of another browser', own, browsers.read.key),
    browser('the key as both', `bridge_${port}=${key}`, key),
    browser('an empty key', own, ''),
    browser('among other cookies', `a=b; ${own}; bridge_1=x`, key, 'admin'),
    {
      name: 'a wrong token beside cookie and key',
      headers: { authorization: 'Bearer wrong', cookie: own, 'bridge-key': key },
      role: undefined,
    },
  ];
}

const hostsAt = (port: number) => [
  { host: `127.0.0.1:${port}`, isOurs: true, isCore: true },
  { host: `localhost:${port}`, isOurs: true },
  { host: `LOCALHOST:${port}`, isOurs: true },
  { host: `[::1]:${port}`, isOurs: true },
  { host: 'box.example', isOurs: true },
  { host: undefined, isOurs: false, isCore: true },
  { host: 'evil.example', isOurs: false, isCore: true },
  { host: '127.0.0.1', isOurs: false },
  { host: `127.0.0.1:${port + 1}`, isOurs: false },
  { host: `127.0.0.1.evil.example:${port}`, isOurs: false },
];

const originsAt = (port: number) => [
  { headers: {}, isOurs: true, isCore: true },
  { headers: { origin: `http://127.0.0.1:${port}` }, isOurs: true, isCore: true },
  { headers: { origin: 'https://box.example', 'sec-fetch-site': 'same-origin' }, isOurs: true },
  { headers: { 'sec-fetch-site': 'none' }, isOurs: true },
  { headers: { origin: 'http://evil.example' }, isOurs: false, isCore: true },
  { headers: { origin: 'null' }, isOurs: false, isCore: true },
  { headers: { origin: '' }, isOurs: false },
  { headers: { origin: `http://127.0.0.1:${port + 1}` }, isOurs: false, isCore: true },
  { headers: { origin: `file://127.0.0.1:${port}` }, isOurs: false },
  { headers: { 'sec-fetch-site': 'cross-site' }, isOurs: false },
  { headers: { 'sec-fetch-site': 'same-site' }, isOurs: false },
];

interface Case {
  readonly host: ReturnType<typeof hostsAt>[number];
  readonly origin: ReturnType<typeof originsAt>[number];
  readonly credential: Shown;
}

/** Every credential by itself; those that are in question, and every name and origin, each with each. */
function casesOf(port: number, credentials: readonly Shown[]): Case[] {
  const [hosts, origins] = [hostsAt(port), originsAt(port)];
  const all = hosts.flatMap((host) =>
    origins.flatMap((origin) => credentials.map((credential) => ({ host, origin, credential }))),
  );
  return all.filter(({ host, origin, credential }) => {
    const isPlain = host === hosts[0] && origin === origins[0];
    const isCore = host.isCore && origin.isCore && credential.isCore;
    return isPlain || isCore || credential.name === 'nothing' || credential.name === 'admin';
  });
}

/** The first check that fails answers. */
function expectedOf(
  { needs, status }: Expectation,
  host: boolean,
  origin: boolean,
  role: Role | undefined,
): { status: number; code?: string } {
  if (!host) return { status: 421, code: 'host-not-allowed' };
  if (!origin) return { status: 403, code: 'origin-not-allowed' };
  if (needs === 'nobody') return { status };
  if (role === undefined) return { status: 401, code: 'not-signed-in' };
  if (ROLES.indexOf(role) < ROLES.indexOf(needs)) return { status: 403, code: 'role-too-small' };
  return { status };
}

test.each(named)('%s lets in whom it must and nobody else, and changes nothing', async (name) => {
  await using rig = await createRig();
  await using api = await serve(rig, { http: { hosts: ['box.example'] } });
  const expectation = EXPECTED[name] as Expectation;
  const credentials = await credentialsOf(rig, api);
  const before = await everything(rig.bridge);
  const wrong: unknown[] = [];
  for (const { host, origin, credential } of casesOf(api.port, credentials)) {
    // How often somebody may try is another test's.
    rig.clock.advance(60_000);
    const { role } = credential;
    const answer = await api.call(`${expectation.method} ${expectation.path}`, {
      headers: {
        ...expectation.headers,
        ...origin.headers,
        ...credential.headers,
        ...(host.host !== undefined && { host: host.host }),
      },
      withoutHost: host.host === undefined,
      body: expectation.body,
    });
    const expected = expectedOf(expectation, host.isOurs, origin.isOurs, role);
    const { code, ...rest } = answer.status >= 400 ? answer.json : { code: undefined };
    const isRight =
      answer.status === expected.status &&
      (expected.code === undefined || code === expected.code) &&
      (code === undefined || (rest.error === rest.detail && rest.status === answer.status));
    const isClosed =
      answer.headers['access-control-allow-origin'] === undefined &&
      answer.headers['set-cookie'] === undefined;
    if (!isRight || !isClosed)
      wrong.push({ host, origin, credential, expected, status: answer.status, code });
  }
  expect(wrong).toEqual([]);
  expect(await everything(rig.bridge)).toEqual(before);
});
