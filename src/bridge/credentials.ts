/**
 * Credentials of the HTTP API: added, rotated and revoked by a person, looked up for each request. The token is shown
 * once, to whoever made it; the store has its digest.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CREDENTIAL_NAME, CREDENTIAL_NAME_RULE, type Credential, type Role } from '../project/credential.ts';
import type { Happening } from '../project/event.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  allCredentials,
  deleteCredential,
  findCredentialByToken,
  insertCredential,
  replaceToken,
} from '../store/credentials.ts';
import type { Writing } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { type Actor, type Bridge, nowText } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

/** A credential, and the token that stands for it: nobody can read it again. */
export interface IssuedToken {
  readonly credential: Credential;
  readonly token: string;
}

/**
 * Adds a credential under a name that is free.
 *
 * @param lifetimeMs After which it is worth nothing; undefined: never.
 */
export async function addCredential(
  bridge: Bridge,
  name: string,
  role: Role,
  lifetimeMs: number | undefined,
  actor: Actor,
): Promise<Result<IssuedToken>> {
  if (!CREDENTIAL_NAME.test(name)) return refuse(`${CREDENTIAL_NAME_RULE}; '${shown(name)}' is none.`);
  const { token, tokenId, digest } = drawToken();
  return databaseOf(bridge).write<Result<IssuedToken>>(async (writing) => {
    const { trx, now } = writing;
    const expiresAt = lifetimeMs === undefined ? null : new Date(Date.parse(now) + lifetimeMs).toISOString();
    const row = {
      name,
      role,
      token_id: tokenId,
      token_digest: digest,
      created_at: now,
      expires_at: expiresAt,
    };
    if (!(await insertCredential(trx, row)))
      return refuse(`there is a token named '${name}' already; rotate or revoke it, or choose another name.`);
    await told(writing, { type: 'credential.added', data: { name, role, expiresAt } }, actor);
    return ok({ credential: { name, role, createdAt: now, expiresAt }, token });
  });
}

/** Gives a credential another token; the one before is worth nothing from then on. */
export async function rotateCredential(
  bridge: Bridge,
  name: string,
  actor: Actor,
): Promise<Result<IssuedToken>> {
  const { token, tokenId, digest } = drawToken();
  return databaseOf(bridge).write<Result<IssuedToken>>(async (writing) => {
    const credential = await replaceToken(writing.trx, name, { tokenId, digest });
    if (!credential) return refuse(unknownCredential(name));
    await told(writing, { type: 'credential.rotated', data: { name } }, actor);
    return ok({ credential, token });
  });
}

/** Deletes a credential: its token is worth nothing from then on. */
export async function revokeCredential(
  bridge: Bridge,
  name: string,
  actor: Actor,
): Promise<Result<Credential>> {
  return databaseOf(bridge).write<Result<Credential>>(async (writing) => {
    const credential = await deleteCredential(writing.trx, name);
    if (!credential) return refuse(unknownCredential(name));
    await told(writing, { type: 'credential.revoked', data: { name } }, actor);
    return ok(credential);
  });
}

/** By name, those that have expired included. */
export async function credentials(bridge: Bridge): Promise<Credential[]> {
  return allCredentials(databaseOf(bridge).read);
}

/** The credential that a token stands for now; undefined for one that is unknown, revoked, rotated away or expired. */
export async function credentialOf(bridge: Bridge, token: string): Promise<Credential | undefined> {
  const [, tokenId] = TOKEN.exec(token) ?? [];
  if (tokenId === undefined) return undefined;
  const found = await findCredentialByToken(databaseOf(bridge).read, tokenId);
  if (!found || !timingSafeEqual(Buffer.from(digestOf(token)), Buffer.from(found.digest))) return undefined;
  const { name, role, createdAt, expiresAt } = found;
  if (expiresAt !== null && expiresAt <= nowText(bridge)) return undefined;
  return { name, role, createdAt, expiresAt };
}

/** The public half finds the row; what is secret is never looked for, only compared. `redaction.ts` knows this shape. */
const TOKEN = /^bst_([0-9a-f]{12})_[\w-]{43}$/;

function drawToken(): { token: string; tokenId: string; digest: string } {
  const tokenId = randomBytes(6).toString('hex');
  const token = `bst_${tokenId}_${randomBytes(32).toString('base64url')}`;
  return { token, tokenId, digest: digestOf(token) };
}

/** 256 random bits need no salt and no slow hash. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function unknownCredential(name: string): string {
  return `there is no token named '${shown(name)}'.`;
}

function shown(name: string): string {
  return cleanLine(name.slice(0, 100));
}

async function told({ trx, now }: Writing, happening: Happening, actor: Actor): Promise<void> {
  await appendEvent(trx, { ...happening, projectId: null, runId: null, actor, createdAt: now });
}
