/** Who may call the HTTP API, and what for. */

/** Each includes those before it: `read` looks, `decide` says what becomes of work, `admin` brings work in. */
export const ROLES = ['read', 'decide', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A browser has no token: it is signed in by a code, and sends a cookie and a key. */
export const CREDENTIAL_KINDS = ['token', 'browser'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Who calls. Nobody can tell a token, a cookie or a key from it. */
export interface Credential {
  /** How a person calls it, such as the device or the script that holds the token. */
  readonly name: string;
  readonly kind: CredentialKind;
  readonly role: Role;
  readonly createdAt: string;
  /** Null: it stays valid until it is revoked. */
  readonly expiresAt: string | null;
}

/** With what a person wants to know of one. */
export interface ListedCredential extends Credential {
  /** Written down every few minutes at most; null: never, or not yet. */
  readonly lastUsedAt: string | null;
}

/** Whether `role` may do what needs `needed`. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** It stands in logs, in decisions and on command lines. */
export const CREDENTIAL_NAME = /^[a-z0-9][\w.-]{0,39}$/i;

export const CREDENTIAL_NAME_RULE =
  "a name is 1 to 40 letters, digits, '.', '_' and '-', and begins with a letter or digit";
