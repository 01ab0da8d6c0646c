/** What tables a database has, of whatever schema it is. */
import type Sqlite from 'better-sqlite3';

export function hasTable(sqlite: Sqlite.Database, table: string): boolean {
  return sqlite.prepare('SELECT name FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
}

/** Their names, sorted; none where there is no such table. */
export function columnsOf(sqlite: Sqlite.Database, table: string): string[] {
  return sqlite.prepare('SELECT name FROM pragma_table_info(?) ORDER BY name').pluck().all(table) as string[];
}
