/** The store in one SQLite file of the state folder. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { systemClock } from '../../clock.ts';
import { makePrivateFolder } from '../../make-folder.ts';
import { databaseFile, plansFolder } from '../../state-folder.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../schema.ts';
import { StoreError } from '../store-error.ts';
import { BridgeSqliteDialect } from './driver.ts';
import { checkSchema, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqlite } from './open-sqlite.ts';
import { closeToOthers, createPrivate } from './private-file.ts';
import { DAMAGED, translate } from './translate.ts';

/** Opens, and when needed creates and migrates, the database of a state folder. Throws StoreError. */
export function openDatabase(home: string): Database {
  const file = databaseFile(home);
  const sqlite = explaining(file, () => {
    makePrivateFolder(home);
    refuseToForget(home, file);
    refuseSecondName(file);
    createClosed(file);
    const opened = open(file);
    closeToOthers(home);
    return opened;
  });
  const kysely = new Kysely<Tables>({ dialect: new BridgeSqliteDialect(sqlite) });
  const identity = fileIdentity(file);
  const dataVersion = sqlite.prepare('PRAGMA data_version').pluck();
  let seen = 0;
  let commits = 0;
  return {
    read: kysely,
    file,
    async write(work) {
      if (fileIdentity(file) !== identity) throw new StoreError('replaced', `${file}: ${REPLACED}`);
      const result = await kysely.transaction().execute(work);
      commits += 1;
      return result;
    },
    check() {
      const found = explaining(file, () => String(sqlite.pragma('quick_check(1)', { simple: true })));
      if (found !== 'ok') throw new StoreError('corrupt', `${file}: ${DAMAGED} (${found})`);
    },
    dataVersion() {
      try {
        seen = Number(explaining(file, () => dataVersion.get()));
      } catch (error) {
        // Locked for a moment by a process that opens or closes it: the next look sees what has changed.
        if (!(error instanceof StoreError && error.problem === 'busy')) throw error;
      }
      return seen;
    },
    ownCommits: () => commits,
    async close() {
      await kysely.destroy();
      // Kysely closes nothing when it was never asked for anything.
      sqlite.close();
    },
  };
}

/**
 * SQLite takes a missing or empty file for a new database. Where plans were sent before, that would be to forget them
 * without a word.
 */
export function refuseToForget(home: string, file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 || log > 0 || readPlans(home).length === 0) return;
  throw new StoreError(
    'missing',
    `${file} is missing or empty, but ${plansFolder(home)} holds plans. Nothing was created: put the database back (bridge-supervisor restore FILE), or move 'plans' away to start anew.`,
  );
}

/**
 * Under a second name the file has a log and locks of its own: two supervisors would work on the same plans without
 * knowing of each other, and what one writes damages the other's (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use).
 */
function refuseSecondName(file: string): void {
  const names = namesOf(file);
  if (names > 1) throw new StoreError('linked', `${file}: ${linkedWords(names)}`);
}

/** How many names a file has, whatever folder they are in; 0 when there is none. */
export function namesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.nlink ?? 0;
}

export function linkedWords(names: number): string {
  return `this file has ${names} names (hard links), and whoever opens it by another one damages it. Nothing was changed: remove the other names (find them with find -samefile), or give this one a file of its own (bridge-supervisor backup COPY, then bridge-supervisor restore COPY)`;
}

/** SQLite would create it as the umask has it; its log and the log's index get the rights of the database. */
function createClosed(file: string): void {
  try {
    createPrivate(file);
  } catch {
    // It is there, or cannot be created: then SQLite says why.
  }
}

function readPlans(home: string): string[] {
  return existsSync(plansFolder(home)) ? readdirSync(plansFolder(home)) : [];
}

/** SQLite goes on writing into a file that nobody else can open any more, without an error. */
const REPLACED =
  'the database was deleted, moved or replaced while it was in use. Nothing was changed: put it back, or restart to use what is there now';

function fileIdentity(file: string): string {
  const found = explaining(file, () => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return found ? `${found.dev}:${found.ino}` : 'gone';
}

/** Runs `work`, turning SQLite's and the file system's errors into StoreErrors. */
function explaining<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
}

/** How long opening waits for another process that creates or migrates, in milliseconds. */
const OPENING_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 5;

function open(file: string): Sqlite.Database {
  const sqlite = openSqlite(file, { timeout: OPENING_TIMEOUT_MS });
  try {
    // Before the first pragma that writes: what is not ours is left as it is.
    sqlite.transaction(() => checkSchema(sqlite, file, MIGRATIONS))();
    switchToLog(sqlite);
    // Connections after the first would run at NORMAL, which can lose a commit at power loss: the library is built
    // with DEFAULT_WAL_SYNCHRONOUS=1 (https://github.com/WiseLibs/better-sqlite3/blob/master/docs/compilation.md).
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    migrate(sqlite, file, MIGRATIONS);
    sqlite.pragma('busy_timeout = 0');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * Of several processes that create the database together, one switches it; the others are told at once that it is
 * locked, because waiting for each other could last for ever (https://www.sqlite.org/c3ref/busy_handler.html).
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
