/**
 * What a store does, whatever keeps it. This room promises that a change is in the database whole or not at all, and that
 * it is on disk when the call returns. Queries here are neutral between SQL dialects; all facts about SQLite live in
 * `sqlite/`.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** Reads, and cannot write. A `Writer` is one too. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn'>;

/** A writing transaction: only `Database.write` hands one out. */
export type Writer = Transaction<Tables>;

/** What a writing transaction is given. */
export interface Writing {
  readonly trx: Writer;
  /** The time of this transaction, as the store writes it. */
  readonly now: string;
}

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Reader;
  /**
   * Runs `work` in one writing transaction: all of it is committed, or, when it throws, none. Throws StoreError.
   *
   * `work` may run more than once, each time from the start and only once committed: it has no effect but on `trx`, and
   * hands out what it did by returning it.
   */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /** Tells of commits: those of other connections, or of anyone. To be closed. */
  changes(whose: 'others' | 'anyone'): ChangeFeed;
  /** Names what stands in the store's place now. Another answer than before: it was moved away, deleted or replaced. */
  identity(): Promise<string>;
  /** Looks through the whole store. Throws StoreError when it is damaged; takes about a second for a million rows. */
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
   * Runs every `work` twice, the first time rolled back: what it does besides writing is then done twice, and a test
   * sees it.
   */
  readonly repeatWrites?: boolean;
}
