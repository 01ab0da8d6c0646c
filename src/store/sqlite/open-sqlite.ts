/**
 * Loads the SQLite driver when a database is opened, so that a driver that fails to load is an error message of every
 * command.
 */
import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';
import { translate } from './translate.ts';

const load = createRequire(import.meta.url);

/** Opens a database while `work` runs. Errors of the driver and the file system become StoreErrors. */
export async function withSqlite<T>(
  file: string,
  options: Sqlite.Options,
  work: (sqlite: Sqlite.Database) => T | Promise<T>,
): Promise<T> {
  const sqlite = openSqlite(file, options);
  try {
    return await work(sqlite);
  } catch (error) {
    throw translate(file, error);
  } finally {
    sqlite.close();
  }
}

/** Opens a database that stays open, unless `prepare` throws. Throws StoreError. */
export function openSqlite(
  file: string,
  options: Sqlite.Options,
  prepare: (sqlite: Sqlite.Database) => void = () => undefined,
): Sqlite.Database {
  return translating(file, () => {
    const Driver = load('better-sqlite3') as typeof Sqlite;
    const sqlite = new Driver(file, options);
    try {
      prepare(sqlite);
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  });
}

/** Runs `work`, turning SQLite's and the file system's errors into StoreErrors. */
export function translating<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
}
