/** Where the changes of each file are in a patch as git writes it. */
import type { Change } from '../project/evidence.ts';
import type { KeptFile } from './kept-text.ts';

/** A part of a patch, in bytes. */
export interface Section {
  readonly start: number;
  readonly end: number;
}

/** The part of the patch that is about this change; undefined where the patch was cut before it. Throws the system's error. */
export async function findSection(patch: KeptFile, change: Change): Promise<Section | undefined> {
  return (await keptSections(patch)).get(headOf(change));
}

type Sections = ReadonlyMap<string, Section>;

/** Whoever looks at a round reads one file of its patch after the other. */
const MAX_KEPT = 8;
/** More are looked for again each time, so that what is kept takes a few megabytes. */
const MAX_KEPT_SECTIONS = 10_000;

const kept = new Map<string, Promise<Sections>>();

function keptSections(patch: KeptFile): Promise<Sections> {
  const { version } = patch;
  const known = kept.get(version);
  const sections = known ?? patch.read(0, patch.bytes).then(sectionsIn);
  kept.delete(version);
  kept.set(version, sections);
  for (const oldest of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(oldest);
  if (known === undefined)
    sections.then(
      ({ size }) => size > MAX_KEPT_SECTIONS && kept.delete(version),
      () => kept.delete(version),
    );
  return sections;
}

/** The sections of a patch by the lines with which they begin. */
function sectionsIn(patch: Buffer): Sections {
  const sections = new Map<string, Section>();
  for (let start = nextHead(patch, 0); start < patch.length; ) {
    const end = nextHead(patch, start + HEAD.length);
    const line = patch.indexOf(NEWLINE, start);
    const head = patch.toString('latin1', start, line < 0 ? end : line);
    const before = sections.get(head);
    // A file that became another type has two sections, which follow each other.
    if (before === undefined || before.end === start)
      sections.set(head, { start: before?.start ?? start, end });
    start = end;
  }
  return sections;
}

/** Every other line of a patch begins with a space, a sign, a mark or another word. */
const HEAD = Buffer.from('diff --git ');
const NEWLINE = 0x0a;

/** Where the next section begins; the end of the patch where there is none. */
function nextHead(patch: Buffer, from: number): number {
  for (let at = patch.indexOf(HEAD, from); at >= 0; at = patch.indexOf(HEAD, at + 1))
    if (at === 0 || patch[at - 1] === NEWLINE) return at;
  return patch.length;
}

/** The line with which the section of a change begins. */
function headOf({ path, pathBase64, oldPath, oldPathBase64 }: Change): string {
  const old = oldPath === undefined ? headName('a', path, pathBase64) : headName('a', oldPath, oldPathBase64);
  return `diff --git ${old} ${headName('b', path, pathBase64)}`;
}

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
