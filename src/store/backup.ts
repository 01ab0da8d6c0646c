/**
 * Copies of the store that can be trusted. Copying the file by hand misses what is still in its log; these go through
 * SQLite.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseFile } from './database.ts';
import { checkSchema } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqlite } from './open-sqlite.ts';
import { StoreError, translate } from './store-error.ts';

/** Writes a copy of the store while it is in use. Throws StoreError; a file in the way is not overwritten. */
export async function backUp(home: string, target: string): Promise<void> {
  const source = databaseFile(home);
  const copy = resolve(target);
  if (existsSync(copy)) throw new StoreError('unwritable', `${copy} is already there. Name a new file.`);
  const draft = `${copy}.part`;
  await translating(copy, async () => {
    const sqlite = openSqlite(source, { readonly: true, fileMustExist: true });
    try {
      await sqlite.backup(draft);
      renameSync(draft, copy);
    } finally {
      sqlite.close();
      rmSync(draft, { force: true });
    }
  });
}

/**
 * Puts a copy in the store's place, after it was found sound. What was there is moved aside, not deleted; its new place
 * is returned, undefined when there was nothing. Nobody may use the store meanwhile: whoever still has the old one open
 * is refused at its next write.
 */
export async function restore(home: string, copy: string, asideName: string): Promise<string | undefined> {
  const file = databaseFile(home);
  return translating(copy, async () => {
    checkCopy(resolve(copy));
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const draft = `${file}.part`;
    copyFileSync(resolve(copy), draft);
    const aside = existsSync(file) ? join(home, asideName) : undefined;
    for (const suffix of ['', '-wal', '-shm']) {
      if (aside && existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
    renameSync(draft, file);
    return aside;
  });
}

function checkCopy(copy: string): void {
  const sqlite = openSqlite(copy, { readonly: true, fileMustExist: true });
  try {
    if (checkSchema(sqlite, copy, MIGRATIONS) === 0)
      throw new StoreError('not-a-database', `${copy} is empty.`);
    const found = String(sqlite.pragma('integrity_check', { simple: true }));
    if (found !== 'ok') throw new StoreError('corrupt', `${copy} is damaged (${found}). Use another copy.`);
  } finally {
    sqlite.close();
  }
}

async function translating<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(file, error);
  }
}
