/** A reader says up to which message it has done with a channel: forward only, and it survives every restart. */

import { isDeeperThan } from '../json-depth.ts';
import { canonicalJson } from '../project/canonical-json.ts';
import { CHANNEL_LIMITS, type FieldProblem, nameProblem } from '../project/channel.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findChannelMessage } from '../store/channels.ts';
import { findReader, putReader, type ReaderPosition } from '../store/readers.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export interface Acknowledgement {
  readonly channel: string;
  readonly reader: string;
  readonly messageId: string;
  /** What the reader notes for itself. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface Acknowledged {
  readonly position: ReaderPosition;
  /** False: the reader was there already, or further. */
  readonly advanced: boolean;
  /** How many messages aged out before the reader has acknowledged them; moving forward takes note of that. */
  readonly dropped: number;
}

/** Moves a reader forward to a message of the channel. Throws StoreError. */
export async function acknowledgeMessage(
  bridge: Bridge,
  { channel, reader, messageId, metadata = {} }: Acknowledgement,
): Promise<Result<Acknowledged, FieldProblem>> {
  const problem =
    nameProblem('channel', channel, CHANNEL_LIMITS.channel) ??
    nameProblem('consumer_id', reader, CHANNEL_LIMITS.reader) ??
    nameProblem('message_id', messageId, CHANNEL_LIMITS.messageId) ??
    metadataProblem(metadata);
  if (problem) return refuse(problem);
  return databaseOf(bridge).write<Result<Acknowledged, FieldProblem>>(async ({ trx, now }) => {
    const message = await findChannelMessage(trx, messageId);
    if (message?.channel !== channel) return refuse(NOT_FOUND);
    const before = await findReader(trx, reader, channel);
    const dropped = before?.dropped ?? 0;
    if (before && before.number >= message.number) return ok({ position: before, advanced: false, dropped });
    const position = { reader, channel, number: message.number, messageId, metadata, updatedAt: now };
    await putReader(trx, position);
    return ok({ position, advanced: true, dropped });
  });
}

const NOT_FOUND: FieldProblem = {
  field: 'message_id',
  code: 'not_found',
  message: 'does not exist in this channel',
};

const MAX_DEPTH = 16;

function metadataProblem(metadata: object): FieldProblem | undefined {
  const field = 'metadata';
  if (isDeeperThan(metadata, MAX_DEPTH))
    return { field, code: 'too_deep', message: `must not be nested deeper than ${MAX_DEPTH}` };
  if (Buffer.byteLength(canonicalJson(metadata)) > CHANNEL_LIMITS.metadataBytes)
    return { field, code: 'too_large', message: `exceeds ${CHANNEL_LIMITS.metadataBytes} bytes` };
  return undefined;
}
