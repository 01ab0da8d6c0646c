import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { startNextRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { imposeHold } from '../../src/bridge/holds.ts';
import {
  checkLease,
  currentLease,
  LEASE_MS,
  LeaseLost,
  releaseLease,
  renewLease,
  requestStop,
  takeLease,
} from '../../src/bridge/lease.ts';
import { recordQuotas } from '../../src/bridge/quota.ts';
import { recordDelivered, recordLive, recordReady, recordSpawn } from '../../src/bridge/runs.ts';
import { asLeaseToken, OWN_ACCOUNT } from '../../src/project/ids.ts';
import { EMPTY_LIVE_STATE, type Run } from '../../src/project/run.ts';
import { createRig, type Rig } from '../rig.ts';
import { begin, beSupervisor, changingNothing, ending, history, send, TOKEN } from './steps.ts';

const alive = () => false;
const gone = () => true;
const candidate = (token: string) => ({
  token: asLeaseToken(token),
  pid: 42,
  pidStartedAt: 'then',
  version: '1.0.0',
});

describe('one supervisor per state folder', () => {
  test('the first supervisor takes the lease', async () => {
    await using rig = await createRig();
    expect(await currentLease(rig.bridge)).toBeUndefined();
    expect(await takeLease(rig.bridge, candidate('one'), alive)).toEqual({
      taken: true,
      before: undefined,
      lease: { bridge: rig.bridge, token: 'one' },
    });
    const now = rig.clock.now();
    expect(await currentLease(rig.bridge)).toMatchObject({
      ...candidate('one'),
      startedAt: now.toISOString(),
      renewedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + LEASE_MS).toISOString(),
      stopRequestedAt: null,
      degradedReason: null,
    });
    expect(await history(rig.bridge)).toEqual(['supervisor.started']);
  });

  test('a second supervisor is refused with the holder of the lease', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    rig.clock.advance(LEASE_MS - 1);
    const attempt = await changingNothing(rig.bridge, async () =>
      takeLease(await rig.connect(), candidate('two'), alive),
    );
    expect(attempt).toEqual({ taken: false, holder: await currentLease(rig.bridge) });
  });

  test('a holder that froze before the clock was set back is replaced, though its end seems far away', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    rig.clock.advance(-1_000);
    expect((await takeLease(await rig.connect(), candidate('two'), alive)).taken).toBe(false);
    rig.clock.advance(-24 * 3_600_000);
    expect((await takeLease(await rig.connect(), candidate('two'), alive)).taken).toBe(true);
  });

  test('a holder whose process is gone is replaced at once', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    const asked: number[] = [];
    const attempt = await takeLease(rig.bridge, candidate('two'), ({ pid }) => asked.push(pid) > 0);
    expect(attempt).toMatchObject({ taken: true, before: { token: 'one' } });
    expect(asked).toEqual([42]);
  });

  test('a holder that was frozen past its lease is replaced, although its process lives', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    rig.clock.advance(LEASE_MS);
    expect(await takeLease(rig.bridge, candidate('two'), alive)).toMatchObject({ taken: true });
    await expect(renewLease({ bridge: rig.bridge, token: asLeaseToken('one') })).rejects.toThrow(LeaseLost);
  });

  test('one of several supervisors that start together takes the lease', async () => {
    await using rig = await createRig();
    const attempts = await Promise.all(
      ['one', 'two', 'three', 'four'].map(async (token) =>
        takeLease(await rig.connect(), candidate(token), alive),
      ),
    );
    expect(attempts.filter(({ taken }) => taken)).toHaveLength(1);
  });

  test('a holder that renews its lease keeps it', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    for (let n = 0; n < 5; n++) {
      rig.clock.advance(LEASE_MS - 1);
      await renewLease({ bridge: rig.bridge, token: asLeaseToken('one') });
    }
    expect(await takeLease(rig.bridge, candidate('two'), alive)).toMatchObject({ taken: false });
    // Renewing is a sign of life, not history.
    expect(await history(rig.bridge)).toEqual(['supervisor.started']);
  });

  test('a supervisor that ends gives its lease back', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    await releaseLease({ bridge: rig.bridge, token: asLeaseToken('one') });
    expect(await currentLease(rig.bridge)).toBeUndefined();
    expect(await history(rig.bridge)).toEqual(['supervisor.started', 'supervisor.stopped']);
  });
});

describe('a request to stop', () => {
  test('a request to stop reaches the holder through the store, once', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    await requestStop(await rig.connect());
    const at = rig.clock.now().toISOString();
    rig.clock.advance(1_000);
    await changingNothing(rig.bridge, () => requestStop(rig.bridge));
    expect((await currentLease(rig.bridge))?.stopRequestedAt).toBe(at);
    expect(await history(rig.bridge)).toEqual(['supervisor.started', 'supervisor.stop_requested']);
  });

  test('a request to stop changes nothing when nobody supervises', async () => {
    await using rig = await createRig();
    await changingNothing(rig.bridge, () => requestStop(rig.bridge));
  });

  test('a request to stop is not meant for the next supervisor', async () => {
    await using rig = await createRig();
    await takeLease(rig.bridge, candidate('one'), alive);
    await requestStop(rig.bridge);
    await takeLease(rig.bridge, candidate('two'), gone);
    expect((await currentLease(rig.bridge))?.stopRequestedAt).toBeNull();
  });
});

const hold = {
  kind: 'billing',
  scope: '',
  reason: 'no credit',
  since: '2026-03-01T12:00:00.000Z',
  until: null,
  source: 'run',
} as const;
const quota = { window: 'five_hour', utilization: 0.5, status: 'allowed', resetsAt: null, seenAt: '2026' };

const VERBS: [string, (bridge: Bridge, run: Run) => Promise<unknown>][] = [
  [
    'startNextRun',
    (bridge) => startNextRun({ bridge, token: TOKEN }, { model: null, newSessionId: randomUUID }),
  ],
  ['recordSpawn', (bridge, run) => recordSpawn({ bridge, token: TOKEN }, run, 1, 'then')],
  [
    'recordReady',
    (bridge, run) => recordReady({ bridge, token: TOKEN }, run, { model: 'm', claudeVersion: '2' }),
  ],
  [
    'recordLive',
    (bridge, run) =>
      recordLive({ bridge, token: TOKEN }, new Map([[run.id, { ...EMPTY_LIVE_STATE, turns: 9 }]])),
  ],
  ['recordDelivered', (bridge, run) => recordDelivered({ bridge, token: TOKEN }, run, ['message'])],
  ['endRun', (bridge, run) => endRun({ bridge, token: TOKEN }, run, { kind: 'throttled' }, ending)],
  ['imposeHold', (bridge) => imposeHold({ bridge, token: TOKEN }, hold)],
  ['recordQuotas', (bridge) => recordQuotas({ bridge, token: TOKEN }, { account: OWN_ACCOUNT }, [quota])],
  ['renewLease', (bridge) => renewLease({ bridge, token: TOKEN })],
  ['checkLease', (bridge) => checkLease({ bridge, token: TOKEN })],
  ['releaseLease', (bridge) => releaseLease({ bridge, token: TOKEN })],
];

describe('writes of a replaced supervisor', () => {
  async function busy(): Promise<{ rig: Rig; run: Run }> {
    const rig = await createRig();
    await beSupervisor(rig);
    await send(rig);
    const { run } = await begin(rig);
    await send(rig);
    return { rig, run };
  }

  test.each(VERBS)('a replaced supervisor writes nothing more: %s', async (_, verb) => {
    const { rig, run } = await busy();
    await using _rig = rig;
    await takeLease(rig.bridge, candidate('two'), gone);
    await changingNothing(rig.bridge, () => expect(verb(rig.bridge, run)).rejects.toThrow(LeaseLost));
  });

  test.each(VERBS)('a supervisor whose lease is gone writes nothing more: %s', async (_, verb) => {
    const { rig, run } = await busy();
    await using _rig = rig;
    await releaseLease({ bridge: rig.bridge, token: TOKEN });
    await changingNothing(rig.bridge, () => expect(verb(rig.bridge, run)).rejects.toThrow(LeaseLost));
  });

  test.each(VERBS)('a supervisor that was only frozen goes on writing: %s', async (_, verb) => {
    const { rig, run } = await busy();
    await using _rig = rig;
    rig.clock.advance(LEASE_MS * 2);
    await verb(rig.bridge, run);
  });
});
