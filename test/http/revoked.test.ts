/** What lets somebody in is kept in memory; it counts no more at the very next request, whoever has taken it away. */
import { expect, test } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { addCredential, revokeCredential, rotateCredential } from '../../src/bridge/credentials.ts';
import { accepted } from '../bridge/steps.ts';
import { createRig, type Rig } from '../rig.ts';
import { type Serving, serve, signedIn } from './server.ts';

async function isLetIn({ call }: Serving, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const { status } = await call('GET /session', { headers });
  expect([200, 401]).toContain(status);
  return status === 200;
}

/** What is done to the credential `phone`, through this connection. */
const ENDS: readonly [string, (by: Bridge, rig: Rig) => Promise<unknown>][] = [
  ['revoked', (by) => revokeCredential(by, 'phone', 'person')],
  ['rotated', (by) => rotateCredential(by, 'phone', 'person')],
  ['deleted from the store', async (_, rig) => rig.tamper("DELETE FROM credentials WHERE name = 'phone'")],
  ['expired', async (_, rig) => rig.clock.advance(60_000)],
];

for (const [word, end] of ENDS)
  test.each([
    'the process that serves',
    'another process',
  ] as const)(`a token that was ${word} by %s is refused at the next request, and the one before was let in`, async (who) => {
    await using rig = await createRig();
    await using api = await serve(rig);
    const { token } = accepted(await addCredential(rig.bridge, 'phone', 'read', 60_000, 'person'));
    const headers = { authorization: `Bearer ${token}` };
    // The second time nothing was committed since the first.
    for (let time = 1; time <= 3; time += 1) expect(await isLetIn(api, headers)).toBe(true);
    await end(who === 'another process' ? await rig.connect() : rig.bridge, rig);
    expect(await isLetIn(api, headers)).toBe(false);
  });

test('a browser that was signed out by another process is refused at the next request', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { cookie, key } = await signedIn(rig, 'phone', 'read');
  const headers = { cookie: `bridge_${api.port}=${cookie}`, 'bridge-key': key };
  for (let time = 1; time <= 3; time += 1) expect(await isLetIn(api, headers)).toBe(true);
  await revokeCredential(await rig.connect(), 'phone', 'person');
  expect(await isLetIn(api, headers)).toBe(false);
});

test('a role that was made smaller in the store counts at the next request', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const ask = () => api.call('GET /tokens', { token: api.tokens.admin });
  for (let time = 1; time <= 3; time += 1) expect((await ask()).status).toBe(200);
  rig.tamper("UPDATE credentials SET role = 'read' WHERE name = 'admin'");
  expect((await ask()).json.code).toBe('role-too-small');
});

test('a wrong secret behind the public half of a token that is known is refused', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { admin, read } = api.tokens;
  expect(await isLetIn(api, { authorization: `Bearer ${admin}` })).toBe(true);
  const mixed = `${admin.slice(0, 17)}${read.slice(17)}`;
  expect(await isLetIn(api, { authorization: `Bearer ${mixed}` })).toBe(false);
});
