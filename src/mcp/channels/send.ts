import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import type { Call, Tool } from '../define-tool.ts';
import { type ChannelScope, defineNamedTool } from './define-channel-tool.ts';

const input = z.strictObject({
  channel: z.string(),
  sender: z.string(),
  content: z.string().optional(),
  message: z.unknown().optional().describe('Envelope: schema_version 1, type, content, …'),
  idempotency_key: z.string().optional(),
});

export function sendTool(scope: ChannelScope | undefined): Tool {
  return defineNamedTool(scope, {
    name: 'bridge_send',
    title: 'Send a message',
    description: 'Send content or a message envelope. With the same idempotency_key a retry sends once.',
    hints: { readOnly: false, destructive: false, idempotent: false },
    who: 'sender',
    input,
    run: send,
  });
}

async function send({ idempotency_key: key, ...given }: z.output<typeof input>, { verbs }: Call) {
  const sent = await verbs.sendToChannel({
    channel: given.channel,
    sender: given.sender,
    content: given.content,
    message: objectIn(given.message),
    key,
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
