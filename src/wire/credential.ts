import type { Credential } from '../project/credential.ts';
import type { WireCredential, WireIssuedToken } from './schemas/credential.ts';

export function toWireCredential({ name, role, createdAt, expiresAt }: Credential): WireCredential {
  return { name, role, created_at: createdAt, expires_at: expiresAt };
}

export function toWireIssuedToken(issued: {
  readonly credential: Credential;
  readonly token: string;
}): WireIssuedToken {
  return { credential: toWireCredential(issued.credential), token: issued.token };
}
