/**
 * The store behind the back of the program: for tests that look into it or change it as only a fault would. Of the tests
 * that are not about SQLite itself, this alone knows what keeps the store.
 */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Row, Tables } from '../../src/store/schema.ts';

export function storeFile(home: string): string {
  return join(home, 'bridge.db');
}

/** Every row of a table, in the order in which they were written. */
export function rowsOf<T extends keyof Tables>(home: string, table: T): Row<T>[] {
  return rawStore(
    home,
    (sqlite) => sqlite.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all() as Row<T>[],
  );
}

/** Changes the store without anybody's leave. Statements without values may be several, separated by semicolons. */
export function tamper(home: string, query: string, ...values: unknown[]): void {
  rawStore(home, (sqlite) => (values.length > 0 ? sqlite.prepare(query).run(...values) : sqlite.exec(query)));
}

/** Keeps everybody else from writing until it is disposed of. */
export function holdStore(home: string): Disposable {
  const sqlite = new Sqlite(storeFile(home), { timeout: 10_000 });
  sqlite.exec('BEGIN IMMEDIATE');
  return { [Symbol.dispose]: () => sqlite.close() };
}

/** What SQLite says of the file: `ok`, or what is wrong. */
export function integrityOf(home: string): string {
  return rawStore(home, (sqlite) => String(sqlite.pragma('integrity_check', { simple: true })));
}

function rawStore<T>(home: string, work: (sqlite: Sqlite.Database) => T): T {
  const sqlite = new Sqlite(storeFile(home), { timeout: 10_000 });
  try {
    return work(sqlite);
  } finally {
    sqlite.close();
  }
}
