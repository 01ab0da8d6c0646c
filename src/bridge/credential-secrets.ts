/**
 * What a caller of the HTTP API shows: drawn at random, shown once, kept as a digest. `redaction.ts` knows these shapes.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The public half finds the row; what is secret is never looked for, only compared. */
const PUBLIC_HALF = /^(bst|bsc)_([0-9a-f]{12})_[\w-]{43}$/;

/** `bst`: a token; `bsc`: the cookie of a browser. */
type Prefix = 'bst' | 'bsc';

export interface DrawnSecret {
  readonly secret: string;
  /** Its public half. */
  readonly id: string;
  readonly digest: string;
}

export function drawSecret(prefix: Prefix): DrawnSecret {
  const id = randomBytes(6).toString('hex');
  const secret = `${prefix}_${id}_${randomBytes(32).toString('base64url')}`;
  return { secret, id, digest: digestOf(secret) };
}

/** The public half; undefined for a text that is no such secret. */
export function idOfSecret(prefix: Prefix, secret: string): string | undefined {
  const [, found, id] = PUBLIC_HALF.exec(secret) ?? [];
  return found === prefix ? id : undefined;
}

/** The key that a browser sends beside its cookie. */
export function drawKey(): string {
  return `bsk_${randomBytes(32).toString('base64url')}`;
}

/** The code of a link that signs a browser in. */
export function drawCode(): string {
  return `bsl_${randomBytes(16).toString('base64url')}`;
}

/** That many random bits need no salt and no slow hash. SHA-256 in hex. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Compares in a time that does not depend on where they differ. */
export function isDigestOf(secret: string, digest: string): boolean {
  const own = Buffer.from(digestOf(secret));
  const kept = Buffer.from(digest);
  return own.length === kept.length && timingSafeEqual(own, kept);
}
