/** Where the changes of one file are in a patch as git writes it. */
import type { Change } from '../project/evidence.ts';

/** The part of the patch that is about this change, in bytes; empty where the patch was cut before it. */
export function sectionOf(patch: Buffer, change: Change): { readonly start: number; readonly end: number } {
  const { path, pathBase64, oldPath = path, oldPathBase64 } = change;
  const old = headName('a', oldPath, change.oldPath === undefined ? pathBase64 : oldPathBase64);
  const head = Buffer.from(`diff --git ${old} ${headName('b', path, pathBase64)}\n`, 'latin1');
  const start = lineThatBegins(patch, head, 0);
  if (start < 0) return { start: 0, end: 0 };
  // A file that became another type has two sections, which follow each other.
  let end = start;
  do end = nextHead(patch, end + head.length);
  while (patch.subarray(end, end + head.length).equals(head));
  return { start, end };
}

/** Every other line of a patch begins with a space, a sign, a mark or another word. */
const HEAD = Buffer.from('diff --git ');

function nextHead(patch: Buffer, from: number): number {
  const at = lineThatBegins(patch, HEAD, from);
  return at < 0 ? patch.length : at;
}

function lineThatBegins(patch: Buffer, words: Buffer, from: number): number {
  for (let at = patch.indexOf(words, from); at >= 0; at = patch.indexOf(words, at + 1))
    if (at === 0 || patch[at - 1] === NEWLINE) return at;
  return -1;
}

const NEWLINE = 0x0a;

/** As git writes a name there: with the escapes of C where it has other bytes than printable ASCII (git-config(1), `core.quotePath`). */
function headName(prefix: 'a' | 'b', path: string, base64: string | undefined): string {
  const bytes = base64 === undefined ? Buffer.from(path) : Buffer.from(base64, 'base64');
  const escaped = Array.from(bytes, escapedByte).join('');
  const name = `${prefix}/${escaped}`;
  return escaped === bytes.toString('latin1') ? name : `"${name}"`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

function escapedByte(byte: number): string {
  const isPlain = byte >= 32 && byte < 127;
  return ESCAPES[byte] ?? (isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
}
