import * as z from 'zod';
import { CREDENTIAL_KINDS, ROLES } from '../../project/credential.ts';
import { time } from './scalars.ts';

/** Who may call the HTTP API. */
export const credentialSchema = z
  .strictObject({
    name: z.string().describe('decisions made with it are recorded under this name'),
    kind: z.enum(CREDENTIAL_KINDS).describe('`browser`: signed in by a link, with a cookie and a key'),
    role: z.enum(ROLES).describe('each includes those before it'),
    created_at: time(),
    expires_at: time().nullable().describe('null: never'),
  })
  .describe('Who may call the HTTP API: the holder of a token, or a browser.');

export const listedCredentialSchema = credentialSchema
  .extend({
    last_used_at: time().nullable().describe('written down every few minutes at most; null: not yet'),
  })
  .describe('Who may call the HTTP API, and when that was last done.');

export type WireListedCredential = z.output<typeof listedCredentialSchema>;

export type WireCredential = z.output<typeof credentialSchema>;

/** A token that was made just now. */
export const issuedTokenSchema = z
  .strictObject({
    credential: credentialSchema,
    token: z.string().describe('shown this once: the store has only its digest'),
  })
  .describe('A token that was made just now.');

export type WireIssuedToken = z.output<typeof issuedTokenSchema>;
