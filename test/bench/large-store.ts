/** Whether claiming and looking stay as fast when the store has grown large. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bridge, openBridge } from '../../src/bridge/bridge.ts';
import { nextReadyTime, startNextRun } from '../../src/bridge/claim.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import {
  approvalQueue,
  overview,
  projectDetails,
  projects,
  projectUpdates,
} from '../../src/bridge/queries.ts';
import { systemClock } from '../../src/clock.ts';
import { asLeaseToken, type LeaseToken, type ProjectId } from '../../src/project/ids.ts';
import { isClosed, PROJECT_STATUSES } from '../../src/project/project.ts';
import { fillStore, UPDATES_EACH } from './fill-store.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';

const SMALL = 100;
const LARGE = 100_000;
/** A small store has only 40 to claim. */
const MAX_CLAIMS = 35;

export const largeStore: Measurement = {
  name: 'large-store',
  title: 'Claim and list in a large store',
  about: `Measured: one call of the verb in a store of ${number(LARGE)} projects and ${number(LARGE * UPDATES_EACH)} updates; median. Yardstick: the same call in a store of ${SMALL} projects and ${number(SMALL * UPDATES_EACH)} updates, of the same kinds in the same shares. A claim writes, and so waits for the disk in both.`,
  async measure({ stage, quick }: Setting) {
    const small = await openStore(stage, SMALL);
    const large = await openStore(stage, LARGE);
    const rows: Row[] = [];
    for (const [name, times, verb] of VERBS) {
      const once = (store: Store) => async () => {
        stage.signal.throwIfAborted();
        const from = performance.now();
        await verb(store);
        return performance.now() - from;
      };
      const ways = { measured: once(large), yardstick: once(small) };
      await byTurns(WARM_UP, ways);
      const { measured, yardstick } = await byTurns(quick ? Math.min(times, 10) : times, ways);
      const aim = { mostRatio: 1.5 };
      rows.push({ name, unit: 'ms', measured: median(measured), yardstick: median(yardstick), aim });
    }
    return { rows, notes: [] };
  },
};

const WARM_UP = 3;

interface Store {
  readonly bridge: Bridge;
  /** Of the lease. */
  readonly token: LeaseToken;
  /** A finished project. */
  readonly projectId: ProjectId;
}

const open = PROJECT_STATUSES.filter((status) => !isClosed(status));

/** What the supervisor, the person and Claude Desktop do all day, with the limits they use. */
const VERBS: readonly (readonly [string, number, (store: Store) => Promise<unknown>])[] = [
  ['list, newest first', 100, ({ bridge }) => projects(bridge, { limit: 21 })],
  ['list, open ones', 100, ({ bridge }) => projects(bridge, { statuses: open, limit: 51 })],
  ['approval queue', 100, ({ bridge }) => approvalQueue(bridge, 11)],
  ['overview (status)', 100, ({ bridge }) => overview(bridge, 10)],
  ['one project', 100, ({ bridge, projectId }) => projectDetails(bridge, projectId)],
  ['its updates', 100, ({ bridge, projectId }) => projectUpdates(bridge, projectId, 0, 21)],
  ['next back-off to end', 100, ({ bridge }) => nextReadyTime(bridge)],
  // Last: it leaves runs under way behind, which the others would show.
  ['claim the next project', MAX_CLAIMS - WARM_UP, claim],
];

async function claim({ bridge, token }: Store): Promise<void> {
  const defaults = { model: null, newSessionId: () => crypto.randomUUID() };
  if (!(await startNextRun({ bridge, token }, defaults))) throw new Error('nothing was left to claim');
}

async function openStore(stage: Stage, size: number): Promise<Store> {
  const home = join(stage.root, `store-${size}`);
  await mkdir(home);
  // Creates the tables.
  await (await openBridge(home, systemClock)).close();
  fillStore(join(home, 'bridge.db'), size);

  const bridge = await openBridge(home, systemClock);
  stage.closeLater(() => bridge.close());
  const candidate = { token: asLeaseToken('bench'), pid: process.pid, pidStartedAt: 'now', version: '0' };
  const lease = await takeLease(bridge, candidate, () => true);
  if (!lease.taken) throw new Error('the lease of a new store is taken');
  const [project] = await projects(bridge, { statuses: ['complete'], limit: 1 });
  if (!project) throw new Error('the store was not filled');
  return { bridge, token: candidate.token, projectId: project.id };
}

function number(value: number): string {
  return value.toLocaleString('en');
}
