import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import type { Call, Tool } from '../define-tool.ts';
import { type ChannelScope, checkedChannel, defineChannelTool } from './define-channel-tool.ts';

const CONTENT = {
  content: z.string().optional(),
  message: z.unknown().optional().describe('Envelope: schema_version 1, type, content, …'),
  idempotency_key: z.string().optional(),
};

interface Sending {
  readonly channel: string;
  readonly sender?: string;
  readonly content?: string | undefined;
  readonly message?: unknown;
  readonly idempotency_key?: string | undefined;
}

export function sendTool(scope: ChannelScope | undefined): Tool {
  const words = {
    name: 'bridge_send',
    title: 'Send a message',
    description: 'Send content or a message envelope. With the same idempotency_key a retry sends once.',
    hints: { readOnly: false, destructive: false, idempotent: false },
  };
  if (scope === undefined)
    return defineChannelTool({
      ...words,
      input: z.strictObject({ channel: z.string(), sender: z.string(), ...CONTENT }),
      run: (input, call) => send(undefined, input, call),
    });
  return defineChannelTool({
    ...words,
    input: z.strictObject({ channel: z.string(), ...CONTENT }),
    run: (input, call) => send(scope, input, call),
  });
}

async function send(scope: ChannelScope | undefined, input: Sending, { verbs }: Call) {
  const channel = checkedChannel(scope, input.channel);
  if (!channel.ok) return channel;
  const sent = await verbs.sendToChannel({
    channel: channel.value,
    sender: scope?.name ?? input.sender ?? '',
    content: input.content,
    message: objectIn(input.message),
    key: input.idempotency_key,
  });
  if (!sent.ok) return sent;
  const { message, deduplicated } = sent.value;
  const { id, number, sender, createdAt } = message;
  return ok({
    lines: [
      `✓ Sent to [${shownName(message.channel)}]`,
      `  id: ${id}`,
      `  seq: ${number}`,
      `  time: ${createdAt}`,
      ...(deduplicated ? ['  deduplicated: true'] : []),
    ],
    facts: { id, seq: number, channel: message.channel, sender, timestamp: createdAt, deduplicated },
  });
}

/** Some clients write an object as JSON text. */
function objectIn(message: unknown): unknown {
  if (typeof message !== 'string') return message ?? undefined;
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}
