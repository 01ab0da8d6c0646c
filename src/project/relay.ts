/**
 * The relay between Claude Desktop and Claude Code: who the two are, what fits into it, and what is wrong with a message.
 * It is one channel under a name that no tool of channels takes, so that its rules are kept by nobody else.
 */

export const RELAY_CLIENTS = ['desktop', 'code'] as const;

export type RelayClient = (typeof RELAY_CLIENTS)[number];

/** Names with spaces around them are refused wherever a channel is named. */
export const RELAY_CHANNEL = ' relay';

export const RELAY_LIMITS = {
  /** Of one message, in UTF-8. */
  messageBytes: 65_536,
  /** So many are kept, the newest; beyond that, those alone that nobody has read yet. */
  windowMessages: 20,
  /** So many may wait unread for one side. */
  unreadMessages: 100,
  /** So many come with one call. */
  fetchedMessages: 20,
} as const;

/** Who reads what this one sends. */
export function otherClient(client: RelayClient): RelayClient {
  return client === 'desktop' ? 'code' : 'desktop';
}

/** How each is called in a sentence. */
export const RELAY_NAMES: Readonly<Record<RelayClient, string>> = { desktop: 'Desktop', code: 'Code' };

/** Under which name a message is kept; that of a run says which. */
export function relaySender(client: RelayClient, runId: string | undefined): string {
  return runId === undefined ? client : `${client}:${runId}`;
}

/** Which side, and which of its runs, has sent under a name. */
export function relaySide(sender: string): { readonly client: RelayClient; readonly runId: string | null } {
  const [side = '', runId = null] = sender.split(':');
  return { client: side === 'desktop' ? 'desktop' : 'code', runId };
}

/** What is wrong with a message to send, in a sentence; undefined: nothing. */
export function relayMessageProblem(message: string): string | undefined {
  if (message.trim() === '') return 'The message must not be empty.';
  if (message.includes('\u0000')) return 'The message must not contain NUL characters.';
  const bytes = Buffer.byteLength(message);
  if (bytes > RELAY_LIMITS.messageBytes)
    return `Message size (${bytes} bytes) exceeds ${RELAY_LIMITS.messageBytes} byte limit.`;
  return undefined;
}
