import * as z from 'zod';
import { plural } from '../../project/text.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import type { RelayScope } from './scope.ts';

export function clearTool({ client }: RelayScope): Tool {
  return defineTool({
    name: 'relay_clear',
    title: 'Clear the relay',
    description: 'Delete all messages. Only when the person asks for it.',
    hints: { readOnly: false, destructive: true, idempotent: true },
    input: z.strictObject({}),
    async run(_, { verbs }) {
      const { deleted, unread } = await verbs.clearRelay(client);
      const text = `Deleted ${plural(deleted, 'message')}, ${unread} of them unread.`;
      return { ok: true, text, facts: { ok: true, deleted, unread } };
    },
  });
}
