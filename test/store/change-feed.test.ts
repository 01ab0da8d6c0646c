import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
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
describe.skipIf(onWindows)('waiting for a change, without a poll (not on Windows)', () => {
  test('a change of another process ends a wait', async () => {
    await using rig = await createRig({ storeClock: withoutPoll });
    const feed = databaseOf(rig.bridge).changes('others');
    for (let round = 0; round < 3; round++) {
      const other = rig.process(opener, [rig.home]);
      await other.ready;
      const woken = feed.changed(never);
      await Promise.all([woken, other.go()]);
    }
    feed.close();
  });

  test('a change of another connection ends a wait, before or during it', async () => {
    await using rig = await createRig({ storeClock: withoutPoll });
    const feed = databaseOf(rig.bridge).changes('others');
    const other = databaseOf(await rig.connect());
    await other.write(({ trx }) => addProject(trx, 1));
    await feed.changed(never);
    const woken = feed.changed(never);
    await other.write(({ trx }) => addProject(trx, 2));
    await woken;
    feed.close();
  });

  test('a change of the own connection ends a wait that asked for it', async () => {
    await using rig = await createRig({ storeClock: withoutPoll });
    const database = databaseOf(rig.bridge);
    const feed = database.changes('anyone');
    const woken = feed.changed(never);
    await database.write(({ trx }) => addProject(trx, 1));
    await woken;
    feed.close();
  });

  test('a wait does not end when nothing was committed, or only by its own connection', async () => {
    let waits = 0;
    const counting: Clock = {
      ...withoutPoll,
      sleep(ms, signal) {
        if (ms >= 1_000) waits += 1;
        return withoutPoll.sleep(ms, signal);
      },
    };
    await using rig = await createRig({ storeClock: counting });
    const database = databaseOf(rig.bridge);
    const feed = database.changes('others');
    const stop = new AbortController();
    let woken = false;
    const waiting = feed.changed(stop.signal).then(() => {
      woken = true;
    });
    await database.write(({ trx }) => addProject(trx, 1));
    const failing = databaseOf(await rig.connect()).write(async ({ trx }) => {
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

describe('end of a wait', () => {
  test('a wait ends when it is cancelled, and takes no news from the next one', async () => {
    await using rig = await createRig({ storeClock: withoutPoll });
    const feed = databaseOf(rig.bridge).changes('others');
    const stop = new AbortController();
    const first = feed.changed(stop.signal);
    stop.abort();
    await first;
    await databaseOf(await rig.connect()).write(({ trx }) => addProject(trx, 1));
    await feed.changed(never);
    feed.close();
  });

  test('a wait ends when the feed is closed', async () => {
    await using rig = await createRig({ storeClock: withoutPoll });
    const feed = databaseOf(rig.bridge).changes('others');
    const waiting = feed.changed(never);
    feed.close();
    await waiting;
  });

  test('a wait sees a change within two seconds where the file system reports none', async () => {
    await using rig = await createRig();
    const clock = new TestClock();
    let commits = 0;
    const feed = openChangeFeed(join(rig.workspace, 'nowhere'), () => `${commits}`, clock);
    const woken = feed.changed(never);
    commits += 1;
    clock.advance(2_000);
    await woken;
    feed.close();
  });
});
