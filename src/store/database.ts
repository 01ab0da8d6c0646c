/**
 * Where everything is kept. This room promises that a change is in the database whole or not at all, and that it is on
 * disk when the call returns. All facts about SQLite live in this file and its migrations; queries elsewhere are
 * neutral between SQL dialects.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { CompiledQuery, Kysely, SqliteDialect, SqliteDriver, type Transaction } from 'kysely';
import { systemClock } from '../clock.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './schema.ts';

export type Reader = Kysely<Tables>;
export type Writer = Transaction<Tables>;

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Reader;
  readonly file: string;
  /** Runs `work` in one writing transaction: all of it is committed, or, when it throws, none. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  /** Changes whenever another connection has committed something since the last call. */
  dataVersion(): number;
  close(): Promise<void>;
}

export type StoreProblem =
  | 'unwritable'
  | 'not-a-database'
  | 'corrupt'
  | 'newer-schema'
  | 'busy'
  | 'full'
  | 'driver';

/** The store cannot be used; the message names the file and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = problem;
  }
}

/** How long a write waits for another's write, in milliseconds, and how long at most between two looks. */
const BUSY_TIMEOUT_MS = 5_000;
const LONGEST_BUSY_STEP_MS = 20;

/** Opens, and when needed creates and migrates, the database of a state folder. Throws StoreError. */
export function openDatabase(home: string): Database {
  const file = join(home, 'bridge.db');
  const sqlite = explaining(file, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return open(file);
  });
  const kysely = new Kysely<Tables>({ dialect: new ImmediateSqliteDialect({ database: sqlite }) });
  const dataVersion = sqlite.prepare('PRAGMA data_version').pluck();
  return {
    read: kysely,
    file,
    async write(work) {
      try {
        return await kysely.transaction().execute(work);
      } catch (error) {
        throw translate(file, error);
      }
    },
    dataVersion: () => Number(dataVersion.get()),
    close: () => kysely.destroy(),
  };
}

/** Runs `work`, turning SQLite's and the file system's errors into StoreErrors. */
function explaining<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
}

function open(file: string): Sqlite.Database {
  const sqlite = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    sqlite.pragma('journal_mode = WAL');
    // Connections after the first would run at NORMAL, which can lose a commit at power loss: the library is built
    // with DEFAULT_WAL_SYNCHRONOUS=1 (https://github.com/WiseLibs/better-sqlite3/blob/master/docs/compilation.md).
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    migrate(sqlite, file);
    // From here on a wait for the lock is ours (see ImmediateSqliteDriver): SQLite's own would stop the event loop.
    sqlite.pragma('busy_timeout = 0');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function migrate(sqlite: Sqlite.Database, file: string): void {
  if (schemaVersion(sqlite) === MIGRATIONS.length) return;
  // Another process may migrate at the same moment: look again under the write lock.
  sqlite
    .transaction(() => {
      const version = schemaVersion(sqlite);
      if (version > MIGRATIONS.length) {
        throw new StoreError(
          'newer-schema',
          `${file} was written by a newer bridge-supervisor (schema ${version}, this program knows ${MIGRATIONS.length}). Upgrade bridge-supervisor; nothing was changed.`,
        );
      }
      for (const step of MIGRATIONS.slice(version)) sqlite.exec(step);
      sqlite.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

function schemaVersion(sqlite: Sqlite.Database): number {
  return Number(sqlite.pragma('user_version', { simple: true }));
}

function translate(file: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [problem, what] = EXPLANATIONS.find(([pattern]) => pattern.test(code))?.slice(1) ?? [];
  if (!problem || !what) return error;
  return new StoreError(problem as StoreProblem, `${file}: ${what} (${error.message})`, error);
}

const EXPLANATIONS: readonly (readonly [RegExp, StoreProblem, string])[] = [
  [
    /^SQLITE_NOTADB/,
    'not-a-database',
    'this is not a bridge-supervisor database. It was left as it is: move it away, or put a backup in its place',
  ],
  [/^SQLITE_CORRUPT/, 'corrupt', 'the database is damaged. It was left as it is: put a backup in its place'],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM)|^E(ACCES|PERM|ROFS|NOTDIR|EXIST)$/,
    'unwritable',
    'the store cannot be written. Check the rights of this folder and file, or set BRIDGE_HOME to another folder',
  ],
  [/^SQLITE_FULL|^ENOSPC$/, 'full', 'the disk is full. Nothing was changed: free some space and try again'],
  [
    /^SQLITE_BUSY|^SQLITE_LOCKED/,
    'busy',
    'another program holds the database. Nothing was changed: try again',
  ],
  [
    /^ERR_DLOPEN_FAILED|^MODULE_NOT_FOUND/,
    'driver',
    "the SQLite driver cannot be loaded. Reinstall bridge-supervisor with this machine's Node",
  ],
];

/**
 * A deferred transaction that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another process wrote
 * in between, whatever the timeout (https://www.sqlite.org/rescode.html#busy_snapshot). Immediate ones wait instead.
 */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: { database: Sqlite.Database };

  constructor(config: { database: Sqlite.Database }) {
    super(config);
    this.#config = config;
  }

  override createDriver() {
    return new ImmediateSqliteDriver(this.#config);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(
    connection: Parameters<SqliteDriver['beginTransaction']>[0],
  ): Promise<void> {
    const deadline = systemClock.monotonic() + BUSY_TIMEOUT_MS;
    for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_BUSY_STEP_MS)) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
        return;
      } catch (error) {
        const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY';
        if (!busy || systemClock.monotonic() > deadline) throw error;
      }
      // Jitter, so that several who wait do not come back together.
      await systemClock.sleep(wait * (0.5 + Math.random()));
    }
  }
}
