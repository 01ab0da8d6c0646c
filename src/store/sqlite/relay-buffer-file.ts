/**
 * The database of mcp-relay, .relay_buffer.db (schemas of 1.0 to 1.2: https://github.com/mhcoen/mcp-relay), read and never
 * written: its messages, and when each side has read them.
 */
import { existsSync, statSync } from 'node:fs';
import { openSqlite, translating } from './open-sqlite.ts';
import { quotedName } from './tables.ts';

export interface ForeignRelayMessage {
  readonly id: number;
  readonly sender: string;
  readonly message: string;
  readonly timestamp: string;
  /** Null: not read, or by a version that did not note it. */
  readonly readByDesktopAt: string | null;
  readonly readByCodeAt: string | null;
}

const COLUMNS = ['id', 'sender', 'message', 'timestamp'];

/** All its messages, in order; undefined when this is no such file. Throws StoreError. */
export function readRelayBuffer(file: string): ForeignRelayMessage[] | undefined {
  if (!existsSync(file) || !statSync(file).isFile()) return undefined;
  const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
  try {
    const table = relayTable(sqlite);
    if (table === undefined) return undefined;
    const orNull = (column: string) => (table.columns.includes(column) ? column : 'NULL');
    const messages = sqlite.prepare(
      `SELECT id, CAST(sender AS TEXT) AS sender, CAST(message AS TEXT) AS message,
         CAST(timestamp AS TEXT) AS timestamp, ${orNull('read_by_desktop_at')} AS readByDesktopAt,
         ${orNull('read_by_code_at')} AS readByCodeAt
       FROM ${table.quotedName} ORDER BY id`,
    );
    return translating(file, () => messages.all() as ForeignRelayMessage[]);
  } finally {
    sqlite.close();
  }
}

interface Table {
  readonly quotedName: string;
  readonly columns: readonly string[];
}

/** The table with these columns, whatever its name; undefined, too, when the file cannot be read as a database. */
function relayTable(sqlite: ReturnType<typeof openSqlite>): Table | undefined {
  try {
    const rows = sqlite
      .prepare(
        "SELECT m.name AS name, c.name AS 'column' FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
      )
      .all() as { name: string; column: string }[];
    const tables = Map.groupBy(rows, ({ name }) => name);
    for (const [name, own] of tables) {
      const columns = own.map(({ column }) => column);
      if (COLUMNS.every((column) => columns.includes(column)))
        return { quotedName: quotedName(name), columns };
    }
    return undefined;
  } catch {
    return undefined;
  }
}
