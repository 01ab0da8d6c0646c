/** The driver of Kysely for SQLite. Waiting for a lock leaves the event loop free, and every error is a StoreError. */
import type Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type LimitNode,
  type QueryId,
  type RootOperationNode,
  type SelectModifierNode,
  SqliteDialect,
  SqliteDriver,
  SqliteQueryCompiler,
  ValueNode,
} from 'kysely';
import { systemClock } from '../../clock.ts';
import { compiledOnce } from '../kept-query.ts';
import { StoreError } from '../store-error.ts';
import { withPreparedStatements } from './prepared-statements.ts';
import { translate } from './translate.ts';

/** `database` must have `busy_timeout = 0`: the wait of SQLite itself would block the event loop. */
export class BridgeSqliteDialect extends SqliteDialect {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver() {
    return new BridgeSqliteDriver(this.#database);
  }

  override createQueryCompiler() {
    return new BridgeSqliteQueryCompiler();
  }
}

/** Leaves out the locks of rows: SQLite has none, and a writing transaction has the whole database to itself. */
class BridgeSqliteQueryCompiler extends SqliteQueryCompiler {
  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    return compiledOnce(node, () => super.compileQuery(node, queryId));
  }

  /**
   * Plain in the text: SQLite plans by the limit, so that a statement with one to be bound is prepared again each time it is
   * asked (its counter SQLITE_STMTSTATUS_REPREPARE), and the driver makes its rows by a new function.
   */
  protected override visitLimit(node: LimitNode): void {
    const { limit } = node;
    if (ValueNode.is(limit) && Number.isSafeInteger(limit.value)) this.append(`limit ${limit.value}`);
    else super.visitLimit(node);
  }

  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'ForNoKeyUpdate' || node.modifier === 'SkipLocked') return;
    super.visitSelectModifier(node);
  }
}

/**
 * Begins immediate transactions, which wait for the lock. A deferred one that reads and then writes fails at once with
 * SQLITE_BUSY_SNAPSHOT when another process wrote in between, whatever the timeout
 * (https://www.sqlite.org/rescode.html#busy_snapshot).
 */
class BridgeSqliteDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;
  #connection: DatabaseConnection | undefined;

  constructor(database: Sqlite.Database) {
    super({ database: withPreparedStatements(database) });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    this.#connection ??= withBusyRetry(connection, this.#database.name);
    return this.#connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** After a full disk SQLite has already rolled back (https://www.sqlite.org/lang_transaction.html). */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** How long a statement waits for a lock, and the longest pause between two tries, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const MAX_PAUSE_MS = 20;

/**
 * Retries a statement while the database is locked. Reads wait too: while another process opens the database after a
 * crash, or is the last one to close it
 * (https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
 */
function withBusyRetry(connection: DatabaseConnection, file: string): DatabaseConnection {
  return {
    async executeQuery(query) {
      const deadline = systemClock.monotonic() + BUSY_TIMEOUT_MS;
      for (let wait = 1; ; wait = Math.min(wait * 2, MAX_PAUSE_MS)) {
        try {
          return await connection.executeQuery(query);
        } catch (thrown) {
          const error = translate(file, thrown);
          const busy = error instanceof StoreError && error.problem === 'busy';
          if (!busy || systemClock.monotonic() > deadline) throw error;
        }
        // Jitter, so that several processes do not retry together.
        await systemClock.sleep(wait * (0.5 + Math.random()));
      }
    },
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  };
}
