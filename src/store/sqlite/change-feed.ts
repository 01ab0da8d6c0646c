/**
 * Reports commits to a process within milliseconds. A file watch on the folder gives the hint, the data_version of
 * SQLite the fact, and a slow poll covers file systems that report nothing.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../clock.ts';
import { DATABASE_NAME } from '../../state-folder.ts';
import type { ChangeFeed } from '../database.ts';

const POLL_MS = 2_000;
const FIRST_CHECK_MS = 1;
const MAX_SYNC_MS = 128;

/**
 * Opens a feed for the database in `folder`. The caller closes it.
 *
 * @param version Returns another text after each commit.
 */
export function openChangeFeed(folder: string, version: () => string, clock: Clock): ChangeFeed {
  let seen = version();
  let hinted = false;
  let wake: () => void = () => undefined;
  const closing = new AbortController();
  const watcher = watchFolder(folder, () => {
    hinted = true;
    wake();
  });
  const isNew = () => {
    const current = version();
    if (current === seen) return false;
    seen = current;
    return true;
  };

  return {
    async changed(signal) {
      const stop = AbortSignal.any([signal, closing.signal]);
      let wait = POLL_MS;
      // An aborted wait must not consume the news for the next one.
      while (!stop.aborted) {
        if (isNew()) return;
        wait = hinted ? FIRST_CHECK_MS : later(wait);
        hinted = false;
        const waitEnded = new AbortController();
        const hint = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([hint, clock.sleep(wait, AbortSignal.any([stop, waitEnded.signal]))]);
        waitEnded.abort();
      }
    },
    close() {
      closing.abort();
      watcher?.close();
    },
  };
}

/**
 * The next interval. The hint comes when the log file is written, but a commit is visible only after a sync and an
 * update of the shared index, which no watch reports. So a hint is followed by quick checks at growing intervals, then
 * by the poll.
 */
function later(wait: number): number {
  return wait * 2 > MAX_SYNC_MS ? POLL_MS : wait * 2;
}

function watchFolder(folder: string, onHint: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name.startsWith(DATABASE_NAME)) onHint();
    });
    // When the folder disappears, or the system runs out of watches, the poll remains.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
