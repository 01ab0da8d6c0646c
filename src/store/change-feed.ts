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

export function openChangeFeed(database: Database, clock: Clock): ChangeFeed {
  let seen = database.dataVersion();
  const closing = new AbortController();
  let wake: () => void = () => undefined;
  const watcher = watchFolder(dirname(database.file), () => wake());

  return {
    async changed(signal) {
      const stop = AbortSignal.any([signal, closing.signal]);
      while (!stop.aborted) {
        const hint = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const version = database.dataVersion();
        if (version !== seen) {
          seen = version;
          return;
        }
        const waited = new AbortController();
        await Promise.race([hint, clock.sleep(POLL_MS, AbortSignal.any([stop, waited.signal]))]);
        waited.abort();
      }
    },
    close() {
      closing.abort();
      watcher?.close();
    },
  };
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
