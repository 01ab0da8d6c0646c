import * as z from 'zod';
import { otherClient, RELAY_CLIENTS, RELAY_NAMES } from '../../project/relay.ts';
import { cleanLine } from '../../project/text.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import type { RelayScope } from './scope.ts';

export function sendTool({ client, runId }: RelayScope): Tool {
  const other = RELAY_NAMES[otherClient(client)];
  return defineTool({
    name: 'relay_send',
    title: `Send ${other} a message`,
    description: `"Ask ${other}", "tell ${other}": send it a message, 64 KB at most.`,
    hints: { readOnly: false, destructive: false, idempotent: false },
    input: z.strictObject({
      message: z.string(),
      sender: z.string().optional(),
      idempotency_key: z.string().max(256).optional(),
    }),
    async run({ message, sender, idempotency_key: key }, { verbs }) {
      const claimed = sender === undefined ? undefined : senderProblem(sender, client);
      if (claimed !== undefined) return { ok: false, refusal: claimed, plain: true };
      const sent = await verbs.sendToRelay({ sender: client, runId, message, key });
      if (!sent.ok) return { ok: false, refusal: sent.refusal, plain: true };
      const { number: id, deduplicated, waiting } = sent.value;
      const lines = [
        deduplicated ? `Already sent to ${other} (id ${id}).` : `Sent to ${other} (id ${id}).`,
        `${waiting} unread there; it is read when ${other} fetches it.`,
      ];
      return { ok: true, text: lines.join('\n'), facts: { ok: true, id, deduplicated, waiting } };
    },
  });
}

/** Who sends is known already; a sender that says something else is a mistake. */
function senderProblem(sender: string, client: string): string | undefined {
  if (sender === client) return undefined;
  return RELAY_CLIENTS.some((known) => known === sender)
    ? `This server speaks for '${client}': leave the sender out.`
    : `Invalid sender '${cleanLine(sender).slice(0, 64)}'. Must be 'desktop' or 'code'.`;
}
