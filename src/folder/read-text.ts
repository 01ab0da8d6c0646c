/** Reads a part of a text file: from a byte on, its first lines, or its last ones. No more of it is in memory than is asked for. */
import type { FileHandle } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import { readPlain } from './open-plain.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

/** Which part; the whole file from its beginning where nothing is said. One of them at most. */
export interface WantedPart {
  /** The first lines. */
  readonly head?: number | undefined;
  /** The last lines. */
  readonly tail?: number | undefined;
  /** From this byte on. */
  readonly from?: number | undefined;
}

export interface TextPart {
  readonly text: string;
  /** Where the text begins, and where it ends, in bytes of the file. */
  readonly begin: number;
  readonly end: number;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Whether all that was asked for is in `text`. */
  readonly isAll: boolean;
  /** Whether some bytes are no UTF-8: they are shown as U+FFFD. */
  readonly isLossy: boolean;
}

/**
 * Reads at most `maxBytes` of the part; characters stay whole. Lines end at a line feed, and the last one of a part is given
 * without it. Refuses what is no text. Throws the system's error.
 */
export async function readText(
  root: SharedFolder,
  path: string,
  wanted: WantedPart,
  maxBytes: number,
): Promise<Result<TextPart>> {
  return readPlain(root, path, async (file, size) => {
    if (await isBinary(file)) return refuse(binaryRefusal(path, size));
    const begin = await beginOf(file, size, wanted);
    if (begin === undefined)
      return refuse(
        `the last ${wanted.tail} lines of ${shownPath(path)} are more than ${MAX_TAIL_BYTES} bytes: read them with from, of ${size}`,
      );
    const read = await bytesAt(file, begin, maxBytes);
    if (read.includes(0)) return refuse(binaryRefusal(path, size));
    return ok(partOf(read, begin, size, wanted));
  });
}

function binaryRefusal(path: string, size: number): string {
  return `${shownPath(path)} is no text, but binary (${size} bytes)`;
}

/** As git does it: a NUL among the first bytes. */
async function isBinary(file: FileHandle): Promise<boolean> {
  return (await bytesAt(file, 0, 8_000)).includes(0);
}

const MAX_TAIL_BYTES = 16_000_000;
const CHUNK_BYTES = 64 * 1_024;

/** Undefined where the last lines are longer than anybody reads. */
async function beginOf(
  file: FileHandle,
  size: number,
  { tail, from = 0 }: WantedPart,
): Promise<number | undefined> {
  if (tail === undefined) return startOfCharacter(file, Math.min(from, size));
  let lines = 0;
  for (let end = size; end > 0; ) {
    if (size - end >= MAX_TAIL_BYTES) return undefined;
    const start = Math.max(0, end - CHUNK_BYTES);
    const chunk = await bytesAt(file, start, end - start);
    for (let at = chunk.length - 1; at >= 0; at -= 1) {
      // The line feed at the end of the file ends its last line.
      if (chunk[at] !== LINE_FEED || start + at === size - 1) continue;
      lines += 1;
      if (lines === tail) return start + at + 1;
    }
    end = start;
  }
  return tail === 0 ? size : 0;
}

const LINE_FEED = 0x0a;

/** The next character, where `from` is within one. */
async function startOfCharacter(file: FileHandle, from: number): Promise<number> {
  const bytes = await bytesAt(file, from, MAX_CHARACTER_BYTES - 1);
  const within = bytes.findIndex((byte) => !isContinuation(byte));
  return from + (within < 0 ? bytes.length : within);
}

const MAX_CHARACTER_BYTES = 4;

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function partOf(read: Buffer, begin: number, size: number, { head, tail }: WantedPart): TextPart {
  const isToEnd = begin + read.length >= size;
  const ofLines = head === undefined ? undefined : endOfLines(read, head);
  const bytes = read.subarray(0, ofLines ?? (isToEnd ? read.length : wholeCharacters(read)));
  const isAll = ofLines !== undefined || isToEnd;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const isLossy = !Buffer.from(text).equals(bytes);
  const isOfLines = (head ?? tail) !== undefined && isAll;
  const end = begin + bytes.length;
  return { text: isOfLines ? text.replace(/\n$/, '') : text, begin, end, size, isAll, isLossy };
}

/** Where the first lines end; undefined where they go on behind these bytes. */
function endOfLines(bytes: Buffer, lines: number): number | undefined {
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const at = bytes.indexOf(LINE_FEED, end);
    if (at < 0) return undefined;
    end = at + 1;
  }
  return end;
}

/** How many bytes hold no part of a character at their end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back < MAX_CHARACTER_BYTES && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
