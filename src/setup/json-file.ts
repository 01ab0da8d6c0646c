/** A JSON file as it lies on the disk, looked at so closely that it can be written again without loss. */
import { createHash } from 'node:crypto';
import { accessSync, constants, type Stats } from 'node:fs';
import { lstat, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface JsonFile {
  /** As it was named. */
  readonly path: string;
  /** Where it lies, or would: the end of symbolic links. */
  readonly target: string;
  /** Null when there is none. */
  readonly bytes: Buffer | null;
  /** Without its byte order mark; empty when there is none. */
  readonly text: string;
  /** Whether it begins with a byte order mark. */
  readonly hasMark: boolean;
  /** Its rights, or those of a new one. */
  readonly mode: number;
}

export type Opened =
  | { readonly ok: true; readonly file: JsonFile }
  | { readonly ok: false; readonly problem: string };

const PRIVATE = 0o600;
const LARGEST_MB = 5;

/** Reads a file that is to be changed. Whatever speaks against changing it is its problem, in words that follow its path. */
export async function openJsonFile(path: string): Promise<Opened> {
  try {
    return await open(path);
  } catch (error) {
    return problem(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
/** The bytes of a new text. */
export function encode(text: string, withMark: boolean): Buffer {
  return Buffer.from(withMark ? BYTE_ORDER_MARK + text : text, 'utf8');
}

/** What tells two contents apart. */
export function fingerprint(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function open(path: string): Promise<Opened> {
  const target = await endOfLinks(path);
  if (target === null) return problem('its symbolic links lead nowhere but in a circle');
  const found = await statOf(target);
  if (found === null) {
    return { ok: true, file: { path, target, bytes: null, text: '', hasMark: false, mode: PRIVATE } };
  }
  const obstacle = obstacleTo(found, target);
  if (obstacle !== null) return problem(obstacle);
  const bytes = await readFile(target);
  const text = decode(bytes);
  if (text === null) return problem('it is not UTF-8 text. Save it as UTF-8');
  const hasMark = startsWithMark(bytes);
  return { ok: true, file: { path, target, bytes, text, hasMark, mode: found.mode & 0o7777 } };
}

const BYTE_ORDER_MARK = '\uFEFF';

const problem = (what: string): Opened => ({ ok: false, problem: what });

/** Null for a circle. A link may lead to a file that is not there yet. */
async function endOfLinks(path: string, most = 40): Promise<string | null> {
  if (most === 0) return null;
  const link = await lstat(path).catch(() => null);
  if (link === null) return path;
  if (!link.isSymbolicLink()) return realpath(path);
  return endOfLinks(resolve(dirname(path), await readlink(path)), most - 1);
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
  if (found.isDirectory()) return 'a folder is in its place. Move it away';
  if (!found.isFile()) return 'it is not a plain file';
  if (found.size > LARGEST_MB * 1_000_000)
    return `it is larger than ${LARGEST_MB} MB, which no such file should be`;
  if (process.getuid && found.uid !== process.getuid())
    return 'it belongs to another user. Run this command as that user';
  // Who may do anything, as root may, still does not write into what its owner protects.
  if ((found.mode & 0o222) === 0 || !isAccessible(target))
    return 'it is write-protected. Allow writing to it, if that is not on purpose';
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

function startsWithMark(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from(BYTE_ORDER_MARK));
}
