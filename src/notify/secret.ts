/** Reads what is secret from its place. What it says of a failure names the place, never what is in it. */
import { open } from 'node:fs/promises';
import type { SecretPlace } from '../config-notify.ts';
import type { Environment } from '../environment.ts';
import { ok, type Result, refuse } from '../result.ts';

const MAX_SECRET_BYTES = 8_192;

/** The secret, without spaces at its ends. Read at each use: a file that is rewritten counts at once. */
export async function readSecret(place: SecretPlace, env: Environment): Promise<Result<string>> {
  if ('env' in place) {
    const value = env[place.env]?.trim() ?? '';
    return value === '' ? refuse(`the variable ${place.env} is not set`) : ok(value);
  }
  const read = await readShort(place.file);
  if (!read.ok) return read;
  const value = read.value.trim();
  return value === '' ? refuse(`the file ${place.file} is empty`) : ok(value);
}

async function readShort(file: string): Promise<Result<string>> {
  try {
    const handle = await open(file, 'r');
    try {
      // Reading a pipe would wait for ever.
      if (!(await handle.stat()).isFile()) return refuse(`${file} is not a file`);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_SECRET_BYTES + 1));
      if (bytesRead > MAX_SECRET_BYTES) return refuse(`the file ${file} is longer than a secret`);
      return ok(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return refuse(
      `the file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
    );
  }
}
