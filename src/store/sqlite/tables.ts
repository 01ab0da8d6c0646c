/** What tables a database has, of whatever schema it is. */
import type Sqlite from 'better-sqlite3';

export function hasTable(sqlite: Sqlite.Database, table: string): boolean {
  return sqlite.prepare('SELECT name FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
}

/** Their names, sorted; none where there is no such table. */
export function columnsOf(sqlite: Sqlite.Database, table: string): string[] {
  return sqlite.prepare('SELECT name FROM pragma_table_info(?) ORDER BY name').pluck().all(table) as string[];
}

/** Names of all tables that are not SQLite's own. */
export function tablesOf(sqlite: Sqlite.Database): string[] {
  return sqlite
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .pluck()
    .all() as string[];
}

/** A name of a table or column as SQL takes it, whatever is in it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Whether it has the tables of the Python bridge; our own have more. */
export function isPythonBridge(sqlite: Sqlite.Database): boolean {
  const tables = tablesOf(sqlite);
  const theirs = ['projects', 'updates', 'completions', 'approvals'];
  return theirs.every((table) => tables.includes(table)) && !tables.includes('events');
}
