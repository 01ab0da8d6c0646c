import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LeaseLost } from '../../../src/bridge/lease.ts';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { recordSpawn } from '../../../src/bridge/runs.ts';
import { systemClock } from '../../../src/clock.ts';
import { loadConfig } from '../../../src/config.ts';
import { spawnChild } from '../../../src/machine/child.ts';
import { isAlive } from '../../../src/machine/identity.ts';
import { killProcess } from '../../../src/machine/signal.ts';
import { asLeaseToken } from '../../../src/project/ids.ts';
import { findRun } from '../../../src/store/runs.ts';
import { recordChild } from '../../../src/supervisor/run/record-child.ts';
import { beSupervisor, send, start, supervised, TOKEN } from '../../bridge/steps.ts';
import { onWindows } from '../../platform.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
const SUCCESSOR = asLeaseToken('the supervisor after this one');

/** A run whose process was just started, and everything that is needed to record it. */
async function justStarted() {
  const rig = await supervised();
  await send(rig);
  const started = await start(rig);
  if (!started) throw new Error('nothing started');
  const { run } = started;
  const output = join(rig.workspace, 'output');
  const child = await spawnChild({
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 60_000)'],
    cwd: rig.workspace,
    env: { BRIDGE_RUN_ID: run.id },
    stdoutPath: output,
    stderrPath: output,
  });
  if (child.kind === 'spawn-failed') throw new Error(child.message);
  const context = {
    bridge: rig.bridge,
    config: loadConfig(rig.home, {}),
    env: {},
    clock: systemClock,
    log,
    degradedReason: () => null,
    lease: { bridge: rig.bridge, token: TOKEN },
    selfCommand: [],
    stopping: new AbortController().signal,
  };
  return { rig, run, child, context };
}

test.skipIf(onWindows)(
  'a process that its replaced supervisor may not record is ended, since nobody else knows of it (needs signals)',
  async () => {
    const { rig, run, child, context } = await justStarted();
    await using _ = rig;
    await beSupervisor(rig, SUCCESSOR);
    await expect(recordChild(context, run, child)).rejects.toThrow(LeaseLost);
    expect(await isAlive(child.identity)).toBe(false);
    expect(await findRun(databaseOf(rig.bridge).read, run.id)).toMatchObject({ pid: null, spawnedAt: null });
  },
);

test.skipIf(onWindows)(
  'a process that the successor has found and adopted is left to it (needs signals)',
  async () => {
    const { rig, run, child, context } = await justStarted();
    await using _ = rig;
    await beSupervisor(rig, SUCCESSOR);
    await recordSpawn(
      { bridge: rig.bridge, token: SUCCESSOR },
      run,
      child.identity.pid,
      child.identity.startedAt,
    );
    await expect(recordChild(context, run, child)).rejects.toThrow(LeaseLost);
    expect(await isAlive(child.identity)).toBe(true);
    await killProcess(child.identity);
    await child.exited;
  },
);
