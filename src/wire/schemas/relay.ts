import * as z from 'zod';
import { RELAY_CLIENTS } from '../../project/relay.ts';
import { count } from './scalars.ts';

const moment = z.iso.datetime().nullable();

const relayMessageSchema = z.strictObject({
  id: z.int().describe('gives the order'),
  sender: z.enum(RELAY_CLIENTS),
  run_id: z.string().nullable().describe('the run of the supervisor that sent it'),
  message: z.string().describe('as it was sent'),
  created_at: z.iso.datetime(),
  read_by_desktop_at: moment,
  read_by_code_at: moment,
});

export const relayReleaseSchema = z
  .strictObject({
    messages: z.array(relayMessageSchema).describe('let through now, oldest first'),
    left: count().describe('more that wait to be let through'),
    passed: count().describe('let through before, and not fetched yet'),
  })
  .describe('Messages of the relay that were let through.');

export const relayStatusSchema = z
  .strictObject({
    messages: count(),
    unread: z.strictObject({ desktop: count(), code: count() }).describe('by each side'),
  })
  .describe('What the relay holds.');

export const relayClearedSchema = z
  .strictObject({ deleted: count(), unread: count().describe('of these, messages that nobody had read') })
  .describe('What was deleted.');

export type WireRelayMessage = z.output<typeof relayMessageSchema>;
export type WireRelayRelease = z.output<typeof relayReleaseSchema>;
export type WireRelayStatus = z.output<typeof relayStatusSchema>;
export type WireRelayCleared = z.output<typeof relayClearedSchema>;
