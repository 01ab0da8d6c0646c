/**
 * The relay: messages between Claude Desktop and Claude Code, each read once by the other side. Its promise: a message that
 * nobody has read yet is deleted only by somebody who is told so.
 */
import { randomUUID } from 'node:crypto';
import {
  otherClient,
  RELAY_CHANNEL,
  RELAY_LIMITS,
  RELAY_NAMES,
  type RelayClient,
  relayMessageProblem,
  relaySender,
  relaySide,
} from '../project/relay.ts';
import { usedKeyText } from '../project/used-key.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  channelHeads,
  channelMessagesOf,
  deleteChannel,
  deleteChannelMessages,
  findChannelMessageByKey,
  insertChannelMessage,
} from '../store/channels.ts';
import type { Reader as Db, Writer } from '../store/database.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { markRead, readMarks } from '../store/reads.ts';
import type { Actor } from './bridge.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';

/** What is known of a message without its text. */
interface RelayHead {
  /** Gives the order, and is its id. */
  readonly number: number;
  readonly sender: RelayClient;
  /** The run that sent it; null: a person's own session. */
  readonly runId: string | null;
  /** When each side has read it; null: not yet. */
  readonly readAt: Readonly<Record<RelayClient, string | null>>;
  /** The person has let it through. */
  readonly isReleased: boolean;
}

export interface RelayMessage extends RelayHead {
  readonly content: string;
  readonly createdAt: string;
}

export interface RelaySending {
  readonly sender: RelayClient;
  readonly runId?: string | undefined;
  readonly message: string;
  /** A repetition under the same key sends nothing more. */
  readonly key?: string | undefined;
}

export interface RelaySent {
  readonly number: number;
  /** It was sent before under this key. */
  readonly deduplicated: boolean;
  /** How many wait unread for the other side, with this one. */
  readonly waiting: number;
}

/** Sends a message to the other side. Beyond the window, the oldest that were read go. Throws StoreError. */
export async function sendToRelay(bridge: Bridge, sent: RelaySending): Promise<Result<RelaySent>> {
  const problem = relayMessageProblem(sent.message);
  if (problem !== undefined) return refuse(problem);
  const sender = relaySender(sent.sender, sent.runId);
  const reader = otherClient(sent.sender);
  // Half a character cannot be kept, and would make another text of it.
  const content = sent.message.toWellFormed();
  const key = sent.key ?? null;
  const hash = key === null ? null : hashOf(content);
  const id = randomUUID();
  return databaseOf(bridge).write<Result<RelaySent>>(async ({ trx, now }) => {
    const waiting = unreadBy(reader, await relayHeads(trx)).length;
    const earlier = key === null ? undefined : await findChannelMessageByKey(trx, RELAY_CHANNEL, sender, key);
    if (earlier)
      return earlier.contentHash === hash
        ? ok({ number: earlier.message.number, deduplicated: true, waiting })
        : refuse(usedKeyText('message'));
    if (waiting >= RELAY_LIMITS.unreadMessages) return refuse(fullMessage(reader, waiting));
    const row = { id, channel: RELAY_CHANNEL, sender, content, dedupe_key: key, content_hash: hash };
    const { number } = await insertChannelMessage(trx, { ...row, created_at: now, stored_at: now });
    await deleteBeyondWindow(trx);
    return ok({ number, deduplicated: false, waiting: waiting + 1 });
  });
}

function fullMessage(reader: RelayClient, waiting: number): string {
  const name = RELAY_NAMES[reader];
  return `${waiting} messages wait unread for ${name}, and no more fit: nothing was sent. Let ${name} fetch them first, or clear the relay.`;
}

/** Messages that were read go, the oldest first, until the window holds the rest or only unread ones are left. */
export async function deleteBeyondWindow(trx: Writer): Promise<void> {
  const heads = await relayHeads(trx);
  const tooMany = heads.length - RELAY_LIMITS.windowMessages;
  if (tooMany <= 0) return;
  const read = heads.filter(({ sender, readAt }) => readAt[otherClient(sender)] !== null);
  await deleteChannelMessages(
    trx,
    read.slice(0, tooMany).map(({ number }) => number),
  );
}

export interface RelayFetching {
  /** Who reads; undefined looks at everything, and marks nothing. */
  readonly reader?: RelayClient | undefined;
  readonly limit: number;
  /** What the reader has not read, the oldest first; otherwise the newest. */
  readonly unreadOnly: boolean;
  /** Who looks, whose own messages need no release. */
  readonly client: RelayClient;
  /** Only what the person has let through. */
  readonly isHeld: boolean;
  /** This message alone. */
  readonly number?: number | undefined;
}

export interface RelayFetched {
  /** In order, with the marks from before. */
  readonly messages: readonly RelayMessage[];
  /** How many more wait unread for whoever looks, and may be fetched. */
  readonly waiting: number;
  /** How many more wait for the person to let them through. */
  readonly held: number;
}

/**
 * Reads messages, and marks as read those that are shown whole. Throws StoreError.
 *
 * @param shownWhole The numbers of the messages that an answer shows to their end.
 */
export async function fetchFromRelay(
  bridge: Bridge,
  fetching: RelayFetching,
  shownWhole: (messages: readonly RelayMessage[]) => readonly number[],
): Promise<RelayFetched> {
  const { reader, client } = fetching;
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const heads = await relayHeads(trx);
    const messages = await withContents(trx, chosen(heads, fetching));
    const numbers = reader === undefined ? [] : shownWhole(messages);
    if (reader !== undefined)
      await markRead(
        trx,
        numbers.map((number) => ({ reader, number, readAt: now })),
      );
    const left = unreadBy(client, heads).filter(({ number }) => !numbers.includes(number));
    const isHeld = (head: RelayHead) => !isVisible(head, fetching);
    return {
      messages,
      waiting: left.filter((head) => !isHeld(head)).length,
      held: left.filter(isHeld).length,
    };
  });
}

function chosen(heads: readonly RelayHead[], fetching: RelayFetching): RelayHead[] {
  const { reader, limit, unreadOnly, number } = fetching;
  const visible = heads.filter((head) => isVisible(head, fetching));
  if (number !== undefined) return visible.filter((head) => head.number === number);
  if (reader === undefined) return visible.slice(-limit);
  return unreadOnly
    ? unreadBy(reader, visible).slice(0, limit)
    : visible.filter(({ sender }) => sender !== reader).slice(-limit);
}

function isVisible({ sender, isReleased }: RelayHead, { isHeld, client }: RelayFetching): boolean {
  return !isHeld || isReleased || sender === client;
}

function unreadBy<Head extends RelayHead>(reader: RelayClient, heads: readonly Head[]): Head[] {
  return heads.filter(({ sender, readAt }) => sender !== reader && readAt[reader] === null);
}

/** The person as a reader: what was shown to them is let through. */
const PERSON = 'person';

export interface RelayRelease {
  readonly messages: readonly RelayMessage[];
  /** How many more wait for the person. */
  readonly left: number;
  /** How many were let through before and are not fetched yet. */
  readonly passed: number;
}

/** Shows the person the oldest messages that one side has not read, and lets them through to it. Throws StoreError. */
export async function releaseFromRelay(
  bridge: Bridge,
  to: RelayClient,
  limit: number,
): Promise<RelayRelease> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const unread = unreadBy(to, await relayHeads(trx));
    const waiting = unread.filter(({ isReleased }) => !isReleased);
    const messages = await withContents(trx, waiting.slice(0, limit));
    await markRead(
      trx,
      messages.map(({ number }) => ({ reader: PERSON, number, readAt: now })),
    );
    return { messages, left: waiting.length - messages.length, passed: unread.length - waiting.length };
  });
}

/** How many messages there are, and how many of them each side has not read. Throws StoreError. */
export async function relayCounts(
  bridge: Bridge,
): Promise<{ readonly messages: number; readonly unread: Readonly<Record<RelayClient, number>> }> {
  return countsOf(await relayHeads(databaseOf(bridge).read));
}

function countsOf(heads: readonly RelayHead[]) {
  const unread = { desktop: unreadBy('desktop', heads).length, code: unreadBy('code', heads).length };
  return { messages: heads.length, unread };
}

/** Deletes all messages. Returns how many there were, and how many nobody had read. Throws StoreError. */
export async function clearRelay(
  bridge: Bridge,
  actor: Actor,
): Promise<{ readonly deleted: number; readonly unread: number }> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const { unread } = countsOf(await relayHeads(trx));
    const deleted = await deleteChannel(trx, RELAY_CHANNEL);
    const data = { channel: RELAY_CHANNEL, messages: deleted };
    if (deleted > 0) await appendGlobalEvent(trx, { type: 'channel.cleared', data }, actor, now);
    return { deleted, unread: unread.desktop + unread.code };
  });
}

async function relayHeads(db: Db): Promise<RelayHead[]> {
  const marks = Map.groupBy(await readMarks(db, RELAY_CHANNEL), ({ number }) => number);
  return (await channelHeads(db, RELAY_CHANNEL)).map(({ number, sender }) => {
    const { client, runId } = relaySide(sender);
    const at = (reader: string) => marks.get(number)?.find((mark) => mark.reader === reader)?.readAt ?? null;
    const readAt = { desktop: at('desktop'), code: at('code') };
    return { number, sender: client, runId, readAt, isReleased: at(PERSON) !== null };
  });
}

async function withContents(db: Db, heads: readonly RelayHead[]): Promise<RelayMessage[]> {
  const rows = await channelMessagesOf(
    db,
    heads.map(({ number }) => number),
  );
  const byNumber = new Map(heads.map((head) => [head.number, head]));
  return rows.flatMap(({ number, content, createdAt }) => {
    const head = byNumber.get(number);
    return head ? [{ ...head, content, createdAt }] : [];
  });
}
