/** Credentials of the HTTP API. The token itself is never stored: only its digest is. */
import { type Credential, ROLES } from '../project/credential.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** Returns false when there is one of this name. */
export async function insertCredential(trx: Writer, row: NewRow<'credentials'>): Promise<boolean> {
  const inserted = await trx
    .insertInto('credentials')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Gives a credential another token. Returns undefined when there is none of this name. */
export async function replaceToken(
  trx: Writer,
  name: string,
  { tokenId, digest }: StoredToken,
): Promise<Credential | undefined> {
  const row = await trx
    .updateTable('credentials')
    .set({ token_id: tokenId, token_digest: digest })
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
  return row && toCredential(row);
}

/** Deletes a credential. Returns undefined when there is none of this name. */
export async function deleteCredential(trx: Writer, name: string): Promise<Credential | undefined> {
  const row = await trx.deleteFrom('credentials').where('name', '=', name).returningAll().executeTakeFirst();
  return row && toCredential(row);
}

/** By name. */
export async function allCredentials(db: Reader): Promise<Credential[]> {
  const rows = await db.selectFrom('credentials').selectAll().orderBy('name').execute();
  return rows.map(toCredential);
}

/** The public half of a token, and the digest of the whole. */
export interface StoredToken {
  readonly tokenId: string;
  /** SHA-256, in hex. */
  readonly digest: string;
}

export async function findCredentialByToken(
  db: Reader,
  tokenId: string,
): Promise<(Credential & StoredToken) | undefined> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('token_id', '=', tokenId)
    .executeTakeFirst();
  return row && { ...toCredential(row), tokenId: row.token_id, digest: row.token_digest };
}

const roleWord = knownWord('credentials.role', ROLES);

function toCredential({ name, role, created_at, expires_at }: Row<'credentials'>): Credential {
  return { name, role: roleWord(role), createdAt: created_at, expiresAt: expires_at };
}
