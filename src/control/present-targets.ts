/** Whom the receivers of the configuration stand for now. */
import type { Bridge } from '../bridge/bridge.ts';
import { pushState } from '../bridge/push-devices.ts';
import type { ReceiverSettings } from '../config-notify.ts';
import { hasPush, type Target, targetsOf } from '../config-targets.ts';

/** A receiver, and one that it stands for; undefined: no browser has asked for it yet. */
export interface PresentTarget {
  readonly receiver: ReceiverSettings;
  readonly target: Target | undefined;
}

/** In the order of the configuration; a device by itself each. Throws StoreError. */
export async function presentTargets(
  bridge: Bridge,
  receivers: readonly ReceiverSettings[],
): Promise<PresentTarget[]> {
  const state = hasPush(receivers) ? await pushState(bridge) : undefined;
  return receivers.flatMap((receiver): PresentTarget[] => {
    if (receiver.via !== 'push') return [{ receiver, target: receiver }];
    const targets = state ? targetsOf([receiver], state) : [];
    return targets.length === 0
      ? [{ receiver, target: undefined }]
      : targets.map((target) => ({ receiver, target }));
  });
}
