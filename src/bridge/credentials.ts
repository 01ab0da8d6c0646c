/**
 * Credentials of the HTTP API: added, rotated and revoked by a person, looked up for each request. The token is shown
 * once, to whoever made it; the store has its digest.
 */
import type { Actor } from '../project/actor.ts';
import {
  CREDENTIAL_NAME,
  CREDENTIAL_NAME_RULE,
  type Credential,
  type ListedCredential,
  type Role,
} from '../project/credential.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  allCredentials,
  deleteCredential,
  insertCredential,
  putUse,
  replaceToken,
} from '../store/credentials.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { type Bridge, nowText } from './bridge.ts';
import { drawSecret, idOfSecret, isDigestOf } from './credential-secrets.ts';
import { databaseOf } from './open-bridge.ts';
import { storedCredential } from './stored-credential.ts';

/** A credential, and the token that stands for it: nobody can read it again. */
export interface IssuedToken {
  readonly credential: Credential;
  readonly token: string;
}

/**
 * Adds a credential with a token under a name that is free.
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
  const { secret: token, id, digest } = drawSecret('bst');
  return databaseOf(bridge).write<Result<IssuedToken>>(async (writing) => {
    const { trx, now } = writing;
    const expiresAt = lifetimeMs === undefined ? null : new Date(Date.parse(now) + lifetimeMs).toISOString();
    const row = {
      name,
      role,
      token_id: id,
      token_digest: digest,
      key_digest: null,
      created_at: now,
      expires_at: expiresAt,
    };
    if (!(await insertCredential(trx, row)))
      return refuse(`there is a token named '${name}' already; rotate or revoke it, or choose another name.`);
    await appendGlobalEvent(
      writing.trx,
      { type: 'credential.added', data: { name, role, expiresAt } },
      actor,
      writing.now,
    );
    return ok({ credential: { name, kind: 'token', role, createdAt: now, expiresAt }, token });
  });
}

/** Gives a credential another token; the one before is worth nothing from then on. A browser has none. */
export async function rotateCredential(
  bridge: Bridge,
  name: string,
  actor: Actor,
): Promise<Result<IssuedToken>> {
  const { secret: token, id, digest } = drawSecret('bst');
  return databaseOf(bridge).write<Result<IssuedToken>>(async (writing) => {
    const credential = await replaceToken(writing.trx, name, { tokenId: id, digest });
    if (!credential) return refuse(unknownCredential(name));
    await appendGlobalEvent(writing.trx, { type: 'credential.rotated', data: { name } }, actor, writing.now);
    return ok({ credential, token });
  });
}

/** Deletes a credential: its token, or its cookie and key, are worth nothing from then on. */
export async function revokeCredential(
  bridge: Bridge,
  name: string,
  actor: Actor,
): Promise<Result<Credential>> {
  return databaseOf(bridge).write<Result<Credential>>(async (writing) => {
    const credential = await deleteCredential(writing.trx, name);
    if (!credential) return refuse(unknownCredential(name));
    await appendGlobalEvent(writing.trx, { type: 'credential.revoked', data: { name } }, actor, writing.now);
    return ok(credential);
  });
}

/** By name, those that have expired included. */
export async function credentials(bridge: Bridge): Promise<ListedCredential[]> {
  return allCredentials(databaseOf(bridge).read);
}

/** The credential that a token stands for now; undefined for one that is unknown, revoked, rotated away or expired. */
export async function credentialOf(bridge: Bridge, token: string): Promise<Credential | undefined> {
  const id = idOfSecret('bst', token);
  const found = id === undefined ? undefined : await storedCredential(databaseOf(bridge), id);
  if (found?.kind !== 'token' || !isDigestOf(token, found.digest)) return undefined;
  return unlessExpired(found, bridge);
}

/** The credential alone, while it is worth something. */
export function unlessExpired(
  { name, kind, role, createdAt, expiresAt }: Credential,
  bridge: Bridge,
): Credential | undefined {
  const isOver = expiresAt !== null && expiresAt <= nowText(bridge);
  return isOver ? undefined : { name, kind, role, createdAt, expiresAt };
}

/** Writes down that a credential is used now. It is no part of the history. */
export async function noteUse(bridge: Bridge, name: string): Promise<void> {
  await databaseOf(bridge).write(({ trx, now }) => putUse(trx, name, now));
}

function unknownCredential(name: string): string {
  return `there is no token named '${shown(name)}'.`;
}

function shown(name: string): string {
  return cleanLine(name.slice(0, 100));
}
