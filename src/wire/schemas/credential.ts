import * as z from 'zod';
import { ROLES } from '../../project/credential.ts';
import { time } from './scalars.ts';

/** What a token of the HTTP API stands for. */
export const credentialSchema = z
  .strictObject({
    name: z.string().describe('decisions made with it are recorded under this name'),
    role: z.enum(ROLES).describe('each includes those before it'),
    created_at: time(),
    expires_at: time().nullable().describe('null: never'),
  })
  .describe('What a token of the HTTP API stands for.');

export type WireCredential = z.output<typeof credentialSchema>;

/** A token that was made just now. */
export const issuedTokenSchema = z
  .strictObject({
    credential: credentialSchema,
    token: z.string().describe('shown this once: the store has only its digest'),
  })
  .describe('A token that was made just now.');

export type WireIssuedToken = z.output<typeof issuedTokenSchema>;
