/** Who gets in: every route by every credential, every name of the host and every origin. */
import { expect, test } from 'vitest';
import { addCredential, revokeCredential, rotateCredential } from '../../src/bridge/credentials.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { ROLES, type Role } from '../../src/project/credential.ts';
import { accepted, everything } from '../bridge/steps.ts';
import { createRig, type Rig } from '../rig.ts';
import { EXPECTED, type Expectation } from './expected.ts';
import { type Serving, serve } from './server.ts';

const named = ROUTES.map(({ method, path }) => `${method} ${path}`);

test('every route has expectations in the matrix, and no other has', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual([...named].sort());
});

interface Credentials {
  readonly name: string;
  readonly authorization: string | undefined;
  /** What it lets in as. */
  readonly role: Role | undefined;
}

/** One of each kind. */
async function credentialsOf({ bridge, clock }: Rig, { tokens }: Serving): Promise<Credentials[]> {
  const add = async (name: string, lifetimeMs?: number) =>
    accepted(await addCredential(bridge, name, 'admin', lifetimeMs, 'person')).token;
  const revoked = await add('revoked');
  await revokeCredential(bridge, 'revoked', 'person');
  const rotated = await add('rotated');
  await rotateCredential(bridge, 'rotated', 'person');
  const expired = await add('expired', 1_000);
  clock.advance(1_000);
  const bearer = (name: string, token: string, role?: Role): Credentials => ({
    name,
    authorization: `Bearer ${token}`,
    role,
  });
  return [
    { name: 'nothing', authorization: undefined, role: undefined },
    ...ROLES.map((role) => bearer(role, tokens[role], role)),
    { name: 'a scheme in other letters', authorization: `bearer ${tokens.admin}`, role: 'admin' },
    { name: 'another scheme', authorization: `Basic ${tokens.admin}`, role: undefined },
    { name: 'no scheme', authorization: tokens.admin, role: undefined },
    bearer('revoked', revoked),
    bearer('rotated', rotated),
    bearer('expired', expired),
    bearer('one letter less', tokens.admin.slice(0, -1)),
    bearer('the secret of another', `${tokens.admin.slice(0, 17)}${tokens.read.slice(17)}`),
    bearer('two tokens', `${tokens.admin} ${tokens.read}`),
  ];
}

const hostsAt = (port: number) => [
  { host: `127.0.0.1:${port}`, isOurs: true },
  { host: `localhost:${port}`, isOurs: true },
  { host: `LOCALHOST:${port}`, isOurs: true },
  { host: `[::1]:${port}`, isOurs: true },
  { host: 'box.example', isOurs: true },
  { host: undefined, isOurs: false },
  { host: 'evil.example', isOurs: false },
  { host: '127.0.0.1', isOurs: false },
  { host: `127.0.0.1:${port + 1}`, isOurs: false },
  { host: `127.0.0.1.evil.example:${port}`, isOurs: false },
];

const originsAt = (port: number) => [
  { headers: {}, isOurs: true },
  { headers: { origin: `http://127.0.0.1:${port}` }, isOurs: true },
  { headers: { origin: 'https://box.example', 'sec-fetch-site': 'same-origin' }, isOurs: true },
  { headers: { 'sec-fetch-site': 'none' }, isOurs: true },
  { headers: { origin: 'http://evil.example' }, isOurs: false },
  { headers: { origin: 'null' }, isOurs: false },
  { headers: { origin: '' }, isOurs: false },
  { headers: { origin: `http://127.0.0.1:${port + 1}` }, isOurs: false },
  { headers: { origin: `file://127.0.0.1:${port}` }, isOurs: false },
  { headers: { 'sec-fetch-site': 'cross-site' }, isOurs: false },
  { headers: { 'sec-fetch-site': 'same-site' }, isOurs: false },
];

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
  for (const { host, isOurs } of hostsAt(api.port)) {
    const hostHeader = host === undefined ? {} : { host };
    for (const origin of originsAt(api.port))
      for (const credential of credentials) {
        // How often somebody may try is another test's.
        rig.clock.advance(60_000);
        const { authorization, role } = credential;
        const answer = await api.call(`${expectation.method} ${expectation.path}`, {
          headers: {
            ...expectation.headers,
            ...origin.headers,
            ...(authorization !== undefined && { authorization }),
            ...hostHeader,
          },
          withoutHost: host === undefined,
          body: expectation.body,
        });
        const expected = expectedOf(expectation, isOurs, origin.isOurs, role);
        const { code, ...rest } = answer.status >= 400 ? answer.json : { code: undefined };
        const isRight =
          answer.status === expected.status &&
          (expected.code === undefined || code === expected.code) &&
          (code === undefined || (rest.error === rest.detail && rest.status === answer.status));
        const isClosed = answer.headers['access-control-allow-origin'] === undefined;
        if (!isRight || !isClosed)
          wrong.push({ host, ...origin, ...credential, expected, status: answer.status, code });
      }
  }
  expect(wrong).toEqual([]);
  expect(await everything(rig.bridge)).toEqual(before);
});
