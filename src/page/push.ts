/** Web Push on the side of the page: what is missing, and to ask the browser. */

import type { WirePush } from '../wire/schemas/push.ts';
import { call, type Problem } from './api.ts';

/** Why this browser cannot be notified. */
export type Missing = 'configuration' | 'https' | 'home-screen' | 'support' | 'permission';

/** Undefined: it can. */
export function missingFor({ configured }: Pick<WirePush, 'configured'>): Missing | undefined {
  if (!configured) return 'configuration';
  if (!isSecureContext) return 'https';
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    return isApplePhone() ? 'home-screen' : 'support';
  return Notification.permission === 'denied' ? 'permission' : undefined;
}

/** An iPad says that it is a Mac. It has these interfaces only where the page was opened from the Home Screen. */
function isApplePhone(): boolean {
  return (
    /iPhone|iPad/.test(navigator.userAgent) ||
    (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
  );
}

/** Asks the browser for its permission, its push service for an address, and the supervisor to send there. */
export async function beginPush(publicKey: string): Promise<Problem | Missing | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return 'permission';
  try {
    const subscription = await subscribe(publicKey);
    const { endpoint, keys } = subscription.toJSON();
    const begun = await call<WirePush>('PUT /push', { body: { endpoint, keys } });
    return begun.ok ? undefined : begun.problem;
  } catch (error) {
    return browserProblem(error);
  }
}

/** Nothing is sent from then on, also where the browser cannot tell its push service. */
export async function endPush(): Promise<Problem | undefined> {
  const ended = await call('DELETE /push');
  if (!ended.ok) return ended.problem;
  const registration = await navigator.serviceWorker?.getRegistration('/').catch(() => undefined);
  const subscription = await registration?.pushManager.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
  return undefined;
}

async function subscribe(publicKey: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register(workerUrl(), { scope: '/', updateViaCache: 'none' });
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = bytesOf(publicKey);
  const present = await pushManager.getSubscription();
  // With the key of another store the push service would take nothing from us.
  if (present && !isSame(present.options.applicationServerKey, wanted)) await present.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

const WORKER = '/push-worker.js';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** The one address of a script that may be named at run time, whatever is asked for. */
function workerUrl(): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('push-worker', { createScriptURL: () => WORKER });
  return policy?.createScriptURL(WORKER) ?? WORKER;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

function isSame(key: ArrayBuffer | null, wanted: Uint8Array): boolean {
  return key !== null && new Uint8Array(key).join() === wanted.join();
}

/** Such as a push service that a browser cannot reach, or that its maker has left out. */
function browserProblem(error: unknown): Problem {
  const { name = 'Error' } = error as { readonly name?: string };
  return {
    status: 0,
    code: 'browser',
    detail: `This browser could not ask its push service (${name}).`,
    facts: {},
  };
}
