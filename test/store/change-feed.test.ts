import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { openChangeFeed } from '../../src/store/sqlite/change-feed.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { createRig, TestClock } from '../rig.ts';
import { addProject } from './rows.ts';

const opener = new URL('fixtures/open.ts', import.meta.url);

/** Real time, but the slow poll never comes: whoever wakes was woken. */
const withoutPoll: Clock = {
  ...systemClock,
  sleep: (ms, signal) => (ms < 1_000 ? systemClock.sleep(ms, signal) : ended(signal)),
};

function ended(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}

const never = new AbortController().signal;

// Windows may tell of a write only when the file is closed; there the poll is what can be relied on.
describe.skipIf(onWindows)('a change wakes who waits for it, without a poll (not on Windows)', () => {
  test('when another process made it', async () => {
    await using rig = await createRig();
    const feed = openChangeFeed(rig.bridge.database, withoutPoll, 'others');
    for (let round = 0; round < 3; round++) {
      const other = rig.process(opener, [rig.home]);
      await other.ready;
      const woken = feed.changed(never);
      await Promise.all([woken, other.go()]);
    }
    feed.close();
  });

  test('when another connection made it, before or during the wait', async () => {
    await using rig = await createRig();
    const feed = openChangeFeed(rig.bridge.database, withoutPoll, 'others');
    const other = rig.connect().database;
    await other.write((trx) => addProject(trx, 1));
    await feed.changed(never);
    const woken = feed.changed(never);
    await other.write((trx) => addProject(trx, 2));
    await woken;
    feed.close();
  });

  test('when it made the change itself, if it asked for that', async () => {
    await using rig = await createRig();
    const { database } = rig.bridge;
    const feed = openChangeFeed(database, withoutPoll, 'anyone');
    const woken = feed.changed(never);
    await database.write((trx) => addProject(trx, 1));
    await woken;
    feed.close();
  });

  test('but not when nothing was committed, or only by itself', async () => {
    await using rig = await createRig();
    const { database } = rig.bridge;
    let waits = 0;
    const counting: Clock = {
      ...withoutPoll,
      sleep(ms, signal) {
        if (ms >= 1_000) waits += 1;
        return withoutPoll.sleep(ms, signal);
      },
    };
    const feed = openChangeFeed(database, counting, 'others');
    const stop = new AbortController();
    let woken = false;
    const waiting = feed.changed(stop.signal).then(() => {
      woken = true;
    });
    await database.write((trx) => addProject(trx, 1));
    const failing = rig.connect().database.write(async (trx) => {
      await addProject(trx, 2);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    // It has looked, seen nothing, and waits again.
    await eventually(() => expect(waits).toBeGreaterThan(1));
    expect(woken).toBe(false);
    stop.abort();
    await waiting;
    feed.close();
  });
});

describe('a wait', () => {
  test('ends when it is no longer wanted, and takes no news from the next one', async () => {
    await using rig = await createRig();
    const feed = openChangeFeed(rig.bridge.database, withoutPoll, 'others');
    const stop = new AbortController();
    const first = feed.changed(stop.signal);
    stop.abort();
    await first;
    await rig.connect().database.write((trx) => addProject(trx, 1));
    await feed.changed(never);
    feed.close();
  });

  test('ends when the feed is closed', async () => {
    await using rig = await createRig();
    const feed = openChangeFeed(rig.bridge.database, withoutPoll, 'others');
    const waiting = feed.changed(never);
    feed.close();
    await waiting;
  });

  test('sees a change within two seconds where no file system tells of it', async () => {
    await using rig = await createRig();
    const clock = new TestClock();
    const { database } = rig.bridge;
    const unwatched: Database = { ...database, file: join(rig.workspace, 'nowhere', 'bridge.db') };
    const feed = openChangeFeed(unwatched, clock, 'others');
    const woken = feed.changed(never);
    await rig.connect().database.write((trx) => addProject(trx, 1));
    clock.advance(2_000);
    await woken;
    feed.close();
  });
});
