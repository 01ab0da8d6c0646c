/** The certificate and the key with which the HTTP API is served over TLS, as their owner keeps them in files. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { HttpSettings } from '../config-http.ts';
import { messageOf } from '../error-message.ts';
import { ok, type Result, refuse } from '../result.ts';

type TlsSettings = NonNullable<HttpSettings['tls']>;

export interface TlsFiles {
  /** PEM; the chain may follow the certificate. */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Until when the certificate is valid. */
  readonly expiresAt: Date;
  /** Whether it is for this name, or this address. */
  isFor(host: string): boolean;
}

/** Reads both, and looks whether they belong together. Refused with what is wrong with which file. */
export async function readTlsFiles({ cert, key }: TlsSettings): Promise<Result<TlsFiles>> {
  const certificate = await readPem(cert, (pem) => new X509Certificate(pem), 'certificate');
  if (!certificate.ok) return certificate;
  const secret = await readPem(key, createPrivateKey, 'private key without a passphrase');
  if (!secret.ok) return secret;
  const { parsed } = certificate.value;
  if (!parsed.checkPrivateKey(secret.value.parsed))
    return refuse(`the key ${key} is not that of the certificate ${cert}`);
  return ok({
    cert: certificate.value.pem,
    key: secret.value.pem,
    expiresAt: new Date(parsed.validTo),
    isFor: (host) => (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined,
  });
}

/** PEM of one certificate or several. Refused with what is wrong with the file. */
export async function readCertificate(path: string): Promise<Result<Buffer>> {
  const read = await readPem(path, (pem) => new X509Certificate(pem), 'certificate');
  return read.ok ? ok(read.value.pem) : read;
}

/** Changes whenever one of the files does. */
export async function stampOf({ cert, key }: TlsSettings): Promise<string> {
  const times = await Promise.all(
    [cert, key].map(async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0),
  );
  return times.join(' ');
}

async function readPem<T>(
  path: string,
  parse: (pem: Buffer) => T,
  what: string,
): Promise<Result<{ readonly pem: Buffer; readonly parsed: T }>> {
  let pem: Buffer;
  try {
    pem = await readFile(path);
  } catch (error) {
    return refuse(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? messageOf(error)})`);
  }
  try {
    return ok({ pem, parsed: parse(pem) });
  } catch {
    return refuse(`${path} holds no ${what} in PEM`);
  }
}
