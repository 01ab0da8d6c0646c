/** Tries out who is notified, with words that are constant: nothing of any project is sent. */
import type { Bridge } from '../bridge/bridge.ts';
import { newNotificationId } from '../bridge/notification-ids.ts';
import { recordTest } from '../bridge/receivers.ts';
import type { ReceiverSettings } from '../config-notify.ts';
import type { Send } from '../notify/send.ts';
import type { Notice } from '../project/notice.ts';
import { ok, type Result, refuse } from '../result.ts';

export type { Send };

/** How a test went. */
export interface TestedReceiver {
  readonly receiver: ReceiverSettings;
  /** Null: it was sent. */
  readonly problem: string | null;
}

/**
 * Sends a test to the receiver of this name, or to all of them at a time. One that takes it is on again. Refuses a name
 * that none has. Throws StoreError.
 */
export async function testReceivers(
  bridge: Bridge,
  receivers: readonly ReceiverSettings[],
  name: string | undefined,
  send: Send,
  signal: AbortSignal,
): Promise<Result<TestedReceiver[]>> {
  const asked = receivers.filter((receiver) => name === undefined || receiver.name === name);
  if (asked.length === 0) return refuse(whyNone(receivers));
  const tested = await Promise.all(
    asked.map(async (receiver): Promise<TestedReceiver> => {
      const sent = await send(receiver, testNotice(bridge.clock.now()), signal);
      if (sent.kind === 'sent') return { receiver, problem: null };
      return { receiver, problem: sent.kind === 'stopped' ? 'it was interrupted' : sent.problem };
    }),
  );
  for (const { receiver, problem } of tested) if (problem === null) await recordTest(bridge, receiver.name);
  return ok(tested);
}

function whyNone(receivers: readonly ReceiverSettings[]): string {
  if (receivers.length === 0) return "nobody is notified: config.json has no 'notify'.";
  return `there is no receiver of this name; there are: ${receivers.map(({ name }) => name).join(', ')}.`;
}

function testNotice(now: Date): Notice {
  return {
    id: newNotificationId(),
    kind: 'test',
    of: null,
    tag: 'test',
    eventId: null,
    at: now.toISOString(),
    project: null,
    request: null,
    message: null,
    hold: null,
    measured: null,
    summary: '',
    decision: null,
    digest: null,
    replaces: null,
  };
}
