/**
 * Takes the messages of another program over, with their ids, keys, times and order, and how far its readers have come. What
 * is here already stays as it is, so doing it again adds only what is new.
 */

import { cut } from '../characters.ts';
import { CHANNEL_LIMITS, nameProblem } from '../project/channel.ts';
import { timeOf } from '../project/foreign-time.ts';
import { isObject } from '../project/json-object.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  channelTotals,
  findChannelMessage,
  findChannelMessageByKey,
  insertChannelMessage,
} from '../store/channels.ts';
import type { Writer, Writing } from '../store/database.ts';
import { findReader, putReader } from '../store/readers.ts';
import type { ClaudeBridgeFile, ForeignMessage, ForeignReader } from '../store/sqlite/claude-bridge-file.ts';
import { perform } from './importing.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';
import type { ChannelLimits } from './tidy-channels.ts';

export interface ChannelImport {
  /** Messages in the file. */
  readonly messages: number;
  /** Of these, added now, or to be added. */
  readonly added: number;
  /** Channels that the added ones belong to. */
  readonly channels: number;
  /** Of the added ones, those whose channel or sender has a name that no tool takes: they are here under a cleaned one. */
  readonly renamed: number;
  /** Of the added ones, those whose key another message has here: they are here without it. */
  readonly withoutKey: number;
  /** Readers that were moved forward. */
  readonly readers: number;
}

/** So many messages a transaction. */
const BATCH = 500;

/**
 * Imports what is not here. Refused where the limits would delete what was just imported. Throws StoreError.
 *
 * @param isDry Only counts.
 */
export async function importChannels(
  bridge: Bridge,
  file: ClaudeBridgeFile,
  limits: ChannelLimits,
  isDry: boolean,
): Promise<Result<ChannelImport>> {
  const problem = await limitProblem(bridge, file, limits);
  if (problem !== undefined) return refuse(problem);
  const channels = new Set<string>();
  const sums = { added: 0, renamed: 0, withoutKey: 0 };
  for (let after = 0; ; ) {
    const batch = file.messagesAfter(after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.seq;
    const done = await perform(bridge, isDry, (writing) => importMessages(writing, batch));
    for (const channel of done.channels) channels.add(channel);
    sums.added += done.added;
    sums.renamed += done.renamed;
    sums.withoutKey += done.withoutKey;
  }
  const readers = isDry
    ? file.readers().length
    : await perform(bridge, false, (writing) => importReaders(writing, file.readers()));
  return ok({ messages: file.totals.messages, ...sums, channels: channels.size, readers });
}

/** Nothing that is imported may go at the next tidying. */
async function limitProblem(
  bridge: Bridge,
  { totals }: ClaudeBridgeFile,
  { keepMessages, keepMb }: ChannelLimits,
): Promise<string | undefined> {
  const here = await channelTotals(databaseOf(bridge).read);
  if (keepMessages > 0 && here.messages + totals.messages > keepMessages)
    return `the file has ${totals.messages} messages, and only ${keepMessages} are kept in all: first set channels.keep_messages in config.json higher, or to 0 for no limit.`;
  const mb = Math.ceil((here.bytes + totals.bytes) / 1e6);
  if (keepMb > 0 && mb > keepMb)
    return `with the messages of the file there are ${mb} MB, and only ${keepMb} are kept: first set channels.keep_mb in config.json higher, or to 0 for no limit.`;
  return undefined;
}

async function importMessages({ trx, now }: Writing, batch: readonly ForeignMessage[]) {
  const done = { added: 0, renamed: 0, withoutKey: 0, channels: new Set<string>() };
  for (const message of batch) {
    if (await findChannelMessage(trx, message.id)) continue;
    const channel = takenName('channel', message.channel, CHANNEL_LIMITS.channel);
    const sender = takenName('sender', message.sender, CHANNEL_LIMITS.sender);
    const key = await freeKey(trx, channel, sender, message.key);
    await insertChannelMessage(trx, {
      id: message.id,
      channel,
      sender,
      content: message.content,
      dedupe_key: key,
      content_hash: key === null ? null : hashOf(message.content),
      created_at: timeOf(message.timestamp) ?? now,
      stored_at: now,
    });
    done.added += 1;
    done.channels.add(channel);
    if (channel !== message.channel || sender !== message.sender) done.renamed += 1;
    if (key !== message.key) done.withoutKey += 1;
  }
  return done;
}

/** Moves readers forward to where they were there, and none back. */
async function importReaders({ trx, now }: Writing, readers: readonly ForeignReader[]): Promise<number> {
  let moved = 0;
  for (const { reader, channel: foreign, messageId, metadata } of readers) {
    const message = messageId === null ? undefined : await findChannelMessage(trx, messageId);
    if (!message) continue;
    const channel = takenName('channel', foreign, CHANNEL_LIMITS.channel);
    const name = takenName('consumer_id', reader, CHANNEL_LIMITS.reader);
    const before = await findReader(trx, name, channel);
    if (before && before.number >= message.number) continue;
    await putReader(trx, {
      reader: name,
      channel,
      number: message.number,
      messageId: message.id,
      metadata: objectIn(metadata),
      updatedAt: now,
    });
    moved += 1;
  }
  return moved;
}

/** The name itself, or what is left of it that tools take. */
function takenName(field: string, name: string, max: number): string {
  if (nameProblem(field, name, max) === undefined) return name;
  return cut(cleanLine(name), max).trim() || 'imported';
}

async function freeKey(
  trx: Writer,
  channel: string,
  sender: string,
  key: string | null,
): Promise<string | null> {
  if (key === null) return null;
  return (await findChannelMessageByKey(trx, channel, sender, key)) ? null : key;
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
