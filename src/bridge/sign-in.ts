/**
 * A browser signs in: a code that a person has made at the machine is spent for a cookie and a key. Each request shows
 * both. A cookie reaches every port of its host, and a key lies where any script of the page can read it: one alone is
 * worth nothing.
 */
import { callerAsActor } from '../project/actor.ts';
import type { Credential, Role } from '../project/credential.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  deleteExpiredBrowsers,
  deleteExpiredCodes,
  insertCredential,
  insertSignInCode,
  isSignInCode,
  takeSignInCode,
} from '../store/credentials.ts';
import type { Writer } from '../store/database.ts';
import { appendGlobalEvent } from '../store/events.ts';
import type { Bridge } from './bridge.ts';
import { digestOf, drawCode, drawKey, drawSecret, idOfSecret, isDigestOf } from './credential-secrets.ts';
import { unlessExpired } from './credentials.ts';
import { databaseOf } from './open-bridge.ts';
import { storedCredential } from './stored-credential.ts';

/** How long a browser stays signed in. */
export const MAX_SESSION_MS = 30 * 24 * 3_600_000;

/** For whom a code is, and how long it may be spent. */
export interface SignInTerms {
  /** How the browser is called; a number follows where the name is taken. */
  readonly name: string;
  readonly role: Role;
  readonly lifetimeMs: number;
}

export interface SignInCode {
  readonly code: string;
  readonly expiresAt: string;
}

/** A browser that has signed in. Nobody can read the two secrets again. */
export interface Session {
  readonly credential: Credential;
  readonly cookie: string;
  readonly key: string;
}

/** Makes a code that signs one browser in, once. The store has its digest. */
export async function makeSignInCode(
  bridge: Bridge,
  { name, role, lifetimeMs }: SignInTerms,
): Promise<SignInCode> {
  const code = drawCode();
  return databaseOf(bridge).write(async ({ trx, now }) => {
    await deleteExpiredCodes(trx, now);
    const expiresAt = new Date(Date.parse(now) + lifetimeMs).toISOString();
    await insertSignInCode(trx, { code_digest: digestOf(code), name, role, expires_at: expiresAt });
    return { code, expiresAt };
  });
}

/** Spends a code. Refused when it is none, was spent before, or is too old. */
export async function signIn(bridge: Bridge, code: string): Promise<Result<Session>> {
  // Whoever guesses must not keep others from writing.
  if (!(await isSignInCode(databaseOf(bridge).read, digestOf(code)))) return refuse(SPENT);
  const cookie = drawSecret('bsc');
  const key = drawKey();
  return databaseOf(bridge).write<Result<Session>>(async (writing) => {
    const { trx, now } = writing;
    const taken = await takeSignInCode(trx, digestOf(code), now);
    if (!taken) return refuse(SPENT);
    for (const expired of await deleteExpiredBrowsers(trx, now))
      await appendGlobalEvent(
        trx,
        { type: 'credential.expired', data: { name: expired } },
        'supervisor',
        now,
      );
    const { role } = taken;
    const expiresAt = new Date(Date.parse(now) + MAX_SESSION_MS).toISOString();
    const name = await insertUnderFreeName(trx, taken.name, {
      role,
      token_id: cookie.id,
      token_digest: cookie.digest,
      key_digest: digestOf(key),
      created_at: now,
      expires_at: expiresAt,
    });
    const data = { name, role, kind: 'browser', expiresAt } as const;
    await appendGlobalEvent(
      writing.trx,
      { type: 'credential.added', data },
      callerAsActor({ name }),
      writing.now,
    );
    const credential: Credential = { name, kind: 'browser', role, createdAt: now, expiresAt };
    return ok({ credential, cookie: cookie.secret, key });
  });
}

/** The browser that this cookie and this key stand for now; undefined unless both are of the same one. */
export async function browserOf(
  bridge: Bridge,
  cookie: string,
  key: string,
): Promise<Credential | undefined> {
  const id = idOfSecret('bsc', cookie);
  const found = id === undefined ? undefined : await storedCredential(databaseOf(bridge), id);
  if (!found || found.keyDigest === null) return undefined;
  if (!isDigestOf(cookie, found.digest) || !isDigestOf(key, found.keyDigest)) return undefined;
  return unlessExpired(found, bridge);
}

const SPENT = 'that code was used, or is too old.';

async function insertUnderFreeName(
  trx: Writer,
  wanted: string,
  row: Omit<Parameters<typeof insertCredential>[1], 'name'>,
): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (await insertCredential(trx, { ...row, name })) return name;
  }
}
