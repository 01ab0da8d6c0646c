/** GET /health: what a monitor may rely on. */
import { open, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Health } from '../../src/bridge/health.ts';
import { renewLease } from '../../src/bridge/lease.ts';
import { supervised, TOKEN } from '../bridge/steps.ts';
import type { Rig } from '../rig.ts';
import { holdStore, storeFile } from '../store/raw.ts';
import { answerOf, type Serving, serve } from './server.ts';

/** The API of a supervisor that is this test. */
async function serveHealth(rig: Rig, degradedReason: () => string | null = () => null): Promise<Serving> {
  const lease = { bridge: rig.bridge, token: TOKEN };
  const health = new Health({ lease, clock: rig.clock, degradedReason });
  return serve(rig, { trouble: () => health.trouble() });
}

async function refused(api: Serving) {
  const answer = await api.call('GET /health');
  expect(answer.status, answer.text).toBe(503);
  expect(answer.json).toMatchObject({ code: 'not-working', instance: expect.any(String) });
  return answer.json.reason;
}

test('GET /health says ok while the supervisor renews its lease', async () => {
  await using rig = await supervised();
  await using api = await serveHealth(rig);
  for (let renewal = 0; renewal < 5; renewal += 1) {
    expect(answerOf('GET /health', await api.call('GET /health')).status).toBe('ok');
    rig.clock.advance(10_000);
    await renewLease({ bridge: rig.bridge, token: TOKEN });
  }
});

test('GET /health fails once nothing could be written to the store for 15 seconds, and is well when it can be again', async () => {
  await using rig = await supervised();
  await using api = await serveHealth(rig);
  {
    using _held = holdStore(rig.home);
    rig.clock.advance(15_000);
    expect((await api.call('GET /health')).status).toBe(200);
    rig.clock.advance(1_001);
    expect(await refused(api)).toBe('lease_not_renewed');
  }
  await renewLease({ bridge: rig.bridge, token: TOKEN });
  rig.clock.advance(1_001);
  expect((await api.call('GET /health')).status).toBe(200);
});

test('GET /health fails within a second of another supervisor taking over', async () => {
  await using rig = await supervised();
  await using api = await serveHealth(rig);
  expect((await api.call('GET /health')).status).toBe(200);
  rig.tamper("UPDATE supervisor SET token = 'of another'");
  rig.clock.advance(1_001);
  expect(await refused(api)).toBe('lease_lost');
  rig.tamper('DELETE FROM supervisor');
  rig.clock.advance(1_001);
  expect(await refused(api)).toBe('lease_lost');
});

test('GET /health fails within a second of the log not being writable', async () => {
  await using rig = await supervised();
  let reason: string | null = null;
  await using api = await serveHealth(rig, () => reason);
  expect((await api.call('GET /health')).status).toBe(200);
  reason = 'cannot write loop.log (ENOSPC)';
  rig.clock.advance(1_001);
  const answer = await api.call('GET /health');
  expect(answer.json).toMatchObject({ code: 'not-working', reason: 'degraded' });
  // What the machine cannot do is nothing for a stranger.
  expect(answer.text).not.toContain('loop.log');
  reason = null;
  rig.clock.advance(1_001);
  expect((await api.call('GET /health')).status).toBe(200);
});

test('GET /health fails while the store cannot be read', async () => {
  await using rig = await supervised();
  await using api = await serveHealth(rig);
  expect((await api.call('GET /health')).status).toBe(200);
  rig.tamper("UPDATE supervisor SET version = 'other'; PRAGMA wal_checkpoint(TRUNCATE)");
  const { size } = await stat(storeFile(rig.home));
  await using file = await open(storeFile(rig.home), 'r+');
  await file.write(Buffer.alloc(size - HEADER_BYTES, 0xff), 0, undefined, HEADER_BYTES);
  rig.clock.advance(1_001);
  expect(await refused(api)).toBe('store_unavailable');
});

/** Of a file of SQLite (https://www.sqlite.org/fileformat.html#the_database_header). */
const HEADER_BYTES = 100;

test('GET /health looks into the store once a second at most, however many ask it', async () => {
  await using rig = await supervised();
  const lease = { bridge: rig.bridge, token: TOKEN };
  const health = new Health({ lease, clock: rig.clock, degradedReason: () => null });
  const ask = () => Promise.all(Array.from({ length: 20 }, () => health.trouble()));
  expect(new Set(await ask())).toEqual(new Set([null]));
  rig.tamper('DELETE FROM supervisor');
  rig.clock.advance(999);
  expect(new Set(await ask())).toEqual(new Set([null]));
  rig.clock.advance(1);
  expect(new Set(await ask())).toEqual(new Set(['lease_lost']));
});
