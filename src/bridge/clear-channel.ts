/** Deletes what was said in one channel, and with it the keys of its messages and the positions of its readers. */
import { CHANNEL_LIMITS, type FieldProblem, nameProblem } from '../project/channel.ts';
import { ok, type Result, refuse } from '../result.ts';
import { deleteChannel } from '../store/channels.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { deleteReadersOf } from '../store/readers.ts';
import type { Actor } from './bridge.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** Clears a channel. Returns how many messages it had; an empty one has none, and nothing is recorded. */
export async function clearChannel(
  bridge: Bridge,
  channel: string,
  actor: Actor,
): Promise<Result<number, FieldProblem>> {
  const problem = nameProblem('channel', channel, CHANNEL_LIMITS.channel);
  if (problem) return refuse(problem);
  return databaseOf(bridge).write<Result<number, FieldProblem>>(async ({ trx, now }) => {
    const messages = await deleteChannel(trx, channel);
    await deleteReadersOf(trx, channel);
    if (messages > 0)
      await appendGlobalEvent(trx, { type: 'channel.cleared', data: { channel, messages } }, actor, now);
    return ok(messages);
  });
}
