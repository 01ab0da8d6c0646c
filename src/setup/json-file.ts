/** A JSON file on disk, with everything needed to write it again without loss. */

import { hash } from 'node:crypto';
import { accessSync, constants, type Stats } from 'node:fs';
import { lstat, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ok, type Result, refuse } from '../result.ts';

export interface JsonFile {
  /** As given. */
  readonly path: string;
  /** The path behind symbolic links, whether the file exists or not. */
  readonly target: string;
  /** Null when there is no file. */
  readonly bytes: Buffer | null;
  /** Without a byte order mark; empty when there is no file. */
  readonly text: string;
  /** Whether it begins with a byte order mark. */
  readonly hasBom: boolean;
  /** Its mode, or that of a new file. */
  readonly mode: number;
}

const PRIVATE = 0o600;
const MAX_MB = 5;

/** Reads a file that is about to be changed. A refusal says why it cannot be changed, in words that follow its path. */
export async function openJsonFile(path: string): Promise<Result<JsonFile>> {
  try {
    return await open(path);
  } catch (error) {
    return refuse(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The bytes of a new text. */
export function encode(text: string, withBom: boolean): Buffer {
  return Buffer.from(withBom ? BOM + text : text, 'utf8');
}

/** SHA-256, in hexadecimal. */
export function fingerprint(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

async function open(path: string): Promise<Result<JsonFile>> {
  const target = await endOfLinks(path);
  if (target === null) return refuse('its symbolic links form a loop');
  const found = await statOf(target);
  if (found === null) return ok({ path, target, bytes: null, text: '', hasBom: false, mode: PRIVATE });
  const obstacle = obstacleTo(found, target);
  if (obstacle !== null) return refuse(obstacle);
  const bytes = await readFile(target);
  const text = decode(bytes);
  if (text === null) return refuse('it is not UTF-8 text. Save it as UTF-8');
  const hasBom = startsWithBom(bytes);
  return ok({ path, target, bytes, text, hasBom, mode: found.mode & 0o7777 });
}

const BOM = '\uFEFF';

const MAX_LINKS = 40;

/** The path behind all links; null for a loop. The last link may lead to a file that does not exist yet. */
async function endOfLinks(path: string, linksLeft = MAX_LINKS): Promise<string | null> {
  if (linksLeft === 0) return null;
  const link = await lstat(path).catch(() => null);
  if (link === null) return path;
  if (!link.isSymbolicLink()) return realpath(path);
  return endOfLinks(resolve(dirname(path), await readlink(path)), linksLeft - 1);
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function obstacleTo(found: Stats, target: string): string | null {
  if (found.isDirectory()) return 'it is a folder. Move it away';
  if (!found.isFile()) return 'it is not a regular file';
  if (found.size > MAX_MB * 1_000_000) return `it is larger than ${MAX_MB} MB`;
  if (process.getuid && found.uid !== process.getuid())
    return 'it belongs to another user. Run this command as that user';
  // Root could write it, but respects the protection of its owner.
  if ((found.mode & 0o222) === 0 || !isAccessible(target))
    return 'it is write-protected. Make it writable, unless that is on purpose';
  return null;
}

function isAccessible(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function startsWithBom(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from(BOM));
}
