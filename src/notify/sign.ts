/** The signature of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. */
import { createHmac } from 'node:crypto';
import { ok, type Result, refuse } from '../result.ts';

/**
 * The headers that let a receiver check where a body comes from and when. While one secret replaces the other there are
 * two, and a receiver accepts either.
 *
 * @param secrets Each `whsec_` and base64, or base64 alone; none: nothing is signed.
 */
export function signedHeaders(
  id: string,
  now: Date,
  body: string,
  secrets: readonly string[],
): Result<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secrets.length === 0) return ok(headers);
  const keys = secrets.map(keyOf);
  if (keys.some((key) => key === undefined))
    return refuse("its secret is not base64, with or without 'whsec_' before it");
  const signatures = keys.map(
    (key) =>
      `v1,${createHmac('sha256', key ?? '')
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64')}`,
  );
  return ok({ ...headers, 'webhook-signature': signatures.join(' ') });
}

function keyOf(secret: string): Buffer | undefined {
  const text = secret.replace(/^whsec_/, '');
  return /^[A-Za-z0-9+/]{4,}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
