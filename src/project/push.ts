/**
 * Devices that a browser has asked us to notify, by Web Push (RFC 8030): the browser names an address at the service of its
 * maker, which hands on what is sent there.
 */

/** A browser that wants to be told. It is called as its sign-in is, and ends with it. */
export interface PushDevice {
  /** Of the browser that is signed in. */
  readonly name: string;
  /** Where its push service takes what is for it. Whoever knows it can send nothing without our key. */
  readonly endpoint: string;
  /** Its public key: a point of P-256, uncompressed, in base64url. */
  readonly p256dh: string;
  /** 16 random bytes that it shares with us, in base64url. */
  readonly auth: string;
  readonly createdAt: string;
}

/** By which push services know us (RFC 8292): a key pair of P-256, in base64url. */
export interface PushKeys {
  /** The uncompressed point: 65 bytes. */
  readonly publicKey: string;
  /** The scalar: 32 bytes. It is secret. */
  readonly privateKey: string;
}

/** What a device is sent: JSON that the worker of the page reads (src/page/push-worker.ts). */
export interface PushMessage {
  readonly title: string;
  readonly body: string;
  /** A later one of the same tag takes the place of an earlier. */
  readonly tag: string;
  /** What a tap opens: the part of the address after the host. */
  readonly path: string;
  /** Nothing waits for the person: no sound. */
  readonly isOver: boolean;
}

/** In all: each is sent everything. */
export const MAX_PUSH_DEVICES = 50;

export const MAX_ENDPOINT_LENGTH = 1_000;

/**
 * The push services of the makers of browsers: Chrome and those built on it, Firefox, Safari, Edge on Windows. `*.` stands
 * for one or more names before it.
 * https://developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers,
 * https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/firewall-allowlist-config,
 * https://mozilla-services.github.io/autopush-rs/, https://firebase.google.com/docs/cloud-messaging/network-configuration
 */
const PUSH_SERVICES = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

/**
 * Whether something may be sent there. A browser says where, so it is let lead to push services alone, and never into the
 * network that the supervisor stands in.
 *
 * @param services Origins that the owner has named beside those of the makers of browsers.
 */
export function isPushService(endpoint: string, services: readonly string[]): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (services.includes(url.origin)) return true;
  return (
    url.protocol === 'https:' && url.port === '' && PUSH_SERVICES.some((one) => isNamed(url.hostname, one))
  );
}

function isNamed(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/**
 * Whether browsers let a page of this address be notified: it came by https, or from this very machine
 * (https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy).
 */
export function isSecureContext(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === 'localhost' || /^(127\.[\d.]+|\[::1\])$/.test(hostname);
}
