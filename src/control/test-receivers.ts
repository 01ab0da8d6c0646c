/** Tries out who is notified, with words that are constant: nothing of any project is sent. */
import type { Bridge } from '../bridge/bridge.ts';
import { newNotificationId } from '../bridge/notification-ids.ts';
import { dropPushDevice } from '../bridge/push-devices.ts';
import { recordTest } from '../bridge/receivers.ts';
import type { ReceiverSettings } from '../config-notify.ts';
import type { Target } from '../config-targets.ts';
import type { Send } from '../notify/send.ts';
import type { Notice } from '../project/notice.ts';
import { ok, type Result, refuse } from '../result.ts';
import { presentTargets } from './present-targets.ts';

export type { Send };

/** How a test went. */
export interface TestedReceiver {
  readonly receiver: Pick<ReceiverSettings, 'name' | 'via'>;
  /** Null: it was sent. */
  readonly problem: string | null;
}

/**
 * Sends a test to the receiver or the device of this name, or to all of them at a time. One that takes it is on again; a
 * device that is gone is forgotten. Refuses a name that none has. Throws StoreError.
 */
export async function testReceivers(
  bridge: Bridge,
  receivers: readonly ReceiverSettings[],
  name: string | undefined,
  send: Send,
  signal: AbortSignal,
): Promise<Result<TestedReceiver[]>> {
  const present = await presentTargets(bridge, receivers);
  const named = present.filter(
    ({ receiver, target }) => name === undefined || receiver.name === name || target?.name === name,
  );
  if (named.length === 0) return refuse(whyNone(present.map(({ receiver, target }) => target ?? receiver)));
  const tested = await Promise.all(
    named.map(async ({ receiver, target }): Promise<TestedReceiver> => {
      if (target === undefined) return { receiver, problem: NO_DEVICE };
      return { receiver: target, problem: await problemOf(bridge, target, send, signal) };
    }),
  );
  for (const { receiver, problem } of tested) if (problem === null) await recordTest(bridge, receiver.name);
  return ok(tested);
}

/** What a person is told of `push` that nobody has asked for. */
export const NO_DEVICE =
  "no browser has asked for it yet: open the page there, and press 'Tell me on this device' under Settings";

/** Null: it was sent. */
async function problemOf(
  bridge: Bridge,
  target: Target,
  send: Send,
  signal: AbortSignal,
): Promise<string | null> {
  const sent = await send(target, testNotice(bridge.clock.now()), signal);
  if (sent.kind === 'sent') return null;
  if (sent.kind === 'stopped') return 'it was interrupted';
  if (sent.kind === 'gone' && target.via === 'push') await dropPushDevice(bridge, target.device);
  return sent.problem;
}

function whyNone(receivers: readonly Pick<ReceiverSettings, 'name'>[]): string {
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
