/** The events of who may call the HTTP API. */
import * as z from 'zod';
import { CREDENTIAL_KINDS, ROLES } from './credential.ts';
import { type EventKind, event } from './event-kind.ts';

export const CREDENTIAL_EVENTS = {
  'credential.added': event('A token of the HTTP API was made, or a browser signed in.', () => ({
    name: z.string(),
    role: z.enum(ROLES),
    kind: z.enum(CREDENTIAL_KINDS).exactOptional().describe('Missing in old events: `token`'),
    expiresAt: z.string().nullable().describe('null: never'),
  })),
  'credential.rotated': event(
    'A token of the HTTP API was replaced; the one before is worth nothing.',
    () => ({
      name: z.string(),
    }),
  ),
  'credential.revoked': event('A token of the HTTP API was revoked, or a browser signed out.', () => ({
    name: z.string(),
  })),
  'credential.expired': event(
    'A browser was signed out since its time was over; noted when the next one signs in.',
    () => ({
      name: z.string(),
    }),
  ),
  'device.added': event('A browser wants to be notified by Web Push.', () => ({ name: z.string() })),
  'device.removed': event('A browser is notified no more.', () => ({
    name: z.string(),
    reason: z
      .enum(['asked', 'gone'])
      .describe('asked: it was told to stop; gone: its push service knows it no more'),
  })),
} satisfies Record<string, EventKind>;
