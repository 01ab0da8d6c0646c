/**
 * Inspects the store. It is opened read-only, so that nothing is created, migrated or repaired. (Beside a database that
 * was closed cleanly SQLite leaves an empty log and its index; the next writer removes them.)
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { Kysely } from 'kysely';
import { databaseFile } from '../../state-folder.ts';
import type { Reader } from '../database.ts';
import type { Tables } from '../schema.ts';
import { StoreError } from '../store-error.ts';
import { BridgeSqliteDialect } from './driver.ts';
import { countHardLinks, describeHardLinks, refuseToForget } from './file.ts';
import { checkSchema } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqlite, translating, withSqlite } from './open-sqlite.ts';
import { createDraft } from './private-file.ts';

export interface InspectedDatabase {
  readonly file: string;
  readonly bytes: number;
  /** The size of the log that is not yet part of the file. */
  readonly walBytes: number;
  readonly schema: number;
  /** The schema that this program would migrate it to. */
  readonly newestSchema: number;
  /** What SQLite found damaged; null when it is intact. */
  readonly damage: string | null;
  /** A message that the file has several names; null when it has one. */
  readonly linked: string | null;
  readonly read: Reader;
  /** When the newest event was written; undefined when there is none. */
  newestEventAt(): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Why the store cannot be written now; undefined when it can. Takes the write lock and releases it, and writes a small
 * file beside the database for a moment: a full disk or quota shows nowhere else before a commit. Waits for the lock of
 * another process for a second. Changes nothing.
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
/** The size of a few pages of the database. */
const PROBE_BYTES = 16_384;

/** A larger file gets the quick check, which does not compare indexes with their tables. */
const MAX_FULL_CHECK_BYTES = 100_000_000;
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Opens the store read-only and checks it; undefined when there is none yet. Throws StoreError when it is unreadable,
 * not ours, or lost. The caller closes it.
 */
export function inspectDatabase(stateDir: string): InspectedDatabase | undefined {
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
    linked: countHardLinks(file) > 1 ? describeHardLinks(countHardLinks(file)) : null,
    read,
    newestEventAt: () => newestEventAt(read),
    async close() {
      await read.destroy();
      sqlite.close();
    },
  };
}

/** Checkpoints the log into the file and empties it. Throws StoreError while a reader uses an old state. */
export async function writeBackLog(stateDir: string): Promise<void> {
  const file = databaseFile(stateDir);
  await withSqlite(file, { fileMustExist: true, timeout: LOCK_TIMEOUT_MS }, (sqlite) => {
    checkSchema(sqlite, file, MIGRATIONS);
    // One row: whether it was blocked, pages in the log, pages written
    // (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
    const blocked = Number(sqlite.pragma('wal_checkpoint(TRUNCATE)', { simple: true }));
    if (blocked !== 0) throw new StoreError('busy', `${file}: another program is reading it. Try again.`);
  });
}

async function newestEventAt(read: Reader): Promise<string | undefined> {
  const query = read.selectFrom('events').select('created_at').orderBy('id', 'desc').limit(1);
  return (await query.executeTakeFirst())?.created_at;
}
