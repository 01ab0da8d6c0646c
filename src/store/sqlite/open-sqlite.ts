/** SQLite's driver, loaded when a database is opened: where it cannot be, every command still says so in words. */
import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';

const load = createRequire(import.meta.url);

/** Throws the driver's error; or, where it is missing or not for this machine, one that `translate` knows. */
export function openSqlite(file: string, options: Sqlite.Options): Sqlite.Database {
  const Driver = load('better-sqlite3') as typeof Sqlite;
  return new Driver(file, options);
}
