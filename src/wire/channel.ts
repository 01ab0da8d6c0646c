/** Messages of channels as the API gives them: exactly as they were sent. */
import { readContent } from '../project/envelope.ts';
import { plural } from '../project/text.ts';
import type { WireAuditEvent, WireChannelMessage, WireListedMessage } from './schemas/channel-http.ts';

interface Message {
  readonly number: number;
  readonly id: string;
  readonly channel: string;
  readonly sender: string;
  readonly content: string;
  readonly createdAt: string;
}

const PREVIEW_CHARACTERS = 200;

/** @param isFull With its content instead of a preview. */
export function toListedMessage(sent: Message, isFull: boolean): WireListedMessage {
  const { number, id, sender, content, createdAt } = sent;
  const read = readContent(content);
  const head = {
    seq: number,
    id,
    ts: createdAt.slice(11, 19),
    ts_full: createdAt,
    sender,
    is_json: read.encoding !== 'legacy_text',
  };
  if (!isFull) {
    const isLong = content.length > PREVIEW_CHARACTERS;
    return { ...head, preview: isLong ? `${content.slice(0, PREVIEW_CHARACTERS).toWellFormed()}…` : content };
  }
  return {
    ...head,
    content,
    encoding: read.encoding,
    ...(read.message ? { message: { ...read.message } } : {}),
  };
}

export function toChannelMessage(sent: Message): WireChannelMessage {
  const { number, id, channel, sender, content, createdAt } = sent;
  const { encoding, message, warning } = readContent(content);
  return {
    ...{ seq: number, id, channel, sender, ts: createdAt },
    is_json: encoding !== 'legacy_text',
    content,
    content_parsed: encoding === 'legacy_text' ? null : JSON.parse(content),
    bytes: Buffer.byteLength(content),
    encoding,
    ...(message ? { message: { ...message } } : {}),
    ...(warning === undefined ? {} : { parse_warning: warning }),
  };
}

interface Clearing {
  readonly id: number;
  readonly at: string;
  readonly channel: string;
  readonly messages: number;
  readonly by: string;
}

export function toAuditEvent({ id, at, channel, messages, by }: Clearing): WireAuditEvent {
  const detail = `${plural(messages, 'message')}, by ${by}`;
  return { id, timestamp: at, event: 'channel_clear', channel, detail, ip: null };
}
