import * as z from 'zod';
import { RELAY_LIMITS } from '../../project/relay.ts';
import { plural } from '../../project/text.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import type { Verbs } from '../verbs.ts';
import { fittingRelay, RELAY_NOTE, relayLines, shownToEnd } from './records.ts';
import type { RelayScope } from './scope.ts';

const DEFAULT_LIMIT = 5;

export function fetchTool({ client, isHeld }: RelayScope): Tool {
  return defineTool({
    name: 'relay_fetch',
    title: 'Fetch messages',
    description: `"Check the relay", "get": with reader ${client}, the oldest unread messages (5), then read; unread_only false: the newest. No reader: all, none marked.`,
    hints: { readOnly: false, destructive: false, idempotent: false },
    input: z.strictObject({
      limit: z.number().optional(),
      reader: z.literal(client).optional(),
      unread_only: z.boolean().optional(),
      from: z.string().optional(),
    }),
    async run({ limit = DEFAULT_LIMIT, reader, unread_only: unreadOnly = true, from }, { verbs }) {
      const start = from === undefined ? undefined : /^(\d{1,15})(?:@(\d{1,9}))?$/.exec(from);
      if (start === null)
        return { ok: false, refusal: 'from must be as an answer gives it, such as 12@9000.', plain: true };
      const offset = Number(start?.[2] ?? 0);
      const fetched = await verbs.fetchFromRelay(
        {
          reader,
          client,
          isHeld,
          unreadOnly,
          limit: Math.trunc(Math.min(Math.max(limit, 1), RELAY_LIMITS.fetchedMessages)),
          number: start === undefined ? undefined : Number(start[1]),
        },
        (messages) => shownToEnd(fittingRelay(messages, offset)),
      );
      const messages = fittingRelay(fetched.messages, offset);
      const lines = [
        messages.length === 0 ? 'No messages.' : `${plural(messages.length, 'message')}, oldest first:`,
        '',
        ...messages.flatMap(relayLines),
        ...waitingLines(fetched, client),
        ...(messages.length === 0 ? [] : [RELAY_NOTE]),
      ];
      const { waiting, held } = fetched;
      const note = messages.length === 0 ? {} : { note: RELAY_NOTE };
      return { ok: true, text: lines.join('\n').trimEnd(), facts: { messages, waiting, held, ...note } };
    },
  });
}

type Fetched = Awaited<ReturnType<Verbs['fetchFromRelay']>>;

function waitingLines({ waiting, held }: Fetched, client: string): string[] {
  return [
    ...(waiting > 0 ? [`${waiting} unread: call again with reader ${client}.`] : []),
    ...(held > 0
      ? [`${held} held until the person lets them through: bridge-supervisor relay get --to ${client}`]
      : []),
  ];
}
