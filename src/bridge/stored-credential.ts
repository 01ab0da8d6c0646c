/**
 * The row of a credential, as it is stored at this moment. Each request asks for one, so it is kept in memory for as long as
 * nobody commits anything, here or in another process: whatever revokes or rotates a credential is a commit.
 */
import { type FoundCredential, findCredential } from '../store/credentials.ts';
import type { Database } from '../store/database.ts';

interface Kept {
  /** Of the store that has these rows. */
  readonly version: string;
  /** By the public half of their secret. One that is not there is not kept: anybody can ask for any. */
  readonly rows: Map<string, FoundCredential>;
}

const keptOf = new WeakMap<Database, Kept>();

/** Undefined: there is none. Throws StoreError. */
export async function storedCredential(database: Database, id: string): Promise<FoundCredential | undefined> {
  const version = database.version();
  const kept = keptOf.get(database);
  if (kept !== undefined && kept.version === version) {
    const row = kept.rows.get(id);
    if (row) return row;
  }
  const found = await findCredential(database.read, id);
  // The version was read before the row: a commit in between makes it one that nobody asks for any more.
  if (found && version !== undefined) keep(database, version, id, found);
  return found;
}

function keep(database: Database, version: string, id: string, row: FoundCredential): void {
  const kept = keptOf.get(database);
  if (kept?.version === version) kept.rows.set(id, row);
  else keptOf.set(database, { version, rows: new Map([[id, row]]) });
}
