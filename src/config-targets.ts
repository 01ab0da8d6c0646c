/** To whom a notification goes in the end: each receiver of the configuration, and of `push` each device by itself. */
import type { ReceiverSettings } from './config-notify.ts';
import type { PushDevice, PushKeys } from './project/push.ts';

type PushSettings = Extract<ReceiverSettings, { via: 'push' }>;

/** A device, with the keys by which it is told. */
export type PushTarget = PushSettings & { readonly device: PushDevice; readonly keys: PushKeys };

/** Whoever is sent something. */
export type Target = Exclude<ReceiverSettings, { via: 'push' }> | PushTarget;

/**
 * Each is told by itself: a device that fails delays and repeats nothing for another. A device is called
 * `<receiver>:<browser>`, which no receiver can be.
 */
export function targetsOf(
  receivers: readonly ReceiverSettings[],
  { devices, keys }: { readonly devices: readonly PushDevice[]; readonly keys: PushKeys },
): Target[] {
  return receivers.flatMap((receiver): Target[] =>
    receiver.via === 'push'
      ? devices.map((device) => ({ ...receiver, name: `${receiver.name}:${device.name}`, device, keys }))
      : [receiver],
  );
}

/** Whether any of them is told by devices. */
export function hasPush(receivers: readonly Pick<ReceiverSettings, 'via'>[]): boolean {
  return receivers.some(({ via }) => via === 'push');
}
