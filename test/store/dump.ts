/** A database as text: its schema alone, or with every row. Also used by scripts/schema.mjs. */
import type Sqlite from 'better-sqlite3';

/** Every table with its indexes and triggers, as SQLite keeps them: what a fresh database and an upgraded one must share. */
export function schemaText(sqlite: Sqlite.Database): string {
  const objects = objectsOf(sqlite).map(({ sql }) => `${sql};\n`);
  return `-- Schema version ${versionOf(sqlite)}. Made by \`npm run schema\` from the migrations; not read by the program.\n\n${objects.join('\n')}`;
}

/** All that leads an empty database to this one. */
export function dump(sqlite: Sqlite.Database): string {
  const objects = objectsOf(sqlite);
  const sqlOf = (tables: boolean) =>
    objects.filter(({ type }) => (type === 'table') === tables).map(({ sql }) => `${sql};\n`);
  const rows = objects
    .filter(({ type }) => type === 'table')
    .flatMap(({ name }) => rowsOf(sqlite, name).map((row) => `INSERT INTO ${name} VALUES (${row});\n`));
  const pragmas = ['application_id', 'user_version'].map(
    (pragma) => `PRAGMA ${pragma} = ${sqlite.pragma(pragma, { simple: true })};\n`,
  );
  // Triggers come after the rows, or they would count them again.
  return [...pragmas, ...sqlOf(true), ...rows, ...sqlOf(false)].join('');
}

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

function objectsOf(sqlite: Sqlite.Database): SchemaObject[] {
  const query = `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
    ORDER BY tbl_name, type <> 'table', type, name`;
  return sqlite.prepare(query).all() as SchemaObject[];
}

function rowsOf(sqlite: Sqlite.Database, table: string): string[] {
  const columns = sqlite.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[];
  const quoted = columns.map((column) => `quote("${column}")`).join(` || ', ' || `);
  return sqlite.prepare(`SELECT ${quoted} FROM ${table} ORDER BY 1`).pluck().all() as string[];
}

export function versionOf(sqlite: Sqlite.Database): number {
  return Number(sqlite.pragma('user_version', { simple: true }));
}
