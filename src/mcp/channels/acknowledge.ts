import * as z from 'zod';
import { droppedText, shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import type { Call, Tool } from '../define-tool.ts';
import { type ChannelScope, defineNamedTool } from './define-channel-tool.ts';

const input = z.strictObject({
  channel: z.string(),
  consumer_id: z.string(),
  message_id: z.string(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

export function acknowledgeTool(scope: ChannelScope | undefined): Tool {
  return defineNamedTool(scope, {
    name: 'bridge_ack',
    title: 'Acknowledge messages',
    description: 'Move a consumer forward to a message, once it is done with.',
    hints: { readOnly: false, destructive: false, idempotent: true },
    who: 'consumer_id',
    input,
    run: acknowledge,
  });
}

async function acknowledge(given: z.output<typeof input>, { verbs }: Call) {
  const { channel, consumer_id: reader, message_id: messageId, metadata } = given;
  const done = await verbs.acknowledgeMessage({ channel, reader, messageId, metadata });
  if (!done.ok) return done;
  const { position, advanced, dropped } = done.value;
  const where = `${shownName(position.messageId ?? '')} on [${shownName(position.channel)}] (seq ${position.number})`;
  return ok({
    lines: [
      advanced
        ? `✓ Consumer [${shownName(reader)}] acknowledged ${where}`
        : `✓ Consumer [${shownName(reader)}] stays at ${where}`,
      ...(dropped > 0 ? [droppedText(dropped)] : []),
    ],
    facts: {
      consumer_id: reader,
      channel: position.channel,
      last_seq: position.number,
      last_message_id: position.messageId,
      updated_at: position.updatedAt,
      advanced,
      ...(dropped > 0 ? { dropped } : {}),
    },
  });
}
