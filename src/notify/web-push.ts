/** Tells one device: what it shows, encrypted for it alone, and the headers that its push service reads. */
import { createPrivateKey, hash, sign } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { PushTarget } from '../config-targets.ts';
import type { Delivery, Notice } from '../project/notice.ts';
import type { NoticeText } from '../project/notice-text.ts';
import { isPushService, type PushKeys, type PushMessage } from '../project/push.ts';
import { encrypt, MAX_PLAIN_BYTES } from './encrypt.ts';
import { failed, post } from './post.ts';

/** So long a push service keeps it for a device that is off. */
const TTL_S = 24 * 3_600;

/** Sends it. A device that its push service knows no more answers `gone`. Never throws. */
export async function sendPush(
  { device, keys, services }: PushTarget,
  { kind, tag }: Pick<Notice, 'kind' | 'tag'>,
  { title, body }: NoticeText,
  path: string,
  { clock, signal, publicUrl }: { clock: Clock; signal: AbortSignal; publicUrl: string | undefined },
): Promise<Delivery> {
  if (!isPushService(device.endpoint, services))
    return failed(
      "its push service is none that is known; name it in 'services', and have the browser ask again",
    );
  const isOver = kind === 'decided' || kind === 'hold_ended';
  const message: PushMessage = { title, body, tag, path, isOver };
  return post(device.endpoint, encrypt(plainOf(message), device), {
    clock,
    signal,
    goneAt: [404, 410],
    headers: {
      authorization: vapid(device.endpoint, keys, clock.now(), publicUrl),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(TTL_S),
      urgency: isOver || kind === 'message' ? 'normal' : 'high',
      // One that was not handed on yet is replaced (RFC 8030, section 5.4).
      topic: hash('sha256', tag, 'base64url').slice(0, 32),
    },
  });
}

/** Texts are cut to characters, which have any length. */
function plainOf(message: PushMessage): Buffer {
  const plain = Buffer.from(JSON.stringify(message));
  if (plain.length <= MAX_PLAIN_BYTES) return plain;
  return Buffer.from(
    JSON.stringify({ ...message, title: message.title.slice(0, 100), body: '', path: '/#/' }),
  );
}

const TOKEN_LIFETIME_S = 12 * 3_600;

/** Says who sends (RFC 8292): a token that this push service alone takes. */
function vapid(endpoint: string, keys: PushKeys, now: Date, publicUrl = ''): string {
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(now.getTime() / 1_000) + TOKEN_LIFETIME_S,
    sub: publicUrl.startsWith('https:') ? publicUrl : NOBODY,
  };
  const head = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(head), {
    key: createPrivateKey({ key: jwkOf(keys), format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  return `vapid t=${head}.${signature.toString('base64url')}, k=${keys.publicKey}`;
}

/** Whom a push service could ask: it wants an address, and a page of this machine alone has none. */
const NOBODY = 'mailto:nobody@localhost';

function jwkOf({ publicKey, privateKey }: PushKeys) {
  const point = Buffer.from(publicKey, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, d: privateKey };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
