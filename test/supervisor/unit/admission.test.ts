import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BEGINNING, changesSince } from '../../../src/bridge/changes.ts';
import { currentHolds, imposeHold, pause, resume } from '../../../src/bridge/holds.ts';
import { LeaseLost, takeLease } from '../../../src/bridge/lease.ts';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { recordQuotas } from '../../../src/bridge/quota.ts';
import { type Config, loadConfig } from '../../../src/config.ts';
import { type Hold, type HoldKind, PROBED_HOLDS } from '../../../src/project/hold.ts';
import { asLeaseToken, OWN_ACCOUNT } from '../../../src/project/ids.ts';
import { closeRun } from '../../../src/store/runs.ts';
import { Gatekeeper } from '../../../src/supervisor/admission.ts';
import { onWindows } from '../../platform.ts';
import { createRig, type Rig } from '../../rig.ts';
import { addProject, addRun, endedAt, id } from '../../store/rows.ts';

const TOKEN = asLeaseToken('token');
const MINUTE = 60_000;
const FREE = { may: 'start', heldFamilies: [], isPendingHeld: false, isSandboxMissing: false };
const WAIT = { may: 'wait' };
const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };

/** A run of today that has ended. */
async function addSpending({ bridge, clock }: Rig, usd: number): Promise<void> {
  const at = clock.now().toISOString();
  await databaseOf(bridge).write(async ({ trx }) => {
    const project = await addProject(trx, 1, { status: 'in_progress', created_at: at });
    const run = await addRun(trx, { id: id(1), project_id: project, created_at: at });
    await closeRun(trx, run, { kind: 'submitted' }, { ...endedAt(at), cost: { usd, basis: 'reported' } });
  });
}

async function addWaiting({ bridge }: Rig): Promise<void> {
  await databaseOf(bridge).write(({ trx }) => addProject(trx, 1, { status: 'awaiting_approval' }));
}

interface Gate {
  readonly keeper: Gatekeeper;
  /** Changed by a test as the owner's surroundings change. */
  readonly config: { -readonly [K in keyof Config]: Config[K] };
  /** A file that counts as claude. */
  readonly claude: string;
  installClaude(): Promise<void>;
  hold(kind: HoldKind, minutes: number | null, scope?: string): Promise<Hold>;
  /** What happened to holds, in order: `+quiet_hours`, `-quiet_hours`. */
  history(): Promise<string[]>;
}

async function openGate(rig: Rig, settings: Partial<Config> = {}): Promise<Gate> {
  const { bridge, clock, home } = rig;
  const candidate = { token: TOKEN, pid: process.pid, pidStartedAt: '1', version: '0' };
  await takeLease(bridge, candidate, () => false);
  const claude = join(rig.workspace, onWindows ? 'claude.exe' : 'claude');
  const installClaude = async () => {
    await writeFile(claude, '');
    await chmod(claude, 0o755);
  };
  await installClaude();
  const config = { ...loadConfig(home, {}), claude, disk_min_mb: 0, ...settings };
  const stopping = new AbortController().signal;
  const degradedReason = () => null;
  const context = {
    bridge,
    config,
    env: {},
    clock,
    log,
    degradedReason,
    lease: { bridge, token: TOKEN },
    selfCommand: [],
    stopping,
  };
  return {
    keeper: new Gatekeeper(context),
    config,
    claude,
    installClaude,
    async hold(kind, minutes, scope = '') {
      const until =
        minutes === null ? null : new Date(clock.now().getTime() + minutes * MINUTE).toISOString();
      const since = clock.now().toISOString();
      const hold: Hold = { kind, scope, reason: `${kind} of the test`, since, until, source: 'run' };
      await imposeHold({ bridge, token: TOKEN }, hold);
      return hold;
    },
    async history() {
      const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 10_000 });
      return events.flatMap((event) => {
        if (event.type === 'hold.set') return `+${event.data.kind}`;
        return event.type === 'hold.ended' ? `-${event.data.kind}` : [];
      });
    },
  };
}

const kinds = async (rig: Rig) => (await currentHolds(rig.bridge)).map(({ kind }) => kind);

test('a run may start when no hold stands against it', async () => {
  await using rig = await createRig();
  const { keeper, history } = await openGate(rig);
  expect(await keeper.admission()).toEqual(FREE);
  expect(await keeper.nextEnd()).toBeUndefined();
  expect(await history()).toEqual([]);
});

describe('holds of circumstances', () => {
  /** Asks again and again while time goes on. */
  async function askOften(rig: Rig, gate: Gate, expected: object): Promise<void> {
    for (let round = 0; round < 5; round++) {
      expect(await gate.keeper.admission()).toEqual(expected);
      rig.clock.advance(MINUTE);
    }
  }

  test('a missing claude sets its hold once and lifts it once', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig);
    await rm(gate.claude);
    await askOften(rig, gate, WAIT);
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'claude_missing', scope: '', reason: expect.stringContaining(gate.claude), until: null },
    ]);
    await gate.installClaude();
    await askOften(rig, gate, FREE);
    expect(await gate.history()).toEqual(['+claude_missing', '-claude_missing']);
  });

  test('a full disk sets its hold once and lifts it once', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { disk_min_mb: 1e12 });
    await askOften(rig, gate, WAIT);
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'disk_low', reason: expect.stringContaining(rig.home), until: null },
    ]);
    gate.config.disk_min_mb = 0;
    await askOften(rig, gate, FREE);
    expect(await gate.history()).toEqual(['+disk_low', '-disk_low']);
  });

  test('quiet hours set their hold once and lift it once', async () => {
    await using rig = await createRig();
    const hour = rig.clock.now().getHours();
    const gate = await openGate(rig, { quiet_hours: [`* ${hour} * * *`] });
    await askOften(rig, gate, WAIT);
    const [hold] = await currentHolds(rig.bridge);
    expect(hold?.kind).toBe('quiet_hours');
    const end = new Date(hold?.until ?? 0);
    expect(await gate.keeper.nextEnd()).toEqual(end);
    rig.clock.advance(end.getTime() - rig.clock.now().getTime() - 1);
    expect(await gate.keeper.admission()).toEqual(WAIT);
    rig.clock.advance(1);
    await askOften(rig, gate, FREE);
    expect(await gate.history()).toEqual(['+quiet_hours', '-quiet_hours']);
  });

  test('quiet hours without an end set their hold once and lift it once', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { quiet_hours: ['* * * * *'] });
    for (let days = 0; days < 20; days++) {
      await askOften(rig, gate, WAIT);
      rig.clock.advance(24 * 60 * MINUTE);
    }
    expect(await gate.history()).toEqual(['+quiet_hours']);
    expect(await gate.keeper.nextEnd()).toBeUndefined();
  });

  test('the owner’s reserve sets its hold while the runs under way use more of it', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { usage_reserve_percent: 20 });
    const resetsAt = new Date(rig.clock.now().getTime() + 60 * MINUTE).toISOString();
    const use = (utilization: number) => {
      const seenAt = rig.clock.now().toISOString();
      const quota = { window: 'five_hour', utilization, status: 'allowed', resetsAt, seenAt };
      return recordQuotas({ bridge: rig.bridge, token: TOKEN }, { account: OWN_ACCOUNT }, [quota]);
    };
    await use(0.79);
    expect(await gate.keeper.admission()).toEqual(FREE);
    for (const utilization of [0.8, 0.81, 0.9, 1]) {
      await use(utilization);
      await askOften(rig, gate, WAIT);
    }
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'reserve', reason: expect.stringMatching(/20 %\) of the five_hour window/), until: resetsAt },
    ]);
    rig.clock.advance(60 * MINUTE);
    await askOften(rig, gate, FREE);
    expect(await gate.history()).toEqual(['+reserve', '-reserve']);
  });

  test('a spent budget of the day holds all runs until midnight, and a higher one lets them go on', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { budget: { day_usd: 2, month_usd: 50 } });
    expect(await gate.keeper.admission()).toEqual(FREE);
    await addSpending(rig, 2);
    await askOften(rig, gate, WAIT);
    const now = rig.clock.now();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).toISOString();
    expect(await currentHolds(rig.bridge)).toMatchObject([
      {
        kind: 'budget',
        reason: 'the budget of the day, $2.00, is spent (budget.day_usd)',
        until: midnight,
      },
    ]);
    gate.config.budget = { day_usd: 3, month_usd: 50 };
    await askOften(rig, gate, FREE);
    gate.config.budget = { day_usd: 2, month_usd: 2 };
    await askOften(rig, gate, WAIT);
    expect((await currentHolds(rig.bridge))[0]?.reason).toContain('the budget of the month');
    expect(await gate.history()).toEqual(['+budget', '-budget', '+budget']);
  });

  test('results that wait, as many as the owner allows, let only work that was begun go on', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { max_unreviewed: 1 });
    expect(await gate.keeper.admission()).toEqual(FREE);
    await addWaiting(rig);
    await askOften(rig, gate, { ...FREE, isPendingHeld: true });
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'unreviewed', reason: 'results wait for your decision, as many as max_unreviewed allows: 1' },
    ]);
    gate.config.max_unreviewed = 2;
    await askOften(rig, gate, FREE);
    expect(await gate.history()).toEqual(['+unreviewed', '-unreviewed']);
  });

  test.skipIf(onWindows)(
    'a sandbox that is required and missing lets work go on that needs none',
    async () => {
      await using rig = await createRig();
      const gate = await openGate(rig, { sandbox: 'auto' });
      expect(await gate.keeper.admission()).toEqual(FREE);
      gate.config.workspaces = { app: { path: '/code/app', sandbox: 'require' } };
      await askOften(rig, gate, { ...FREE, isSandboxMissing: true });
      expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'sandbox_missing', until: null }]);
      gate.config.workspaces = {};
      await askOften(rig, gate, FREE);
      expect(await gate.history()).toEqual(['+sandbox_missing', '-sandbox_missing']);
    },
  );

  test('several circumstances set a hold each', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { quiet_hours: ['* * * * *'], disk_min_mb: 1e12 });
    await rm(gate.claude);
    await askOften(rig, gate, WAIT);
    await gate.installClaude();
    await askOften(rig, gate, WAIT);
    gate.config.disk_min_mb = 0;
    await askOften(rig, gate, WAIT);
    expect(await kinds(rig)).toEqual(['quiet_hours']);
    expect(await gate.history()).toEqual([
      '+claude_missing',
      '+disk_low',
      '+quiet_hours',
      '-claude_missing',
      '-disk_low',
    ]);
  });

  test('a hold that a person ends is set again as long as its circumstance lasts', async () => {
    await using rig = await createRig();
    const gate = await openGate(rig, { disk_min_mb: 1e12 });
    await askOften(rig, gate, WAIT);
    await resume(rig.bridge, 'person');
    await askOften(rig, gate, WAIT);
    expect(await gate.history()).toEqual(['+disk_low', '-disk_low', '+disk_low']);
  });
});

describe('a claude that does not start', () => {
  test('a claude that does not start is tried again after a while, not at once', async () => {
    await using rig = await createRig();
    const { keeper, hold, history } = await openGate(rig);
    await hold('claude_missing', 1);
    expect(await keeper.admission()).toEqual(WAIT);
    rig.clock.advance(MINUTE - 1);
    expect(await keeper.admission()).toEqual(WAIT);
    rig.clock.advance(1);
    expect(await keeper.admission()).toEqual(FREE);
    expect(await history()).toEqual(['+claude_missing', '-claude_missing']);
  });

  test('a claude that does not start is waited for when it is gone, and tried as soon as it is back', async () => {
    await using rig = await createRig();
    const { keeper, hold, claude, installClaude } = await openGate(rig);
    await hold('claude_missing', 1);
    await rm(claude);
    expect(await keeper.admission()).toEqual(WAIT);
    rig.clock.advance(60 * MINUTE);
    expect(await keeper.admission()).toEqual(WAIT);
    await installClaude();
    expect(await keeper.admission()).toEqual(FREE);
  });
});

describe('holds that end with a probe', () => {
  test.each(PROBED_HOLDS)('%s stands to its end; then one run probes', async (kind) => {
    await using rig = await createRig();
    const { keeper, hold, history } = await openGate(rig);
    const set = await hold(kind, 5);
    expect(await keeper.admission()).toEqual(WAIT);
    expect(await keeper.nextEnd()).toEqual(new Date(set.until ?? 0));
    rig.clock.advance(5 * MINUTE);
    const probe = { may: 'probe', holds: [set], heldFamilies: [], isPendingHeld: false };
    expect(await keeper.admission()).toMatchObject(probe);
    expect(await keeper.admission()).toMatchObject(probe);
    expect(await keeper.nextEnd()).toBeUndefined();
    expect(await history()).toEqual([`+${kind}`]);
  });

  test('a hold whose end has come is probed with the others that are over, not while one stands', async () => {
    await using rig = await createRig();
    const { keeper, hold } = await openGate(rig);
    await hold('usage_limit', 1);
    await hold('billing', 2);
    rig.clock.advance(MINUTE);
    expect(await keeper.admission()).toEqual(WAIT);
    rig.clock.advance(MINUTE);
    expect(await keeper.admission()).toMatchObject({
      may: 'probe',
      holds: [{ kind: 'usage_limit' }, { kind: 'billing' }],
    });
  });
});

describe('holds of one model family', () => {
  test('a hold of one model family lets the others start, and ends by itself', async () => {
    await using rig = await createRig();
    const { keeper, hold, history } = await openGate(rig);
    await hold('usage_limit', 5, 'opus');
    await hold('usage_limit', 9, 'sonnet');
    expect(await keeper.admission()).toEqual({ ...FREE, heldFamilies: ['opus', 'sonnet'] });
    rig.clock.advance(5 * MINUTE);
    expect(await keeper.admission()).toEqual({ ...FREE, heldFamilies: ['sonnet'] });
    rig.clock.advance(4 * MINUTE);
    expect(await keeper.admission()).toEqual(FREE);
    expect(await history()).toEqual(['+usage_limit', '+usage_limit', '-usage_limit', '-usage_limit']);
  });

  test('a hold of one model family stays while another hold is probed', async () => {
    await using rig = await createRig();
    const { keeper, hold } = await openGate(rig);
    await hold('usage_limit', 5, 'opus');
    const other = await hold('not_logged_in', 1);
    expect(await keeper.admission()).toEqual(WAIT);
    rig.clock.advance(MINUTE);
    expect(await keeper.admission()).toMatchObject({ may: 'probe', holds: [other], heldFamilies: ['opus'] });
  });
});

describe('pause', () => {
  test('a pause wins over every hold that is over', async () => {
    await using rig = await createRig();
    const { keeper, hold } = await openGate(rig);
    await hold('usage_limit', 1);
    await hold('usage_limit', 1, 'opus');
    await pause(rig.bridge, 'lunch', 'person');
    rig.clock.advance(60 * MINUTE);
    expect(await keeper.admission()).toEqual(WAIT);
    expect(await keeper.nextEnd()).toBeUndefined();
    await resume(rig.bridge, 'person');
    expect(await keeper.admission()).toEqual(FREE);
  });

  test('a pause does not keep circumstances from being reported', async () => {
    await using rig = await createRig();
    const { keeper } = await openGate(rig, { disk_min_mb: 1e12 });
    await pause(rig.bridge, 'lunch', 'person');
    expect(await keeper.admission()).toEqual(WAIT);
    expect((await kinds(rig)).sort()).toEqual(['disk_low', 'paused']);
  });
});

test('the next end is the earliest that is still to come', async () => {
  await using rig = await createRig();
  const { keeper, hold } = await openGate(rig);
  await hold('paused', null);
  await hold('billing', 9);
  const first = await hold('usage_limit', 5, 'opus');
  await hold('not_logged_in', 1);
  rig.clock.advance(MINUTE);
  expect(await keeper.nextEnd()).toEqual(new Date(first.until ?? 0));
});

test('a supervisor that was replaced sets no hold', async () => {
  await using rig = await createRig();
  const { keeper } = await openGate(rig, { disk_min_mb: 1e12 });
  const successor = { token: asLeaseToken('another'), pid: process.pid, pidStartedAt: '1', version: '0' };
  await takeLease(rig.bridge, successor, () => true);
  await expect(keeper.admission()).rejects.toThrow(LeaseLost);
  expect(await kinds(rig)).toEqual([]);
});
