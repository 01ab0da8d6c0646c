/** What is in the channels: for programs, and exactly as it was sent. */
import * as z from 'zod';
import {
  channelMessage,
  channels,
  sendersByChannel,
  type Unacknowledged,
  unacknowledgedBy,
} from '../../bridge/channels.ts';
import { type ChannelPart, readChannel, waitForChannel } from '../../bridge/read-channel.ts';
import { CHANNEL_LIMITS, MAX_CHANNEL_MESSAGES } from '../../project/channel.ts';
import { VERSION } from '../../version.ts';
import { toChannelMessage, toListedMessage } from '../../wire/channel.ts';
import {
  channelMessageSchema,
  channelMessagesSchema,
  channelStateSchema,
  channelStatusSchema,
  channelWaitSchema,
} from '../../wire/schemas/channel-http.ts';
import { NOT_SIGNED_IN } from '../access/admit.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { problem } from '../problem.ts';
import { limitIn } from './channel-limit.ts';
import { CHANNEL_PROBLEMS, channelProblem, textProblem } from './channel-problem.ts';
import { TOO_MANY_STREAMS } from './stream-room.ts';

export const channelStatus = defineRoute({
  method: 'GET',
  path: '/status',
  access: 'open',
  summary: 'Whether channels are served here.',
  answer: channelStatusSchema,
  example: { answer: { service: 'claude-bridge', status: 'online', version: '…', server_time: '…' } },
  async run(_input, { clock }) {
    const server_time = clock.now().toISOString();
    return { body: { service: 'claude-bridge', status: 'online', version: VERSION, server_time } };
  },
});

export const channelState = defineRoute({
  method: 'GET',
  path: '/api/state',
  access: 'read',
  summary: 'All channels, with how many messages each has and who has written into it.',
  query: z.looseObject({
    consumer_id: z
      .string()
      .max(CHANNEL_LIMITS.reader)
      .optional()
      .describe('with `unread` and `dropped`: what this consumer has not acknowledged'),
  }),
  answer: channelStateSchema,
  example: {
    answer: {
      service: 'claude-bridge',
      total_messages: 2,
      channels: [
        { id: 'shop:build', group: 'shop', name: 'build', count: 2, senders: ['alice'], ...AND_MORE },
      ],
      ...AND_MORE,
    },
  },
  async run({ query: { consumer_id: reader } }, { bridge, clock, config, events }) {
    const all = await channels(bridge);
    const missing = reader === undefined ? undefined : await unacknowledgedBy(bridge, reader);
    const senders = await sendersByChannel(bridge);
    const uptime = Math.floor(process.uptime());
    return {
      body: {
        service: 'claude-bridge',
        status: 'online',
        version: VERSION,
        uptime_seconds: uptime,
        uptime_human: clockFace(uptime),
        total_messages: all.reduce((sum, { count }) => sum + count, 0),
        channels: all.map(({ channel, count, lastAt }) => ({
          id: channel,
          ...groupOf(channel),
          count,
          last_ts: lastAt.slice(11, 19),
          last_ts_full: lastAt,
          senders: senders.get(channel) ?? [],
          ...(missing && toMissing(missing(channel))),
        })),
        sse_subscribers: events.size,
        sse_dropped_events: 0,
        retention_days: config.channels.keep_days,
        audit_enabled: true,
        server_time: clock.now().toISOString(),
      },
    };
  },
});

function toMissing({ unread, dropped }: Unacknowledged): { unread: number; dropped?: number } {
  return { unread, ...(dropped > 0 ? { dropped } : {}) };
}

function groupOf(channel: string): { group: string; name: string } {
  const at = channel.indexOf(':');
  return at < 0 ? { group: '', name: channel } : { group: channel.slice(0, at), name: channel.slice(at + 1) };
}

function clockFace(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const DEFAULT_LIMIT = 50;
/** What an answer holds at most, but for the last message: the cursor goes on. */
const MAX_ANSWER_BYTES = 4_000_000;
const MAX_WAIT_SECONDS = 55;
const DEFAULT_WAIT_SECONDS = 20;

/** Clients write what they like here; what cannot be read is not given. */
const anyText = z.string().optional();
const reading = {
  channel: anyText.describe('needed'),
  consumer_id: anyText.describe('after what this consumer has acknowledged'),
  limit: anyText.describe(`1 to ${MAX_CHANNEL_MESSAGES}; ${DEFAULT_LIMIT} unless it is a number`),
};

export const listMessages = defineRoute({
  method: 'GET',
  path: '/api/messages',
  access: 'read',
  summary: 'Messages of one channel, in order: the newest, or the next ones after a cursor.',
  query: z.looseObject({
    ...reading,
    since_id: anyText.describe('after this message; it counts more than `consumer_id`'),
    full: anyText.describe('`1`, `true` or `yes`: with the content instead of a preview'),
  }),
  answer: channelMessagesSchema,
  problems: CHANNEL_PROBLEMS,
  example: {
    path: '/api/messages?channel=shop:build&since_id=$EARLIER',
    answer: {
      channel: 'shop:build',
      messages: [{ seq: 2, id: '$MESSAGE', sender: 'alice', preview: 'The build is green.', ...AND_MORE }],
      next_cursor: '$MESSAGE',
    },
  },
  async run({ query }, { bridge }) {
    const { channel = '', since_id: sinceId, consumer_id: reader } = query;
    if (channel === '') return { problem: CHANNEL_REQUIRED };
    const part = await readChannel(bridge, {
      ...{ channel, sinceId, reader },
      limit: limitIn(query.limit, MAX_CHANNEL_MESSAGES) ?? DEFAULT_LIMIT,
      maxBytes: MAX_ANSWER_BYTES,
    });
    if (!part.ok) return { problem: channelProblem(part.refusal) };
    const isFull = ['1', 'true', 'yes'].includes((query.full ?? '').toLowerCase());
    const isPlain = part.value.messages.length === 0 && sinceId === undefined && reader === undefined;
    return { body: isPlain ? { channel, messages: [] } : listed(part.value, channel, reader, isFull) };
  },
});

const CHANNEL_REQUIRED = problem('message-refused', 'channel parameter required');

export const waitForMessages = defineRoute({
  method: 'GET',
  path: '/api/wait',
  access: 'read',
  summary: 'The next messages of one channel after a cursor, as soon as there are any.',
  query: z.looseObject({
    ...reading,
    since_id: anyText.describe('after this message'),
    cursor: anyText.describe('the same'),
    timeout_seconds: anyText.describe(`0 to ${MAX_WAIT_SECONDS}; ${DEFAULT_WAIT_SECONDS} by default`),
  }),
  answer: channelWaitSchema,
  problems: [...CHANNEL_PROBLEMS, 'too-many-streams'],
  example: {
    path: '/api/wait?channel=shop:build&cursor=$EARLIER&timeout_seconds=20',
    answer: {
      channel: 'shop:build',
      messages: [{ seq: 2, id: '$MESSAGE', content: 'The build is green.', ...AND_MORE }],
      next_cursor: '$MESSAGE',
      timed_out: false,
    },
  },
  async run({ query }, { bridge, signal, events, caller, mayStillRead }) {
    const missing = textProblem('channel', query);
    if (missing) return { problem: channelProblem(missing) };
    const { channel = '', consumer_id: reader, timeout_seconds: timeout = `${DEFAULT_WAIT_SECONDS}` } = query;
    const seconds = Number(timeout);
    const limit = query.limit === undefined ? DEFAULT_LIMIT : limitIn(query.limit, MAX_CHANNEL_MESSAGES);
    if (limit === undefined || timeout === '' || !Number.isFinite(seconds)) return { problem: NOT_NUMERIC };
    const sinceId = query.since_id ?? query.cursor;
    const leave = events.takePlace(caller.name);
    if (!leave) return { problem: TOO_MANY_STREAMS };
    const part = await waitForChannel(
      bridge,
      { channel, sinceId, reader, limit, maxBytes: MAX_ANSWER_BYTES },
      { waitMs: Math.min(Math.max(seconds, 0), MAX_WAIT_SECONDS) * 1_000, signal },
    ).finally(leave);
    // A token may be revoked while its client waits.
    if (!(await mayStillRead())) return { problem: NOT_SIGNED_IN };
    if (!part.ok) return { problem: channelProblem(part.refusal) };
    const timed_out = part.value.messages.length === 0 && !part.value.isStale;
    return { body: { ...listed(part.value, channel, reader, true), timed_out } };
  },
});

const NOT_NUMERIC = problem('message-refused', 'limit and timeout_seconds must be numeric');

export const showMessage = defineRoute({
  method: 'GET',
  path: '/api/messages/:id',
  access: 'read',
  summary: 'One message, whole.',
  params: z.strictObject({ id: z.string().describe('of the message') }),
  answer: channelMessageSchema,
  problems: ['message-not-found'],
  example: {
    path: '/api/messages/$MESSAGE',
    answer: { id: '$MESSAGE', sender: 'alice', content: 'The build is green.', bytes: 19, ...AND_MORE },
  },
  async run({ params }, { bridge }) {
    const found = await channelMessage(bridge, params.id);
    return found ? { body: toChannelMessage(found) } : { problem: NOT_FOUND };
  },
});

const NOT_FOUND = problem('message-not-found', 'not found');

function listed(part: ChannelPart, channel: string, reader: string | undefined, isFull: boolean) {
  const { messages, after, isStale, dropped } = part;
  return {
    channel,
    messages: messages.map((message) => toListedMessage(message, isFull)),
    next_cursor: isStale ? null : (messages.at(-1)?.id ?? after),
    ...(reader === undefined ? {} : { consumer_id: reader }),
    ...(isStale ? { warning: 'since_id_not_found' } : {}),
    ...(dropped > 0 ? { dropped } : {}),
  };
}
