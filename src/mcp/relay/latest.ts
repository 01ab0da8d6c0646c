import { withoutHidden } from '../../characters.ts';
import { RELAY_NAMES } from '../../project/relay.ts';
import { cut, ROOM_BYTES } from '../fit.ts';
import type { Resource } from '../toolset.ts';
import { RELAY_NOTE } from './records.ts';
import type { RelayScope } from './scope.ts';

const SHOWN = 10;
const MESSAGE_BYTES = ROOM_BYTES / SHOWN;

/** The last messages of both sides, to look at: nothing is marked as read. */
export function latestMessages({ client, isHeld }: RelayScope): Resource {
  return {
    uri: 'messages://latest',
    name: 'Latest relay messages',
    description: `The last ${SHOWN} messages between Claude Desktop and Claude Code. Reading marks none as read.`,
    async read(verbs) {
      const looking = { client, isHeld, limit: SHOWN, unreadOnly: false };
      const { messages } = await verbs.fetchFromRelay(looking, () => []);
      if (messages.length === 0) return 'No messages in relay buffer.';
      const shown = messages.map(
        ({ sender, content }, index) => `${index + 1}. [${RELAY_NAMES[sender]}]: ${inset(content)}`,
      );
      return [...shown, RELAY_NOTE].join('\n\n');
    },
  };
}

/** Its further lines are quoted: none of them can look like the next message. */
function inset(content: string): string {
  const { text, left } = cut(withoutHidden(content), MESSAGE_BYTES);
  return `${text}${left > 0 ? `… (${left} more characters)` : ''}`.replaceAll(
    /\r\n?|[\n\v\f\u0085\u2028\u2029]/g,
    '\n> ',
  );
}
