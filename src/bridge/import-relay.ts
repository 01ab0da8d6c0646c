/**
 * Takes the messages of another relay over, with their times and read marks. What is here already stays as it is, so doing
 * it again adds only what is new.
 */
import { timeOf } from '../project/foreign-time.ts';
import { otherClient, RELAY_CHANNEL } from '../project/relay.ts';
import { findChannelMessage, insertChannelMessage } from '../store/channels.ts';
import { markRead } from '../store/reads.ts';
import type { ForeignRelayMessage } from '../store/sqlite/relay-buffer-file.ts';
import { perform } from './importing.ts';
import type { Bridge } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';

export interface RelayImport {
  /** Messages in the file. */
  readonly messages: number;
  /** Of these, added now, or to be added. */
  readonly added: number;
  /** Of the added ones, those that their side has not read. */
  readonly unread: number;
}

/**
 * Imports what is not here, behind what is. Throws StoreError.
 *
 * @param isDry Only counts.
 */
export async function importRelay(
  bridge: Bridge,
  messages: readonly ForeignRelayMessage[],
  isDry: boolean,
): Promise<RelayImport> {
  return perform(bridge, isDry, async ({ trx, now }) => {
    let added = 0;
    let unread = 0;
    for (const foreign of messages) {
      const { sender, message, timestamp, readByDesktopAt, readByCodeAt } = foreign;
      // It has a number alone, which other files have too.
      const id = `relay-${hashOf(JSON.stringify([foreign.id, sender, message, timestamp]))}`;
      if (await findChannelMessage(trx, id)) continue;
      const side = sender.trim().toLowerCase() === 'desktop' ? 'desktop' : 'code';
      const { number } = await insertChannelMessage(trx, {
        id,
        channel: RELAY_CHANNEL,
        sender: side,
        content: message,
        dedupe_key: null,
        content_hash: null,
        created_at: timeOf(timestamp) ?? now,
        stored_at: now,
      });
      const read = { desktop: readByDesktopAt, code: readByCodeAt };
      const marks = (['desktop', 'code'] as const).flatMap((reader) =>
        read[reader] === null ? [] : [{ reader, number, readAt: timeOf(read[reader]) ?? now }],
      );
      await markRead(trx, marks);
      added += 1;
      if (read[otherClient(side)] === null) unread += 1;
    }
    return { messages: messages.length, added, unread };
  });
}
