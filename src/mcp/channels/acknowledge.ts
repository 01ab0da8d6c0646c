import * as z from 'zod';
import { droppedText, shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import type { Call, Tool } from '../define-tool.ts';
import { type ChannelScope, checkedChannel, defineChannelTool } from './define-channel-tool.ts';

const MESSAGE = { message_id: z.string(), metadata: z.record(z.string(), z.unknown()).optional() };

interface Acknowledging {
  readonly channel: string;
  readonly consumer_id: string;
  readonly message_id: string;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export function acknowledgeTool(scope: ChannelScope | undefined): Tool {
  const words = {
    name: 'bridge_ack',
    title: 'Acknowledge messages',
    description: 'Move a consumer forward to a message, once it is done with.',
    hints: { readOnly: false, destructive: false, idempotent: true },
  };
  if (scope === undefined)
    return defineChannelTool({
      ...words,
      input: z.strictObject({ channel: z.string(), consumer_id: z.string(), ...MESSAGE }),
      run: (input, call) => acknowledge(undefined, input, call),
    });
  return defineChannelTool({
    ...words,
    input: z.strictObject({ channel: z.string(), ...MESSAGE }),
    run: (input, call) => acknowledge(scope, { ...input, consumer_id: scope.name }, call),
  });
}

async function acknowledge(scope: ChannelScope | undefined, input: Acknowledging, { verbs }: Call) {
  const channel = checkedChannel(scope, input.channel);
  if (!channel.ok) return channel;
  const { consumer_id: reader, message_id: messageId, metadata } = input;
  const done = await verbs.acknowledgeMessage({ channel: channel.value, reader, messageId, metadata });
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
