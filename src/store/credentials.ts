/** Credentials of the HTTP API. What is secret of one is never stored: only its digest is. */
import { type Credential, type ListedCredential, ROLES } from '../project/credential.ts';
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

/** Gives a token another secret. Returns undefined when there is no token of this name. */
export async function replaceToken(
  trx: Writer,
  name: string,
  { tokenId, digest }: StoredToken,
): Promise<Credential | undefined> {
  const row = await trx
    .updateTable('credentials')
    .set({ token_id: tokenId, token_digest: digest })
    .where('name', '=', name)
    .where('key_digest', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && toCredential(row);
}

/** Deletes a credential. Returns undefined when there is none of this name. */
export async function deleteCredential(trx: Writer, name: string): Promise<Credential | undefined> {
  const row = await trx.deleteFrom('credentials').where('name', '=', name).returningAll().executeTakeFirst();
  return row && toCredential(row);
}

/** Deletes browsers whose time is over. Returns their names, in order. */
export async function deleteExpiredBrowsers(trx: Writer, now: string): Promise<string[]> {
  const rows = await trx
    .deleteFrom('credentials')
    .where('key_digest', 'is not', null)
    .where('expires_at', '<=', now)
    .returning('name')
    .execute();
  return rows.map(({ name }) => name).toSorted();
}

/** By name. */
export async function allCredentials(db: Reader): Promise<ListedCredential[]> {
  const rows = await db
    .selectFrom('credentials')
    .leftJoin('credential_uses', 'credential_uses.name', 'credentials.name')
    .selectAll('credentials')
    .select('credential_uses.used_at')
    .orderBy('credentials.name')
    .execute();
  return rows.map(({ used_at, ...row }) => ({ ...toCredential(row), lastUsedAt: used_at }));
}

/** Whether there is one of this name, also one that has expired. */
export async function hasCredential(db: Reader, name: string): Promise<boolean> {
  const row = await db.selectFrom('credentials').select('name').where('name', '=', name).executeTakeFirst();
  return row !== undefined;
}

/** Notes a use; of one that is gone nothing is noted. */
export async function putUse(trx: Writer, name: string, usedAt: string): Promise<void> {
  if (!(await hasCredential(trx, name))) return;
  await trx
    .insertInto('credential_uses')
    .values({ name, used_at: usedAt })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ used_at: usedAt }))
    .execute();
}

/** The public half of a token, and the digest of the whole. */
export interface StoredToken {
  readonly tokenId: string;
  /** SHA-256, in hex. */
  readonly digest: string;
}

/** Of a token, or of a browser's cookie. */
export interface FoundCredential extends Credential, Pick<StoredToken, 'digest'> {
  /** Of the key beside a cookie; null: it is a token. */
  readonly keyDigest: string | null;
}

export async function findCredential(db: Reader, tokenId: string): Promise<FoundCredential | undefined> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('token_id', '=', tokenId)
    .executeTakeFirst();
  return (
    row && {
      ...toCredential(row),
      digest: row.token_digest,
      keyDigest: row.key_digest,
    }
  );
}

export async function insertSignInCode(trx: Writer, row: NewRow<'sign_in_codes'>): Promise<void> {
  await trx.insertInto('sign_in_codes').values(row).execute();
}

/** Whether there is such a code, spent by nobody; its time may be over. */
export async function isSignInCode(db: Reader, digest: string): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in_codes')
    .select('code_digest')
    .where('code_digest', '=', digest)
    .executeTakeFirst();
  return row !== undefined;
}

/** Spends a code: it is gone. Returns undefined when there is none of this digest, or its time is over. */
export async function takeSignInCode(
  trx: Writer,
  digest: string,
  now: string,
): Promise<Row<'sign_in_codes'> | undefined> {
  const row = await trx
    .deleteFrom('sign_in_codes')
    .where('code_digest', '=', digest)
    .returningAll()
    .executeTakeFirst();
  return row && row.expires_at > now ? { ...row, role: roleWord(row.role) } : undefined;
}

/** Deletes codes whose time is over. */
export async function deleteExpiredCodes(trx: Writer, now: string): Promise<void> {
  await trx.deleteFrom('sign_in_codes').where('expires_at', '<=', now).execute();
}

const roleWord = knownWord('credentials.role', ROLES);

function toCredential({ name, role, key_digest, created_at, expires_at }: Row<'credentials'>): Credential {
  return {
    name,
    kind: key_digest === null ? 'token' : 'browser',
    role: roleWord(role),
    createdAt: created_at,
    expiresAt: expires_at,
  };
}
