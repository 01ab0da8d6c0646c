/** A restored backup lets nobody in who was shut out since it was made. */
import { readFileSync, rmSync, truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBridge } from '../../src/bridge/bridge.ts';
import { historyOf } from '../../src/bridge/changes.ts';
import {
  addCredential,
  credentialOf,
  credentials,
  revokeCredential,
  rotateCredential,
} from '../../src/bridge/credentials.ts';
import type { Bridge } from '../../src/bridge/open-bridge.ts';
import { systemClock } from '../../src/clock.ts';
import { databaseFile } from '../../src/state-folder.ts';
import { backUp, restore } from '../../src/store/sqlite/backup.ts';
import { CREDENTIAL_TABLES } from '../../src/store/sqlite/restored-credentials.ts';
import { accepted } from '../bridge/steps.ts';
import { tamper } from './raw.ts';

let folder: string;
let home: string;
let copy: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  home = join(folder, 'state');
  copy = join(folder, 'copy.db');
});
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }));

async function inStore<T>(work: (bridge: Bridge) => Promise<T>): Promise<T> {
  const bridge = await openBridge(home, systemClock);
  try {
    return await work(bridge);
  } finally {
    await bridge.close();
  }
}

const add = (name: string) =>
  inStore(async (bridge) => accepted(await addCredential(bridge, name, 'admin', undefined, 'person')).token);
const namesNow = () => inStore(async (bridge) => (await credentials(bridge)).map(({ name }) => name));
const whoseNow = (token: string) => inStore(async (bridge) => (await credentialOf(bridge, token))?.name);

test('tokens revoked or replaced since a backup stay so after it is restored, and those made since count', async () => {
  const [kept, revoked, rotated] = [await add('kept'), await add('revoked'), await add('rotated')];
  await backUp(home, copy);
  const [replaced, added] = await inStore(async (bridge) => {
    accepted(await revokeCredential(bridge, 'revoked', 'person'));
    const { token } = accepted(await rotateCredential(bridge, 'rotated', 'person'));
    return [token, accepted(await addCredential(bridge, 'added', 'read', undefined, 'person')).token];
  });
  expect(await restore(home, copy, 'aside.db')).toMatchObject({ kept: 3, removed: 0 });
  expect(await namesNow()).toEqual(['added', 'kept', 'rotated']);
  const whose = [];
  for (const token of [kept, revoked, rotated, replaced, added]) whose.push(await whoseNow(token ?? ''));
  expect(whose).toEqual(['kept', undefined, undefined, 'rotated', 'added']);
});

test.each([
  ['is gone', () => rmSync(databaseFile(home))],
  ['is damaged', () => truncateSync(databaseFile(home), 5_000)],
  ['has them in another form', () => tamper(home, 'ALTER TABLE credentials ADD COLUMN more TEXT')],
])('no token of a backup counts where the store before it %s', async (_, spoil) => {
  const token = await add('one');
  await add('two');
  await backUp(home, copy);
  spoil();
  expect(await restore(home, copy, 'aside.db')).toMatchObject({ kept: 0, removed: 2 });
  expect(await namesNow()).toEqual([]);
  expect(await whoseNow(token)).toBeUndefined();
});

test('the history of a restored store is another one, and a backup itself stays as it was', async () => {
  await add('one');
  await backUp(home, copy);
  const before = readFileSync(copy);
  const epochs = [await inStore(historyOf)];
  for (const aside of ['1.db', '2.db']) {
    await restore(home, copy, aside);
    epochs.push(await inStore(historyOf));
  }
  expect(new Set(epochs.map(({ epoch }) => epoch)).size).toBe(3);
  expect(readFileSync(copy).equals(before)).toBe(true);
});

test('every table of the store with what lets somebody in is one that a restore does not bring back', () => {
  const schema = readFileSync(new URL('../../src/store/sqlite/schema.sql', import.meta.url), 'utf8');
  const tables = [...schema.matchAll(/^CREATE TABLE "?(\w+)"? \(\n([\s\S]*?)\);$/gm)];
  // The table of receivers has the digest of a configuration, which lets nobody in.
  const secret = tables.filter(([, , body]) =>
    /^,?\s*(?:token_id|\w*(?:token|key|code)_digest) TEXT/m.test(body ?? ''),
  );
  const referring = tables.filter(([, , body]) => /REFERENCES "?credentials\b/.test(body ?? ''));
  const names = [...secret, ...referring].map(([, name]) => name);
  expect(names).toContain('credentials');
  expect(
    names.filter((name) => !(CREDENTIAL_TABLES as readonly (string | undefined)[]).includes(name)),
  ).toEqual([]);
});
