/**
 * Keeps channels from growing for ever. Whoever uses them does it, now and then: no supervisor is needed. What ages out is
 * said: a cursor that points to it is stale, and a consumer that has not acknowledged it is told how many it has missed.
 */
import {
  channelTotals,
  deleteChannelMessages,
  messagesBefore,
  oldestMessages,
  type PlacedMessage,
} from '../store/channels.ts';
import type { Writer } from '../store/database.ts';
import { countDropped, deleteIdleReaders } from '../store/readers.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** What is kept; 0: without this limit. */
export interface ChannelLimits {
  readonly keepDays: number;
  readonly keepMessages: number;
  readonly keepMb: number;
}

/** How many messages one transaction deletes: others wait for it. */
const BATCH = 500;
const DAY_MS = 86_400_000;

/** Deletes what is beyond the limits, oldest first. Returns how many messages. Throws StoreError. */
export async function tidyChannels(bridge: Bridge, limits: ChannelLimits): Promise<number> {
  const old = limits.keepDays > 0 ? await deleteOld(bridge, limits.keepDays) : 0;
  return old + (await deleteBeyond(bridge, limits));
}

async function deleteOld(bridge: Bridge, keepDays: number): Promise<number> {
  const before = new Date(bridge.clock.now().getTime() - keepDays * DAY_MS).toISOString();
  let deleted = 0;
  for (;;) {
    const batch = await drop(bridge, (trx) => messagesBefore(trx, before, BATCH));
    deleted += batch;
    if (batch < BATCH) break;
  }
  await databaseOf(bridge).write(({ trx }) => deleteIdleReaders(trx, before));
  return deleted;
}

async function deleteBeyond(bridge: Bridge, { keepMessages, keepMb }: ChannelLimits): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { messages, bytes } = await channelTotals(databaseOf(bridge).read);
    const tooMany = keepMessages > 0 ? messages - keepMessages : 0;
    // Messages differ in size: as many as on average take what is too much, then another look.
    const tooLarge = keepMb > 0 ? Math.ceil((bytes - keepMb * 1e6) / Math.max(1, bytes / messages)) : 0;
    const batch = Math.min(BATCH, Math.max(tooMany, tooLarge));
    if (messages === 0 || batch <= 0) return deleted;
    deleted += await drop(bridge, (trx) => oldestMessages(trx, batch));
  }
}

/** Deletes what is found, and counts it for those who have not acknowledged it, in one transaction. Returns how many. */
async function drop(bridge: Bridge, find: (trx: Writer) => Promise<PlacedMessage[]>): Promise<number> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const messages = await find(trx);
    await countDropped(trx, messages, now);
    await deleteChannelMessages(
      trx,
      messages.map(({ number }) => number),
    );
    return messages.length;
  });
}
