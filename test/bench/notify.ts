/** How soon a person is told, and whether a full outbox slows that down. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openBridge } from '../../src/bridge/bridge.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { claimNotification, recordDelivery } from '../../src/bridge/send-notifications.ts';
import { systemClock } from '../../src/clock.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import { appendEvent } from '../../src/store/events.ts';
import { addProject } from '../store/rows.ts';
import type { Measurement, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';
import { PATH, startSupervised } from './supervised.ts';

/** A receiver is told ten things a minute, and each of these is told a few. */
const RECEIVERS = 10;
const SMALL = 10;
const LARGE = 10_000;

export const notify: Measurement = {
  name: 'notify',
  title: 'Telling a person',
  about: `Measured: from the commit of an event in another process to the request at the receiver, through the whole supervisor; and one claim with ${LARGE} notifications that wait for their time. Yardstick: a request to the same receiver, from the bench itself; and one claim with ${SMALL} that wait. Medians.`,
  async measure({ stage, quick }: Setting) {
    const told = await eventToReceiver(stage, quick ? 30 : 80);
    const claim = await claims(stage, quick ? 20 : 100);
    return {
      rows: [
        { name: 'event to receiver', unit: 'ms', ...told, aim: { most: 50 } },
        { name: 'claim', unit: 'ms', ...claim, aim: { mostRatio: 1.5 } },
      ],
      notes: [],
    };
  },
};

async function eventToReceiver(stage: Stage, times: number) {
  let arrived: () => void = () => undefined;
  const server = createServer((request, response) => {
    arrived();
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stage.closeLater(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const receivers = Array.from({ length: RECEIVERS }, (_, n) => ({
    ...{ via: 'webhook', name: `r${n}`, url, projects: [`Plan ${n} *`] },
  }));
  const { bridge, until } = await startSupervised(stage, {
    environment: { PATH, HOME: await stage.folder('home') },
    claude: process.execPath,
    config: { notify: receivers },
    name: 'notified',
  });
  const db = databaseOf(bridge);
  await until('the receivers to be known', async () => {
    const rows = await db.read.selectFrom('receivers').select('name').execute();
    return rows.length === RECEIVERS ? rows : undefined;
  });
  const measured: number[] = [];
  const yardstick: number[] = [];
  for (let n = 0; n < times; n += 1) {
    stage.signal.throwIfAborted();
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await db.write(async ({ trx, now }) => {
      const title = `Plan ${n % RECEIVERS} ${n}`;
      const projectId = await addProject(trx, n + 1, { status: 'awaiting_approval', title });
      await appendEvent(trx, {
        ...{ type: 'project.submitted', data: { round: 1, attempt: 1, summary: 'done' } },
        ...{ projectId, runId: null, actor: 'code', createdAt: now },
      });
    });
    const from = performance.now();
    await arrival;
    measured.push(performance.now() - from);
    const bare = performance.now();
    await (await fetch(url, { method: 'POST', body: '{}' })).text();
    yardstick.push(performance.now() - bare);
  }
  return { measured: median(measured), yardstick: median(yardstick) };
}

async function claims(stage: Stage, times: number) {
  const small = await outbox(stage, SMALL);
  const large = await outbox(stage, LARGE);
  const { measured, yardstick } = await byTurns(times, { measured: large, yardstick: small });
  return { measured: median(measured), yardstick: median(yardstick) };
}

/** A store with so many that wait, and a way to claim one that is due; it resolves with how long that took. */
async function outbox(stage: Stage, waiting: number): Promise<() => Promise<number>> {
  const home = join(stage.root, `outbox-${waiting}`);
  await mkdir(home, { mode: 0o700 });
  const bridge = await openBridge(home, systemClock);
  stage.closeLater(() => bridge.close());
  const token = asLeaseToken('token of the bench');
  await takeLease(bridge, { token, pid: process.pid, pidStartedAt: 'then', version: '0' }, () => true);
  const db = databaseOf(bridge);
  const later = new Date(systemClock.now().getTime() + 3_600_000).toISOString();
  await db.write(async ({ trx, now }) => {
    await trx
      .insertInto('receivers')
      .values({ name: 'r', via: 'webhook', digest: '', event_id: 0 })
      .execute();
    for (let n = 1; n <= waiting; n += 1)
      await trx
        .insertInto('notifications')
        .values(row(n, later, now))
        .execute();
  });
  const lease = { bridge, token };
  let number = waiting;
  return async () => {
    stage.signal.throwIfAborted();
    number += 1;
    await db.write(async ({ trx, now }) => {
      await trx
        .insertInto('notifications')
        .values(row(number, now, now))
        .execute();
    });
    const from = performance.now();
    const notice = await claimNotification(lease, { name: 'r' }, { holdsRelay: false });
    const took = performance.now() - from;
    if (!notice) throw new Error('nothing was due');
    const receiver = { name: 'r', remindAfterMs: null };
    await recordDelivery(lease, receiver, notice, { kind: 'sent', receipt: null });
    return took;
  };
}

function row(number: number, dueAt: string, now: string) {
  return {
    ...{ id: `n_${number}`, receiver: 'r', event_id: number, tag: `t-${number}` },
    ...{ project_id: null, request_id: null, due_at: dueAt, due_set_at: now, created_at: now },
    kind: 'hold_ended',
    state: 'waiting',
  } as const;
}
