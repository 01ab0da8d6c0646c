/**
 * Prepares each SQL text once: Kysely prepares a statement for every query, which costs more than most queries
 * themselves. SQLite prepares again by itself what a change of the schema has made stale
 * (https://www.sqlite.org/c3ref/prepare.html).
 */
import type Sqlite from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** More than all queries of the program; beyond this, the one that was used least recently goes. */
const MAX_STATEMENTS = 200;

/** The database, as Kysely asks for it. A statement is not used again while it iterates. */
export function withPreparedStatements(database: Sqlite.Database): SqliteDatabase {
  const statements = new Map<string, Sqlite.Statement<unknown[]>>();
  const prepare = (sql: string): SqliteStatement => {
    const found = statements.get(sql);
    // SQLite would run a busy one not at all: better-sqlite3 throws.
    const statement = found && !found.busy ? found : database.prepare<unknown[]>(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    const [oldest] = statements.keys();
    if (statements.size > MAX_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    return statement;
  };
  return { close: () => void database.close(), prepare };
}
