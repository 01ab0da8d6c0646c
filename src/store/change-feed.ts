/**
 * Tells a process within milliseconds that another one has committed something. A watch on the folder is only the hint;
 * SQLite's data_version is the truth; a slow poll is the net for file systems that report nothing.
 */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';

export interface ChangeFeed {
  /** Resolves when something was committed elsewhere since the last call returned, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

const POLL_MS = 2_000;
const LONGEST_SYNC_MS = 128;

export function openChangeFeed(database: Database, clock: Clock): ChangeFeed {
  let seen = database.dataVersion();
  let hinted = false;
  let wake: () => void = () => undefined;
  const closing = new AbortController();
  const watcher = watchFolder(dirname(database.file), () => {
    hinted = true;
    wake();
  });
  const isNew = () => {
    const version = database.dataVersion();
    if (version === seen) return false;
    seen = version;
    return true;
  };

  return {
    async changed(signal) {
      const stop = AbortSignal.any([signal, closing.signal]);
      while (!stop.aborted) {
        if (isNew()) return;
        if (hinted) {
          hinted = false;
          if (await soon(isNew, clock, stop)) return;
        } else {
          const waited = new AbortController();
          const hint = new Promise<void>((resolve) => {
            wake = resolve;
          });
          await Promise.race([hint, clock.sleep(POLL_MS, AbortSignal.any([stop, waited.signal]))]);
          waited.abort();
        }
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
 * index was updated, which no watch reports. So a hint is followed by a few quick looks.
 */
async function soon(isNew: () => boolean, clock: Clock, stop: AbortSignal): Promise<boolean> {
  for (let wait = 1; wait <= LONGEST_SYNC_MS && !stop.aborted; wait *= 2) {
    await clock.sleep(wait, stop);
    if (isNew()) return true;
  }
  return false;
}

function watchFolder(folder: string, onHint: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name.startsWith('bridge.db')) onHint();
    });
    // A folder that vanishes, or a system out of watches, leaves us with the poll.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
