import type { Credential, ListedCredential } from '../project/credential.ts';
import type { WireCredential, WireIssuedToken, WireListedCredential } from './schemas/credential.ts';

export function toWireCredential({ name, kind, role, createdAt, expiresAt }: Credential): WireCredential {
  return { name, kind, role, created_at: createdAt, expires_at: expiresAt };
}

export function toWireListedCredential(credential: ListedCredential): WireListedCredential {
  return { ...toWireCredential(credential), last_used_at: credential.lastUsedAt };
}

export function toWireIssuedToken(issued: {
  readonly credential: Credential;
  readonly token: string;
}): WireIssuedToken {
  return { credential: toWireCredential(issued.credential), token: issued.token };
}
