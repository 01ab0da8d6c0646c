/** A state folder as it may look in the middle of a week: a project in every state that a person meets. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cancel, steer } from '../../src/bridge/control.ts';
import { finish } from '../../src/bridge/finish.ts';
import { pause, setHold } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { recordQuotas } from '../../src/bridge/quota.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import type { ProcessIdentity } from '../../src/machine/identity.ts';
import { OWN_ACCOUNT } from '../../src/project/ids.ts';
import { granted, type Rig } from '../cli/rig.ts';
import { beginRun, finishRun, holdLease, NOBODY, parked, submit, submitted, TOKEN } from '../cli/stories.ts';

export interface World {
  readonly complete: string;
  readonly cancelled: string;
  readonly parked: string;
  readonly waiting: string;
  readonly running: string;
  readonly queued: string;
}

/** @param supervisor Who holds the lease, and plays the run under way. */
export async function createWorld(rig: Rig, supervisor: ProcessIdentity): Promise<World> {
  const { home } = rig;
  const bridge = await rig.bridge;
  const complete = await submitted(bridge, await rig.send('# Import\n\nRead CSV.\n'), 'It reads CSV.');
  granted(await reject(bridge, complete.id, 'Read TSV too.', 'person'));
  await submit(bridge, await beginRun(bridge, NOBODY), 'It reads TSV too.');
  granted(await approve(bridge, complete.id, 'desktop'));
  granted(await finish(bridge, complete.id, 'supervisor'));

  const cancelled = await rig.send('# Cancelled\n\nx\n');
  granted(await cancel(bridge, cancelled.id, 'no longer needed', 'person'));
  const parkedProject = await parked(bridge, await rig.send('# Parked\n\nx\n'));
  const waiting = await submitted(bridge, await rig.send('# Waiting\n\nx\n'));

  await holdLease(bridge, supervisor);
  const running = await rig.send('# Running\n\nx\n');
  await finishRun(bridge, await beginRun(bridge, NOBODY), { kind: 'interrupted' });
  await beginRun(bridge, supervisor, {
    currentTool: 'Bash: npm test',
    turns: 14,
    costUsd: 0.42,
    todosDone: 3,
    todosTotal: 7,
    currentTodo: 'Write the parser',
    lastSignAt: new Date().toISOString(),
  });
  granted(await steer(bridge, running.id, 'Use the old parser.', 'person'));

  const queued = await rig.send(QUEUED);
  const quota = { utilization: 0.42, status: 'allowed', seenAt: new Date().toISOString() };
  const later = new Date(Date.now() + 3_600_000).toISOString();
  await recordQuotas({ bridge, token: TOKEN }, { account: OWN_ACCOUNT }, [
    { ...quota, window: 'five_hour', resetsAt: later },
  ]);
  await pause(bridge, 'deploying', 'person');
  const limit = {
    kind: 'usage_limit',
    scope: 'opus',
    reason: 'used up',
    since: later,
    until: later,
    source: 'run',
  } as const;
  await databaseOf(bridge).write(({ trx }) => setHold(trx, 'account:', limit, 'supervisor'));

  await mkdir(join(home, 'runs'), { recursive: true });
  await writeFile(join(home, 'loop.log'), LOG);
  return {
    complete: complete.id,
    cancelled: cancelled.id,
    parked: parkedProject.id,
    waiting: waiting.id,
    running: running.id,
    queued: queued.id,
  };
}

const QUEUED = `---
priority: 2
model: haiku
max_turns: 40
timeout: 45m
budget_usd: 2.5
---
# Queued

x
`;

const LOG = `2026-11-21T03:04:05.678Z INFO  supervisor.started pid=12 version="0.1.0"
2026-11-21T03:04:06.678Z WARN  run.slow runId=5 "no sign of life"
not of ours
`;
