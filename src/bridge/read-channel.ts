/** Reads a channel from a cursor on, in order, and waits for what comes next. Reading moves no reader. */
import { CHANNEL_LIMITS, type FieldProblem, nameProblem } from '../project/channel.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  type ChannelMessage,
  channelMessagesAfter,
  findChannelMessage,
  numberBeforeNewest,
} from '../store/channels.ts';
import type { Reader as Db } from '../store/database.ts';
import { findReader, type KnownReader } from '../store/readers.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { untilFound } from './until-found.ts';

/** From where to read: after a message, or after what a reader has acknowledged; the first counts. */
export interface ChannelReading {
  readonly channel: string;
  /** The id of a message; with `@N` behind it, the message itself counts again, from that character on. */
  readonly sinceId?: string | undefined;
  readonly reader?: string | undefined;
  readonly limit: number;
  /** Reads no more messages once their contents take this much. */
  readonly maxBytes: number;
}

export interface ChannelPart {
  /** In order. */
  readonly messages: readonly ChannelMessage[];
  /** The first message counts from this character on. */
  readonly offset: number;
  /** The id after which it was read; null: from the beginning, or the newest. */
  readonly after: string | null;
  /** The cursor names no message of this channel: it was cleared, or has aged out. Nothing is read then. */
  readonly isStale: boolean;
  /** There are more. */
  readonly hasMore: boolean;
  /** How many messages aged out before the reader has acknowledged them; 0 without a reader. */
  readonly dropped: number;
}

/** The newest messages where no cursor is given, otherwise the next ones. Throws StoreError. */
export async function readChannel(
  bridge: Bridge,
  reading: ChannelReading,
): Promise<Result<ChannelPart, FieldProblem>> {
  const problem = readingProblem(reading);
  return problem ? refuse(problem) : ok(await partOf(databaseOf(bridge).read, reading));
}

/** The next messages, as soon as there are any, and at the latest after `waitMs`. Needs a cursor. Throws StoreError. */
export async function waitForChannel(
  bridge: Bridge,
  reading: ChannelReading,
  wait: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Result<ChannelPart, FieldProblem>> {
  const problem = readingProblem(reading);
  if (problem) return refuse(problem);
  if (reading.sinceId === undefined && reading.reader === undefined)
    return refuse({
      field: 'since_id',
      code: 'required',
      message: 'bridge_wait requires since_id or consumer_id',
    });
  const read = () => partOf(databaseOf(bridge).read, reading);
  return ok(await untilFound(bridge, read, ({ messages, isStale }) => messages.length > 0 || isStale, wait));
}

function readingProblem({ channel, sinceId, reader }: ChannelReading): FieldProblem | undefined {
  return (
    nameProblem('channel', channel, CHANNEL_LIMITS.channel) ??
    (sinceId === undefined ? undefined : nameProblem('since_id', sinceId, CHANNEL_LIMITS.messageId)) ??
    (reader === undefined ? undefined : nameProblem('consumer_id', reader, CHANNEL_LIMITS.reader))
  );
}

interface Start {
  readonly number: number;
  readonly offset: number;
  readonly after: string | null;
}

async function partOf(db: Db, reading: ChannelReading): Promise<ChannelPart> {
  const { channel, reader, sinceId } = reading;
  const known = reader === undefined ? undefined : await findReader(db, reader, channel);
  const dropped = known?.dropped ?? 0;
  const start = await startOf(db, reading, known);
  if (start === undefined)
    return { messages: [], offset: 0, after: sinceId ?? null, isStale: true, hasMore: false, dropped };
  const { messages, hasMore } = await messagesFrom(db, reading, start.number);
  return { messages, offset: start.offset, after: start.after, isStale: false, hasMore, dropped };
}

async function startOf(
  db: Db,
  { channel, sinceId, reader, limit }: ChannelReading,
  known: KnownReader | undefined,
): Promise<Start | undefined> {
  if (sinceId !== undefined) {
    const [, id = sinceId, offset = '0'] = /^(.+)@(\d{1,9})$/.exec(sinceId) ?? [];
    const message = await findChannelMessage(db, id);
    if (message?.channel !== channel) return undefined;
    const from = Number(offset);
    return { number: from > 0 ? message.number - 1 : message.number, offset: from, after: id };
  }
  if (reader === undefined)
    return { number: await numberBeforeNewest(db, channel, limit), offset: 0, after: null };
  return { number: known?.number ?? 0, offset: 0, after: known?.messageId ?? null };
}

/** Contents can be large: so many rows are read at a time, and no more than are asked for. */
const BATCH = 20;

async function messagesFrom(
  db: Db,
  { channel, limit, maxBytes }: ChannelReading,
  number: number,
): Promise<{ messages: ChannelMessage[]; hasMore: boolean }> {
  const messages: ChannelMessage[] = [];
  let bytes = 0;
  let after = number;
  for (;;) {
    const wanted = Math.min(BATCH, limit + 1 - messages.length);
    const batch = await channelMessagesAfter(db, channel, after, wanted);
    for (const message of batch) {
      if (messages.length === limit || (bytes > maxBytes && messages.length > 0))
        return { messages, hasMore: true };
      messages.push(message);
      bytes += message.content.length;
      after = message.number;
    }
    if (batch.length < wanted) return { messages, hasMore: false };
  }
}
