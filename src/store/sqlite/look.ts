/**
 * The store as an examination sees it: opened to be read alone, so that nothing is created, migrated or repaired. (Beside
 * a database that was closed in good order SQLite leaves an empty log and its index; the next writer takes them away.)
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { Kysely } from 'kysely';
import { databaseFile } from '../../state-folder.ts';
import type { Reader } from '../database.ts';
import type { Tables } from '../schema.ts';
import { StoreError } from '../store-error.ts';
import { BridgeSqliteDialect } from './driver.ts';
import { linkedWords, namesOf, refuseToForget } from './file.ts';
import { checkSchema } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqlite, translating, withSqlite } from './open-sqlite.ts';
import { createDraft } from './private-file.ts';

export interface DatabaseLook {
  readonly file: string;
  readonly bytes: number;
  /** Of the log that is not yet part of the file. */
  readonly walBytes: number;
  readonly schema: number;
  /** What this program would make of it. */
  readonly newestSchema: number;
  /** What SQLite found wrong in the file; null when it is whole. */
  readonly damage: string | null;
  /** That it can be opened by another name too, in words; null when it has one name. */
  readonly linked: string | null;
  readonly read: Reader;
  /** When the newest event was written; undefined when there is none. */
  newestEventAt(): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Whether the store can be written at this moment: takes the write lock and gives it back, and puts a small file beside
 * the database for a moment, for a disk or a quota that is full shows nowhere else before a commit. Changes nothing.
 *
 * @returns What is in the way; undefined when nothing is. A lock of another is waited for, for a second.
 */
export async function whyUnwritable(stateDir: string): Promise<StoreError | undefined> {
  const file = databaseFile(stateDir);
  try {
    await withSqlite(file, { fileMustExist: true, timeout: WRITE_TIMEOUT_MS }, (sqlite) => {
      sqlite.exec('BEGIN IMMEDIATE');
      sqlite.exec('ROLLBACK');
    });
    translating(file, () => {
      const draft = createDraft(file);
      try {
        writeFileSync(draft, Buffer.alloc(PROBE_BYTES));
      } finally {
        rmSync(draft, { force: true });
      }
    });
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

const WRITE_TIMEOUT_MS = 1_000;
/** A few pages of the database. */
const PROBE_BYTES = 16_384;

/** A larger file is looked through less thoroughly: without comparing each index with its table. */
const MAX_FULL_CHECK_BYTES = 100_000_000;
const LOCK_TIMEOUT_MS = 2_000;

/** Undefined when there is no database yet. Throws StoreError when it cannot be read, is not ours, or was lost. */
export function lookAtDatabase(stateDir: string): DatabaseLook | undefined {
  const file = databaseFile(stateDir);
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const walBytes = sizeOf(`${file}-wal`);
  const bytes = sizeOf(file);
  if (bytes === 0 && walBytes === 0) {
    refuseToForget(stateDir, file);
    return undefined;
  }
  let schema = 0;
  let found = '';
  const sqlite = openSqlite(
    file,
    { readonly: true, fileMustExist: true, timeout: LOCK_TIMEOUT_MS },
    (opened) => {
      schema = checkSchema(opened, file, MIGRATIONS);
      const pragma = bytes > MAX_FULL_CHECK_BYTES ? 'quick_check(1)' : 'integrity_check(1)';
      found = String(opened.pragma(pragma, { simple: true }));
      opened.pragma('busy_timeout = 0');
    },
  );
  const read = new Kysely<Tables>({ dialect: new BridgeSqliteDialect(sqlite) });
  return {
    file,
    bytes,
    walBytes,
    schema,
    newestSchema: MIGRATIONS.length,
    damage: found === 'ok' ? null : found,
    linked: namesOf(file) > 1 ? linkedWords(namesOf(file)) : null,
    read,
    newestEventAt: () => newestEventAt(read),
    async close() {
      await read.destroy();
      sqlite.close();
    },
  };
}

/** Brings what is in the log into the file, and empties it. Throws StoreError while somebody reads an old state. */
export async function writeBackLog(stateDir: string): Promise<void> {
  const file = databaseFile(stateDir);
  await withSqlite(file, { fileMustExist: true, timeout: LOCK_TIMEOUT_MS }, (sqlite) => {
    checkSchema(sqlite, file, MIGRATIONS);
    // One row: whether it was kept from it, pages in the log, pages written (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
    const kept = Number(sqlite.pragma('wal_checkpoint(TRUNCATE)', { simple: true }));
    if (kept !== 0) throw new StoreError('busy', `${file}: another program is reading it. Try again.`);
  });
}

async function newestEventAt(read: Reader): Promise<string | undefined> {
  const query = read.selectFrom('events').select('created_at').orderBy('id', 'desc').limit(1);
  return (await query.executeTakeFirst())?.created_at;
}
