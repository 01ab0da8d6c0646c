/**
 * What only one browser can read: RFC 8291 over RFC 8188, `aes128gcm`. A push service hands it on and learns its length.
 */
import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';

/** The keys of a browser, in base64url. */
export interface BrowserKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** The largest text: a push service takes 4,096 bytes (RFC 8030, section 7.2), of which 103 are not text. */
export const MAX_PLAIN_BYTES = 3_993;

const RECORD_BYTES = 4_096;
/** After the last byte of the last record (RFC 8188, section 2). */
const LAST_RECORD = 2;

/** @param own Drawn for each message; a test hands in those of the RFC. */
export function encrypt(plain: Buffer, { p256dh, auth }: BrowserKeys, own = draw()): Buffer {
  const theirs = Buffer.from(p256dh, 'base64url');
  const ours = own.key.getPublicKey();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const shared = own.key.computeSecret(theirs);
  const secret = derive(shared, Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(secret, own.salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, own.salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const head = Buffer.alloc(21);
  own.salt.copy(head);
  head.writeUInt32BE(RECORD_BYTES, 16);
  head.writeUInt8(ours.length, 20);
  const text = [cipher.update(plain), cipher.update(Buffer.of(LAST_RECORD)), cipher.final()];
  return Buffer.concat([head, ours, ...text, cipher.getAuthTag()]);
}

/** A key pair and a salt that were never used. */
function draw(): { readonly key: ECDH; readonly salt: Buffer } {
  const key = createECDH('prime256v1');
  key.generateKeys();
  return { key, salt: randomBytes(16) };
}

function derive(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length));
}
