/**
 * What a store does, on any engine. A change is in the database whole or not at all, and on disk when the call returns.
 * Queries in this folder are neutral between SQL dialects; everything specific to SQLite is in `sqlite/`.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** Reads only. A `Writer` is also a `Reader`. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn'>;

/** A writing transaction. Only `Database.write` hands one out. */
export type Writer = Transaction<Tables>;

/** What `work` in a writing transaction receives. */
export interface Writing {
  readonly trx: Writer;
  /** The time of this transaction, in the format of the store. */
  readonly now: string;
}

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Reader;
  /**
   * Runs `work` in one writing transaction: all of it is committed, or none when it throws. Throws StoreError.
   *
   * `work` may run more than once, each time from the start and committed once at most. So it has no effect but on
   * `trx`, and reports what it did by returning it.
   */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /** Opens a feed that reports commits of other connections, or of anyone. The caller closes it. */
  changes(whose: 'others' | 'anyone'): ChangeFeed;
  /**
   * Names what is committed: the same answer as before means that nobody has committed anything in between, in this process
   * or another. Undefined: nobody can say now.
   */
  version(): string | undefined;
  /** Identifies the file in the place of the store. When it changes, the store was moved, deleted or replaced. */
  identity(): Promise<string>;
  /** Checks the whole store; a million rows take about a second. Throws StoreError when it is damaged. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface ChangeFeed {
  /** Resolves when something was committed since the last call returned, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface DatabaseOptions {
  /**
   * Runs every `work` twice, the first time rolled back. An effect outside the transaction then happens twice, and a
   * test sees it.
   */
  readonly repeatWrites?: boolean;
}
