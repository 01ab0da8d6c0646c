/**
 * Tells a process within milliseconds that something was committed. A watch on the folder is only the hint;
 * SQLite's data_version is the truth; a slow poll is the net for file systems that report nothing.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../clock.ts';
import { DATABASE_NAME } from '../../state-folder.ts';
import type { ChangeFeed } from '../database.ts';

const POLL_MS = 2_000;
const FIRST_LOOK_MS = 1;
const MAX_SYNC_MS = 128;

/**
 * @param folder Of the database.
 * @param version Another text whenever something was committed.
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
      // Who was stopped waiting must not take the news from the next wait.
      while (!stop.aborted) {
        if (isNew()) return;
        wait = hinted ? FIRST_LOOK_MS : later(wait);
        hinted = false;
        const waited = new AbortController();
        const hint = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([hint, clock.sleep(wait, AbortSignal.any([stop, waited.signal]))]);
        waited.abort();
      }
    },
    close() {
      closing.abort();
      watcher?.close();
    },
  };
}

/**
 * The hint comes when the log file is written; the commit is visible only after it was also synced and the shared
 * index was updated, which no watch reports. So a hint is followed by quick looks, ever later, and then by the poll.
 */
function later(wait: number): number {
  return wait * 2 > MAX_SYNC_MS ? POLL_MS : wait * 2;
}

function watchFolder(folder: string, onHint: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name.startsWith(DATABASE_NAME)) onHint();
    });
    // A folder that vanishes, or a system out of watches, leaves us with the poll.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
