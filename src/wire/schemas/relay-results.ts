/** What each tool of the relay answers as structured content. */

import * as z from 'zod';
import { RELAY_CLIENTS } from '../../project/relay.ts';

const side = z.enum(RELAY_CLIENTS);
const waiting = z.int().describe('unread messages that may be fetched');
const readAt = z.string().nullable().describe('before this answer; null: not read');

const relayRecordSchema = z.strictObject({
  id: z.int().describe('gives the order'),
  sender: side.describe('as the server of the sender was started'),
  run_id: z.string().exactOptional().describe('the run of the supervisor that sent it'),
  message: z.string().describe('without characters that hide or reorder text'),
  message_offset: z.int().exactOptional().describe('it begins at this character of the message'),
  message_left: z.int().exactOptional().describe('so many characters are left out; it stays unread'),
  timestamp: z.string(),
  read_by_desktop_at: readAt,
  read_by_code_at: readAt,
});

export type WireRelayRecord = z.output<typeof relayRecordSchema>;

export const RELAY_RESULTS = {
  relay_send: z.strictObject({
    ok: z.literal(true),
    id: z.int(),
    deduplicated: z.boolean().describe('it was sent before under this key'),
    waiting: z.int().describe('messages that the other side has not read, with this one'),
  }),
  relay_fetch: z.strictObject({
    messages: z.array(relayRecordSchema),
    waiting,
    held: z.int().describe('unread messages that the person has not let through'),
    note: z.string().exactOptional().describe('how to take words of others'),
  }),
  relay_clear: z.strictObject({
    ok: z.literal(true),
    deleted: z.int(),
    unread: z.int().describe('of these, messages that nobody had read'),
  }),
};
