/**
 * Where everything is kept. This room promises that a change is in the database whole or not at all, and that it is on
 * disk when the call returns. All facts about SQLite live here, in its driver and in the migrations; queries elsewhere
 * are neutral between SQL dialects.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, type Transaction } from 'kysely';
import { systemClock } from '../clock.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './schema.ts';
import { BridgeSqliteDialect } from './sqlite-driver.ts';
import { StoreError, type StoreProblem, translate } from './store-error.ts';

export { StoreError, type StoreProblem };
export type Reader = Kysely<Tables>;
export type Writer = Transaction<Tables>;

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Reader;
  readonly file: string;
  /** Runs `work` in one writing transaction: all of it is committed, or, when it throws, none. Throws StoreError. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  /** Changes whenever another connection has committed something since the last call. */
  dataVersion(): number;
  /** How often this connection has committed something: those changes are not in `dataVersion`. */
  ownCommits(): number;
  close(): Promise<void>;
}

/** Opens, and when needed creates and migrates, the database of a state folder. Throws StoreError. */
export function openDatabase(home: string): Database {
  const file = join(home, 'bridge.db');
  const sqlite = explaining(file, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return open(file);
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
  const sqlite = new Sqlite(file, { timeout: OPENING_TIMEOUT_MS });
  try {
    // Before the first pragma that writes: what is not ours is left as it is.
    sqlite.transaction(() => checkSchema(sqlite, file))();
    switchToLog(sqlite);
    // Connections after the first would run at NORMAL, which can lose a commit at power loss: the library is built
    // with DEFAULT_WAL_SYNCHRONOUS=1 (https://github.com/WiseLibs/better-sqlite3/blob/master/docs/compilation.md).
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    migrate(sqlite, file);
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

/** Marks a database as ours ("brdg"), so that another program's is never written into. */
const APPLICATION_ID = 0x62_72_64_67;

/** Throws StoreError when the file is not ours or too new; returns its schema version, 0 for an empty one. */
function checkSchema(sqlite: Sqlite.Database, file: string): number {
  const version = numberOf(sqlite, 'PRAGMA user_version');
  const empty = version === 0 && numberOf(sqlite, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (empty) return 0;
  if (numberOf(sqlite, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new StoreError(
      'not-a-database',
      `${file}: this is the database of another program. It was left as it is: move it away, or set BRIDGE_HOME to another folder.`,
    );
  }
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      'newer-schema',
      `${file} was written by a newer bridge-supervisor (schema ${version}, this program knows ${MIGRATIONS.length}). Upgrade bridge-supervisor; nothing was changed.`,
    );
  }
  return version;
}

function migrate(sqlite: Sqlite.Database, file: string): void {
  if (checkSchema(sqlite, file) === MIGRATIONS.length) return;
  // Another process may migrate at the same moment: look again under the write lock.
  sqlite
    .transaction(() => {
      for (const step of MIGRATIONS.slice(checkSchema(sqlite, file))) sqlite.exec(step);
      sqlite.pragma(`application_id = ${APPLICATION_ID}`);
      sqlite.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

function numberOf(sqlite: Sqlite.Database, query: string): number {
  return Number(sqlite.prepare(query).pluck().get());
}
