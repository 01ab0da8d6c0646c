/**
 * What a store does, whatever keeps it. This room promises that a change is in the database whole or not at all, and that
 * it is on disk when the call returns. Queries here are neutral between SQL dialects; all facts about SQLite live in
 * `sqlite/`.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

export type Reader = Kysely<Tables>;
export type Writer = Transaction<Tables>;

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Reader;
  readonly file: string;
  /** Runs `work` in one writing transaction: all of it is committed, or, when it throws, none. Throws StoreError. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  /** Looks through the whole file. Throws StoreError when it is damaged; takes about a second for a million rows. */
  check(): void;
  /** Changes whenever another connection has committed something since the last call. */
  dataVersion(): number;
  /** How often this connection has committed something: those changes are not in `dataVersion`. */
  ownCommits(): number;
  close(): Promise<void>;
}
