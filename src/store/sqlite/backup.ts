/**
 * Writes and restores copies of the store. A copy of the file alone misses what is still in its log; these go through
 * SQLite.
 */

import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { makePrivateFolder } from '../../make-folder.ts';
import { databaseFile } from '../../state-folder.ts';
import { StoreError } from '../store-error.ts';
import { checkSchema } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { translating, withSqlite } from './open-sqlite.ts';
import { createDraft, publish, syncFolder } from './private-file.ts';
import { type RestoredCredentials, replaceCredentials } from './restored-credentials.ts';
import { hasTable } from './tables.ts';
import { translate } from './translate.ts';

/**
 * Writes a copy of the store, readable by its owner only, while the store is in use. It is on disk when the call
 * returns. Throws StoreError. Never overwrites a file, including one that appears meanwhile.
 */
export async function backUp(stateDir: string, target: string): Promise<void> {
  const source = databaseFile(stateDir);
  const copy = resolve(target);
  if (existsSync(copy)) throw new StoreError('unwritable', `${copy} ${IN_THE_WAY}`);
  if (!existsSync(dirname(copy)))
    throw new StoreError(
      'unwritable',
      `${copy}: the folder does not exist. Create it, or name another file.`,
    );
  if (!existsSync(source))
    throw new StoreError('missing', `${source} does not exist: nothing was sent yet. Check BRIDGE_HOME.`);
  await withSqlite(source, { readonly: true, fileMustExist: true }, (sqlite) =>
    writeCopy(sqlite, copy, (draft) => publishNew(draft, copy)),
  );
}

function publishNew(draft: string, copy: string): void {
  try {
    publish(draft, copy);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? new StoreError('unwritable', `${copy} ${IN_THE_WAY}`, error) : error;
  }
}

const IN_THE_WAY = 'already exists. Name a new file.';

/**
 * Writes a copy that includes the log of the database, under a name that nobody can predict, and passes it to `use`.
 * Throws StoreError, which names `target`.
 */
async function writeCopy(
  sqlite: Sqlite.Database,
  target: string,
  use: (draft: string) => void | Promise<void>,
): Promise<void> {
  try {
    const draft = createDraft(target);
    try {
      await sqlite.backup(draft);
      await use(draft);
    } finally {
      for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
    }
  } catch (error) {
    throw translate(target, error);
  }
}

export interface Restored extends RestoredCredentials {
  /** Where the former store is now; undefined: there was none. */
  readonly aside: string | undefined;
}

/**
 * Replaces the store with a copy that was checked. The former store is moved aside, not deleted. Its credentials stay: those
 * of the copy may have been revoked since. The new store has another name (`meta.store_id`), and its history goes on with
 * ids that no event had before, so that whoever follows it notices. It is on disk when the call returns. Nobody may use the store meanwhile: a process that still has the old
 * one open is refused at its next write. Throws StoreError.
 */
export async function restore(stateDir: string, copy: string, asideName: string): Promise<Restored> {
  const file = databaseFile(stateDir);
  const path = resolve(copy);
  checkKind(path);
  return withSqlite(path, { readonly: true, fileMustExist: true }, async (sqlite) => {
    checkCopy(sqlite, path);
    makePrivateFolder(stateDir);
    let aside: string | undefined;
    let credentials: RestoredCredentials = { kept: 0, removed: 0 };
    await writeCopy(sqlite, file, async (draft) => {
      credentials = await makeAnotherStore(draft, file);
      aside = moveAside(file, join(stateDir, asideName));
      putInPlace(draft, file, aside);
    });
    return { aside, ...credentials };
  });
}

function makeAnotherStore(draft: string, present: string): Promise<RestoredCredentials> {
  return withSqlite(draft, { fileMustExist: true }, async (sqlite) => {
    if (hasTable(sqlite, 'meta')) sqlite.exec('UPDATE meta SET store_id = lower(hex(randomblob(8)))');
    sqlite.exec(NEW_IDS);
    forgetReceivers(sqlite);
    return replaceCredentials(sqlite, present);
  });
}

/**
 * Whoever follows the history comes again with the last id it knows, and most know no name of a store. What happened after
 * the backup had ids that would now be given to other events, and they would go on as if they had missed nothing.
 * Milliseconds since 1970 are ahead of every count of events, and of an earlier restore
 * (https://www.sqlite.org/autoinc.html).
 */
const NEW_IDS = `DELETE FROM sqlite_sequence WHERE name = 'events';
  INSERT INTO sqlite_sequence (name, seq)
    SELECT 'events', max(CAST(unixepoch('subsec') * 1000 AS INTEGER), coalesce(max(id), 0)) FROM events`;

/** Nobody is notified of the past: what the backup was about to tell has been told since, or is over. */
function forgetReceivers(draft: Sqlite.Database): void {
  if (hasTable(draft, 'receivers')) draft.exec('DELETE FROM notifications; DELETE FROM receivers;');
}

function checkKind(copy: string): void {
  const stats = translating(copy, () => statSync(copy, { throwIfNoEntry: false }));
  if (!stats) throw new StoreError('missing', `${copy}: the file does not exist. Check the path.`);
  if (!stats.isFile())
    throw new StoreError('not-a-database', `${copy} is not a file. Name one that 'backup' has written.`);
}

function putInPlace(draft: string, file: string, aside: string | undefined): void {
  try {
    publish(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const kept = aside === undefined ? '' : ` The previous store is ${aside}.`;
    throw new StoreError(
      'busy',
      `${file} was created by another program in the meantime, and was not replaced.${kept} Stop that program and restore again.`,
      error,
    );
  }
}

/** Moves the log of an interrupted restore too: SQLite would take it for that of the new database. */
function moveAside(file: string, aside: string): string | undefined {
  const there = ['', '-wal', '-shm'].filter((suffix) => existsSync(file + suffix));
  for (const suffix of there) renameSync(file + suffix, aside + suffix);
  syncFolder(dirname(file));
  return there.includes('') ? aside : undefined;
}

function checkCopy(sqlite: Sqlite.Database, copy: string): void {
  if (schemaOf(sqlite, copy) === 0) throw new StoreError('not-a-database', `${copy} is empty.`);
  const found = String(sqlite.pragma('integrity_check', { simple: true }));
  if (found !== 'ok') throw new StoreError('corrupt', `${copy} is damaged (${found}). Use another copy.`);
}

function schemaOf(sqlite: Sqlite.Database, copy: string): number {
  try {
    return checkSchema(sqlite, copy, MIGRATIONS);
  } catch (error) {
    const translated = translate(copy, error);
    if (!(translated instanceof StoreError) || translated.problem !== 'not-a-database') throw error;
    const message = `${copy} is not a backup of bridge-supervisor. Name a file that 'backup' has written.`;
    throw new StoreError('not-a-database', message, error);
  }
}
