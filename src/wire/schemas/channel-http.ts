/** What the routes of channels answer. Contents are exactly as they were sent. */

import * as z from 'zod';
import { ENCODINGS } from '../../project/channel.ts';
import { dropped } from './channel-results.ts';

const seq = z.int().describe('gives the order, over all channels');
const encoding = z.enum(ENCODINGS);
const message = z.record(z.string(), z.unknown()).exactOptional().describe('the structured message');

export const channelStatusSchema = z
  .strictObject({
    service: z.literal('claude-bridge'),
    status: z.literal('online'),
    version: z.string(),
    server_time: z.string(),
  })
  .describe('That it is here, and nothing of what is in it.');

export const channelStateSchema = z
  .strictObject({
    service: z.literal('claude-bridge'),
    status: z.literal('online'),
    version: z.string(),
    uptime_seconds: z.int(),
    uptime_human: z.string().describe('HH:MM:SS'),
    total_messages: z.int(),
    channels: z.array(
      z.strictObject({
        id: z.string(),
        group: z.string().describe('what stands before the first colon'),
        name: z.string().describe('the rest'),
        count: z.int(),
        last_ts: z.string().describe('HH:MM:SS, in UTC'),
        last_ts_full: z.string(),
        senders: z.array(z.string()),
        unread: z.int().exactOptional().describe('with `consumer_id`: what it has not acknowledged'),
        dropped,
      }),
    ),
    sse_subscribers: z.int().describe('streams that are open, of whatever kind'),
    sse_dropped_events: z.literal(0).describe('none is ever dropped: a slow client is waited for, or ended'),
    retention_days: z.number().describe('0: for ever'),
    audit_enabled: z.literal(true).describe('GET /api/audit has who cleared a channel'),
    server_time: z.string(),
  })
  .describe('The channels, and who has written into each.');

const listedMessageSchema = z.strictObject({
  seq,
  id: z.string(),
  ts: z.string().describe('HH:MM:SS, in UTC'),
  ts_full: z.string(),
  sender: z.string(),
  is_json: z.boolean(),
  preview: z.string().exactOptional().describe('the first 200 characters; not with `full`'),
  content: z.string().exactOptional().describe('with `full`'),
  encoding: encoding.exactOptional().describe('with `full`'),
  message,
});

const listed = {
  channel: z.string(),
  messages: z.array(listedMessageSchema),
  next_cursor: z.string().nullable().exactOptional().describe('continues after this answer'),
  consumer_id: z.string().exactOptional(),
  warning: z.literal('since_id_not_found').exactOptional().describe('read again without a cursor'),
  dropped,
};

export const channelMessagesSchema = z.strictObject(listed).describe('Messages of one channel, in order.');

export const channelWaitSchema = z
  .strictObject({ ...listed, timed_out: z.boolean() })
  .describe('The next messages of a channel.');

export const channelMessageSchema = z
  .strictObject({
    seq,
    id: z.string(),
    channel: z.string(),
    sender: z.string(),
    ts: z.string(),
    is_json: z.boolean(),
    content: z.string(),
    content_parsed: z.unknown().describe('the content as JSON; null for a text'),
    bytes: z.int(),
    encoding,
    message,
    parse_warning: z.string().exactOptional(),
  })
  .describe('One message, whole.');

export const sentToChannelSchema = z
  .strictObject({
    id: z.string(),
    seq,
    channel: z.string(),
    ts: z.string(),
    deduplicated: z.boolean().describe('it was sent before under this key'),
  })
  .describe('The message that was sent.');

export const acknowledgedSchema = z
  .strictObject({
    consumer_id: z.string(),
    channel: z.string(),
    last_seq: z.int(),
    last_message_id: z.string().nullable(),
    updated_at: z.string(),
    advanced: z.boolean(),
    dropped,
  })
  .describe('Where the consumer is.');

export const clearedSchema = z
  .strictObject({ channel: z.string(), cleared: z.int() })
  .describe('How many messages were deleted.');

export const channelAuditSchema = z
  .strictObject({
    enabled: z.literal(true).describe('the history is always kept, and never shortened'),
    events: z.array(
      z.strictObject({
        id: z.int().describe('that of the event in the history'),
        timestamp: z.string(),
        event: z.literal('channel_clear'),
        channel: z.string(),
        detail: z.string().describe('how many messages were deleted, and by whom'),
        ip: z.null().describe('no address is recorded: the name of the token says who it was'),
      }),
    ),
  })
  .describe('Who has cleared channels, newest first. Refused calls are not recorded.');

export const channelFrameSchema = z
  .strictObject({ seq, id: z.string(), sender: z.string(), content: z.string(), timestamp: z.string() })
  .describe(
    'The data of each event `message`, whose id is that of the message. `clear` has `channel` and `cleared`, `cursor_stale` the `since_id` that is not there, `replay_truncated` the `limit` at which what was missed ends.',
  );

export type WireChannelState = z.output<typeof channelStateSchema>;
export type WireChannelMessages = z.output<typeof channelMessagesSchema>;
export type WireListedMessage = z.output<typeof listedMessageSchema>;
export type WireAuditEvent = z.output<typeof channelAuditSchema>['events'][number];
export type WireChannelMessage = z.output<typeof channelMessageSchema>;
