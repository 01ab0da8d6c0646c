/** The store as one SQLite file in the state folder. */
import { dirname } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Clock } from '../../clock.ts';
import { databaseFile } from '../../state-folder.ts';
import type { Database, DatabaseOptions, Writing } from '../database.ts';
import type { Tables } from '../schema.ts';
import { StoreError } from '../store-error.ts';
import { openChangeFeed } from './change-feed.ts';
import { connect } from './connect.ts';
import { BridgeSqliteDialect } from './driver.ts';
import { fileIdentity } from './file.ts';
import { translating } from './open-sqlite.ts';
import { DAMAGED } from './translate.ts';

/**
 * Opens the database of a state folder; creates and migrates it when needed. Throws StoreError.
 *
 * @param clock Gives the time of each transaction.
 */
export async function openSqliteDatabase(
  stateDir: string,
  clock: Clock,
  { repeatWrites = false }: DatabaseOptions = {},
): Promise<Database> {
  const file = databaseFile(stateDir);
  const sqlite = connect(stateDir, file);
  const kysely = new Kysely<Tables>({ dialect: new BridgeSqliteDialect(sqlite) });
  const opened = fileIdentity(file);
  const versionOfOthers = versionReader(sqlite, file);
  let ownCommits = 0;
  // One that failed is counted too: nobody has to know what became of its commit.
  let ownWrites = 0;
  return {
    read: kysely,
    async write(work) {
      if (fileIdentity(file) !== opened) throw new StoreError('replaced', `${file}: ${REPLACED}`);
      if (repeatWrites) await rehearse(kysely, clock, work);
      try {
        const result = await kysely.transaction().execute((trx) => work({ trx, now: nowText(clock) }));
        ownCommits += 1;
        return result;
      } finally {
        ownWrites += 1;
      }
    },
    changes(whose) {
      let seen = '0';
      // Locked for a moment by a process that opens or closes it: the next call sees the change.
      const others = () => (seen = versionOfOthers() ?? seen);
      const version = () => (whose === 'others' ? others() : `${others()} ${ownCommits}`);
      return openChangeFeed(dirname(file), version, clock);
    },
    version() {
      const others = versionOfOthers();
      return others === undefined ? undefined : `${others} ${ownWrites}`;
    },
    identity: async () => fileIdentity(file),
    async check() {
      const found = translating(file, () => String(sqlite.pragma('quick_check(1)', { simple: true })));
      if (found !== 'ok') throw new StoreError('corrupt', `${file}: ${DAMAGED} (${found})`);
    },
    async close() {
      await kysely.destroy();
      // Kysely does not close a database that it never used.
      sqlite.close();
    },
  };
}

/** SQLite keeps writing, without an error, to a file that nobody else can open any more. */
const REPLACED =
  'the database was deleted, moved or replaced while it was in use. Nothing was changed: put it back, or restart to use what is there now';

/**
 * A number that changes after each commit of another connection (https://www.sqlite.org/pragma.html#pragma_data_version);
 * undefined while the database is locked by a process that opens or closes it.
 */
function versionReader(sqlite: Sqlite.Database, file: string): () => string | undefined {
  const dataVersion = sqlite.prepare('PRAGMA data_version').pluck();
  return () => {
    try {
      return String(translating(file, () => dataVersion.get()));
    } catch (error) {
      if (!(error instanceof StoreError && error.problem === 'busy')) throw error;
      return undefined;
    }
  };
}

async function rehearse<T>(
  kysely: Kysely<Tables>,
  clock: Clock,
  work: (writing: Writing) => Promise<T>,
): Promise<void> {
  const rollBack = new Error('rolled back on purpose');
  const rehearsal = kysely.transaction().execute(async (trx) => {
    await work({ trx, now: nowText(clock) });
    throw rollBack;
  });
  await rehearsal.catch((error: unknown) => {
    if (error !== rollBack) throw error;
  });
}

function nowText(clock: Clock): string {
  return clock.now().toISOString();
}
