/** Opens the database file, and creates or migrates it when needed. */

import type Sqlite from 'better-sqlite3';
import { systemClock } from '../../clock.ts';
import { makePrivateFolder } from '../../make-folder.ts';
import { refuseHardLinks, refuseToForget } from './file.ts';
import { checkSchema, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqlite, translating } from './open-sqlite.ts';
import { closeToOthers, createPrivate } from './private-file.ts';

/** Throws StoreError. */
export function connect(stateDir: string, file: string): Sqlite.Database {
  return translating(file, () => {
    makePrivateFolder(stateDir);
    refuseToForget(stateDir, file);
    refuseHardLinks(file);
    createClosed(file);
    const sqlite = openSqlite(file, { timeout: OPENING_TIMEOUT_MS }, (opened) => prepare(opened, file));
    closeToOthers(stateDir);
    return sqlite;
  });
}

/**
 * Creates the file with mode 0600; SQLite would apply the umask. The log and its index get the mode of the database.
 */
function createClosed(file: string): void {
  try {
    createPrivate(file);
  } catch {
    // It exists, or cannot be created: SQLite then reports why.
  }
}

/** How long opening waits for another process that creates or migrates the database, in milliseconds. */
const OPENING_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 5;

function prepare(sqlite: Sqlite.Database, file: string): void {
  // Before the first pragma that writes: a file that is not ours stays as it is.
  sqlite.transaction(() => checkSchema(sqlite, file, MIGRATIONS))();
  switchToLog(sqlite);
  // Connections after the first would run at NORMAL, which can lose a commit at a power loss: the library is built with
  // DEFAULT_WAL_SYNCHRONOUS=1 (https://github.com/WiseLibs/better-sqlite3/blob/master/docs/compilation.md).
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  migrate(sqlite, file, MIGRATIONS);
  sqlite.pragma('busy_timeout = 0');
}

/**
 * Switches to WAL. When several processes create the database at once, one switches it. The others fail at once because
 * it is locked: waiting for each other could last forever (https://www.sqlite.org/c3ref/busy_handler.html).
 */
function switchToLog(sqlite: Sqlite.Database): void {
  const deadline = systemClock.monotonic() + OPENING_TIMEOUT_MS;
  for (;;) {
    try {
      sqlite.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY';
      if (!busy || systemClock.monotonic() > deadline) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
  }
}
