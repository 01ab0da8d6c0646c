/** The events of tokens of the HTTP API. */
import * as z from 'zod';
import { ROLES } from './credential.ts';
import { type EventKind, event } from './event-kind.ts';

export const CREDENTIAL_EVENTS = {
  'credential.added': event('A token of the HTTP API was made.', () => ({
    name: z.string(),
    role: z.enum(ROLES),
    expiresAt: z.string().nullable().describe('null: never'),
  })),
  'credential.rotated': event(
    'A token of the HTTP API was replaced; the one before is worth nothing.',
    () => ({
      name: z.string(),
    }),
  ),
  'credential.revoked': event('A token of the HTTP API was revoked.', () => ({ name: z.string() })),
} satisfies Record<string, EventKind>;
