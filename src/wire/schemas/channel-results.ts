/** What each tool of the channels answers as structured content. */

import * as z from 'zod';
import { ENCODINGS } from '../../project/channel.ts';

const cursor = z
  .string()
  .nullable()
  .describe('continues after this answer, as since_id; null: nothing was read');
const note = z.string().describe('how to take words of others');
export const dropped = z
  .int()
  .min(1)
  .exactOptional()
  .describe('so many messages aged out before this consumer acknowledged them; not there: none');
const seq = z.int().describe('gives the order, over all channels');

const channelRecordSchema = z.strictObject({
  seq,
  id: z.string(),
  channel: z.string(),
  sender: z.string().describe('as it named itself'),
  content: z.string().describe('without characters that hide or reorder text'),
  content_offset: z.int().exactOptional().describe('the content begins at this character of the message'),
  content_left: z.int().exactOptional().describe('so many characters are left out'),
  timestamp: z.string(),
  encoding: z.enum(ENCODINGS),
  message: z.record(z.string(), z.unknown()).exactOptional().describe('the structured message'),
  parse_warning: z.string().exactOptional().describe('why it is no structured message'),
});

export type WireChannelRecord = z.output<typeof channelRecordSchema>;

const received = {
  channel: z.string(),
  messages: z.array(channelRecordSchema),
  next_cursor: cursor,
  consumer_id: z.string().nullable(),
  warning: z.literal('since_id_not_found').nullable(),
  dropped,
  more: z.literal(true).exactOptional().describe('there are more messages'),
  note: note.exactOptional(),
};

const channelSchema = z.strictObject({ channel: z.string(), count: z.int(), last_timestamp: z.string() });
const next_after = z.string().exactOptional().describe('there are more channels: give it as `after`');

export const CHANNEL_RESULTS = {
  bridge_send: z.strictObject({
    id: z.string(),
    seq,
    channel: z.string(),
    sender: z.string(),
    timestamp: z.string(),
    deduplicated: z.boolean().describe('it was sent before under this key'),
  }),
  bridge_receive: z.strictObject(received),
  bridge_wait: z.strictObject({ ...received, timed_out: z.boolean() }),
  bridge_ack: z.strictObject({
    consumer_id: z.string(),
    channel: z.string(),
    last_seq: z.int(),
    last_message_id: z.string().nullable(),
    updated_at: z.string(),
    advanced: z.boolean().describe('false: the reader was there already, or further'),
    dropped,
  }),
  bridge_channels: z.strictObject({
    channels: z.array(channelSchema),
    total_messages: z.int(),
    next_after,
  }),
  bridge_ping: z.strictObject({
    service: z.literal('claude-bridge'),
    version: z.string(),
    channels: z.int(),
    messages: z.int(),
    server_time: z.string(),
  }),
  bridge_clear: z.strictObject({ channel: z.string(), cleared: z.int() }),
  bridge_status: z.strictObject({
    channels: z.array(
      z.strictObject({ channel: z.string(), total: z.int(), messages: z.array(channelRecordSchema) }),
    ),
    next_after,
    note: note.exactOptional(),
  }),
} as const;
