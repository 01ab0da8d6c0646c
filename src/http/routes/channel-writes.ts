/** Sending into channels, acknowledging and clearing. What is wrong is 400 with its field, as clients of channels know it. */
import * as z from 'zod';
import { acknowledgeMessage } from '../../bridge/acknowledge-message.ts';
import { clearChannel } from '../../bridge/clear-channel.ts';
import { sendToChannel } from '../../bridge/send-to-channel.ts';
import { acknowledgedSchema, clearedSchema, sentToChannelSchema } from '../../wire/schemas/channel-http.ts';
import { defineRoute } from '../define-route.ts';
import { channelProblem, textProblem } from './channel-problem.ts';

/** A message of 128 KiB, of which JSON may write each byte as six. */
const MAX_BODY_BYTES = 1024 * 1024;

const any = z.unknown().optional();

export const sendMessage = defineRoute({
  method: 'POST',
  path: '/api/send',
  access: 'decide',
  summary:
    'Sends a message into a channel: `content`, a text, or `message`, a structured one. The header `Idempotency-Key` stands for `idempotency_key`.',
  body: z.looseObject({
    channel: any.describe('a text of at most 256 characters'),
    sender: any.describe('a text of at most 128 characters'),
    content: any.describe('a text of at most 128 KiB'),
    message: any.describe('an object: docs/channels.md says which'),
    idempotency_key: any.describe('a text: a repetition with the same one is the same message'),
  }),
  answer: sentToChannelSchema,
  maxBodyBytes: MAX_BODY_BYTES,
  problems: ['message-refused', 'key-used', 'message-too-large'],
  example: {
    send: { channel: 'shop:build', sender: 'bob', content: 'Deploying.' },
    answer: { id: '…', seq: 4, channel: 'shop:build', ts: '…', deduplicated: false },
  },
  async run({ body }, { bridge, requestId }) {
    const wrong =
      textProblem('channel', body) ??
      textProblem('sender', body) ??
      (body.content === undefined || body.content === '' ? undefined : textProblem('content', body)) ??
      (body.idempotency_key === undefined ? undefined : textProblem('idempotency_key', body));
    if (wrong) return { problem: channelProblem(wrong) };
    const sent = await sendToChannel(bridge, {
      channel: String(body.channel),
      sender: String(body.sender),
      content: body.content === undefined ? undefined : String(body.content),
      message: body.message ?? undefined,
      key: body.idempotency_key === undefined ? requestId : String(body.idempotency_key),
    });
    if (!sent.ok) return { problem: channelProblem(sent.refusal) };
    const { message, deduplicated } = sent.value;
    const { id, number, channel, createdAt } = message;
    return { body: { id, seq: number, channel, ts: createdAt, deduplicated } };
  },
});

export const acknowledgeInChannel = defineRoute({
  method: 'POST',
  path: '/api/ack',
  access: 'decide',
  summary: 'Moves a consumer forward to a message of a channel.',
  body: z.looseObject({
    channel: any.describe('a text'),
    consumer_id: any.describe('a text of at most 128 characters'),
    message_id: any.describe('the id of a message of this channel'),
    metadata: any.describe('an object that the consumer notes for itself'),
  }),
  answer: acknowledgedSchema,
  problems: ['message-refused', 'message-not-found'],
  example: {
    send: { channel: 'shop:build', consumer_id: 'bob', message_id: '$MESSAGE' },
    answer: {
      consumer_id: 'bob',
      channel: 'shop:build',
      last_seq: 2,
      last_message_id: '$MESSAGE',
      updated_at: '…',
      advanced: true,
    },
  },
  async run({ body }, { bridge }) {
    const metadata = z.record(z.string(), z.unknown()).optional().safeParse(body.metadata);
    const wrong =
      textProblem('channel', body) ??
      textProblem('consumer_id', body) ??
      textProblem('message_id', body) ??
      (metadata.success
        ? undefined
        : { field: 'metadata', code: 'invalid_type', message: 'must be an object' });
    if (wrong) return { problem: channelProblem(wrong) };
    const done = await acknowledgeMessage(bridge, {
      channel: String(body.channel),
      reader: String(body.consumer_id),
      messageId: String(body.message_id),
      metadata: metadata.data,
    });
    if (!done.ok) return { problem: channelProblem(done.refusal) };
    const { position, advanced, dropped } = done.value;
    const { reader, channel, number, messageId, updatedAt } = position;
    return {
      body: {
        consumer_id: reader,
        channel,
        last_seq: number,
        last_message_id: messageId,
        updated_at: updatedAt,
        advanced,
        ...(dropped > 0 ? { dropped } : {}),
      },
    };
  },
});

export const clearOneChannel = defineRoute({
  method: 'POST',
  path: '/api/clear',
  access: 'admin',
  summary: 'Deletes the messages of one channel.',
  body: z.looseObject({ channel: any.describe('a text') }),
  answer: clearedSchema,
  problems: ['message-refused'],
  example: {
    send: { channel: 'shop:build' },
    answer: { channel: 'shop:build', cleared: 2 },
  },
  async run({ body }, { bridge, actor }) {
    const wrong = textProblem('channel', body);
    if (wrong) return { problem: channelProblem(wrong) };
    const channel = String(body.channel);
    const cleared = await clearChannel(bridge, channel, actor);
    if (!cleared.ok) return { problem: channelProblem(cleared.refusal) };
    return { body: { channel, cleared: cleared.value } };
  },
});
