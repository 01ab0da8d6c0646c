/**
 * Browsers that want to be told by Web Push. A device is tied to the sign-in that asked: whoever is signed out, revoked or
 * expired is told nothing more, and what it was still to be told is forgotten in the same transaction.
 */
import { createECDH, ECDH } from 'node:crypto';
import type { Actor } from '../project/actor.ts';
import { MAX_PUSH_DEVICES, type PushDevice, type PushKeys } from '../project/push.ts';
import { ok, type Result, refuse } from '../result.ts';
import { hasCredential } from '../store/credentials.ts';
import { appendGlobalEvent } from '../store/events.ts';
import {
  deletePushDevice,
  findPushDevice,
  findPushKeys,
  insertPushKeys,
  pushDevicesAt,
  putPushDevice,
} from '../store/push.ts';
import { type Bridge, nowText } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

/** Who wants to be told, and the keys by which they are. */
export interface PushState {
  readonly keys: PushKeys;
  readonly devices: readonly PushDevice[];
}

/** By which push services know us. They are made once, at the first call: a browser takes what is sent with these alone. */
export async function pushKeys(bridge: Bridge): Promise<PushKeys> {
  const { read, write } = databaseOf(bridge);
  const known = await findPushKeys(read);
  if (known) return known;
  const drawn = drawKeys();
  return write(async ({ trx, now }) => {
    const meanwhile = await findPushKeys(trx);
    if (meanwhile) return meanwhile;
    await insertPushKeys(trx, drawn, now);
    return drawn;
  });
}

/** Those whose browser is signed in now, by name. Throws StoreError. */
export async function pushState(bridge: Bridge): Promise<PushState> {
  const devices = await pushDevicesAt(databaseOf(bridge).read, nowText(bridge));
  return { devices, keys: await pushKeys(bridge) };
}

/** What the browser of this name has asked for; undefined: nothing. */
export async function pushDeviceOf(bridge: Bridge, name: string): Promise<PushDevice | undefined> {
  return findPushDevice(databaseOf(bridge).read, name);
}

/**
 * From now on the browser of this name is told. What it has said before is replaced. Whether its address is that of a push
 * service must be known. Refused when its keys are none, there are too many devices, or it was signed out meanwhile.
 */
export async function addPushDevice(
  bridge: Bridge,
  device: Omit<PushDevice, 'createdAt'>,
  actor: Actor,
): Promise<Result<PushDevice>> {
  if (!isPoint(device.p256dh)) return refuse('keys.p256dh: must be a point of P-256, in base64url.');
  if (Buffer.from(device.auth, 'base64url').length !== AUTH_BYTES)
    return refuse('keys.auth: must be 16 bytes, in base64url.');
  return databaseOf(bridge).write<Result<PushDevice>>(async ({ trx, now }) => {
    const { name } = device;
    const before = await findPushDevice(trx, name);
    const present = await pushDevicesAt(trx, now);
    if (before === undefined && present.length >= MAX_PUSH_DEVICES)
      return refuse(`${MAX_PUSH_DEVICES} devices are told already; stop one, or sign one out.`);
    if (!(await hasCredential(trx, name))) return refuse('this browser was signed out.');
    const added = { ...device, createdAt: before?.createdAt ?? now };
    await putPushDevice(trx, added);
    if (before === undefined)
      await appendGlobalEvent(trx, { type: 'device.added', data: { name } }, actor, now);
    return ok(added);
  });
}

/** The browser of this name is told nothing more. Returns false when it was not told anything. */
export async function removePushDevice(bridge: Bridge, name: string, actor: Actor): Promise<boolean> {
  return remove(bridge, name, 'asked', actor);
}

/**
 * The push service of a device knows it no more: it is forgotten. Returns false where the browser has named another address
 * meanwhile.
 */
export async function dropPushDevice(
  bridge: Bridge,
  { name, endpoint }: Pick<PushDevice, 'name' | 'endpoint'>,
): Promise<boolean> {
  return remove(bridge, name, 'gone', 'supervisor', endpoint);
}

async function remove(
  bridge: Bridge,
  name: string,
  reason: 'asked' | 'gone',
  actor: Actor,
  endpoint?: string,
): Promise<boolean> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    if (!(await deletePushDevice(trx, name, endpoint))) return false;
    await appendGlobalEvent(trx, { type: 'device.removed', data: { name, reason } }, actor, now);
    return true;
  });
}

const AUTH_BYTES = 16;
const CURVE = 'prime256v1';

function drawKeys(): PushKeys {
  const drawn = createECDH(CURVE);
  const publicKey = drawn.generateKeys('base64url');
  // One in 256 has a zero before it, which is left out.
  const scalar = drawn.getPrivateKey();
  const privateKey = Buffer.concat([Buffer.alloc(32 - scalar.length), scalar]).toString('base64url');
  return { publicKey, privateKey };
}

/** A point beside the curve would have us say something about our key. */
function isPoint(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, CURVE);
    return true;
  } catch {
    return false;
  }
}
