/** A message that somebody sends into a channel: kept once, however often it is sent under one key. */
import { hash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../project/canonical-json.ts';
import { CHANNEL_LIMITS, contentProblem, type FieldProblem, nameProblem } from '../project/channel.ts';
import { parseEnvelope } from '../project/envelope.ts';
import { usedKey } from '../project/used-key.ts';
import { ok, type Result, refuse } from '../result.ts';
import { type ChannelMessage, findChannelMessageByKey, insertChannelMessage } from '../store/channels.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** What is sent: a text, or a structured message, of which exactly one is given. */
export interface MessageToSend {
  readonly channel: string;
  readonly sender: string;
  readonly content?: string | undefined;
  readonly message?: unknown;
  /** A repetition under the same key changes nothing; without one, that of the structured message counts. */
  readonly key?: string | undefined;
}

export interface SentMessage {
  readonly message: ChannelMessage;
  /** It was sent before under this key: nothing was changed now. */
  readonly deduplicated: boolean;
}

/** Sends a message. It is on disk when this returns. Throws StoreError. */
export async function sendToChannel(
  bridge: Bridge,
  sent: MessageToSend,
): Promise<Result<SentMessage, FieldProblem>> {
  const { channel, sender } = sent;
  const read = contentOf(sent);
  if (!read.ok) return read;
  const { content, key } = read.value;
  const problem =
    nameProblem('channel', channel, CHANNEL_LIMITS.channel) ??
    nameProblem('sender', sender, CHANNEL_LIMITS.sender) ??
    (key === undefined ? undefined : nameProblem('idempotency_key', key, CHANNEL_LIMITS.key));
  if (problem) return refuse(problem);
  const id = randomUUID();
  const contentHash = hashOf(content);
  return databaseOf(bridge).write<Result<SentMessage, FieldProblem>>(async ({ trx, now }) => {
    const earlier = key === undefined ? undefined : await findChannelMessageByKey(trx, channel, sender, key);
    if (earlier)
      return earlier.contentHash === contentHash
        ? ok({ message: earlier.message, deduplicated: true })
        : refuse(usedKey('message'));
    const message = await insertChannelMessage(trx, {
      id,
      channel,
      sender,
      content,
      dedupe_key: key ?? null,
      content_hash: key === undefined ? null : contentHash,
      created_at: now,
      stored_at: now,
    });
    return ok({ message, deduplicated: false });
  });
}

/** Of a content, to know it again, in hex. */
export function hashOf(content: string): string {
  return hash('sha256', content);
}

interface Sendable {
  readonly content: string;
  readonly key: string | undefined;
}

function contentOf({ content, message, key }: MessageToSend): Result<Sendable, FieldProblem> {
  if ((content === undefined) === (message === undefined))
    return refuse({
      field: 'content',
      code: 'required',
      message: 'provide exactly one of content or message',
    });
  if (content !== undefined) {
    const problem = contentProblem(content);
    // Half a character cannot be kept, and would make another text of it.
    return problem ? refuse(problem) : ok({ content: content.toWellFormed(), key });
  }
  const envelope = parseEnvelope(message);
  if (!envelope.ok) return envelope;
  const text = canonicalJson(envelope.value).toWellFormed();
  return ok({ content: text, key: key ?? envelope.value.dedupe_key });
}
