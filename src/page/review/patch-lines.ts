/** A patch of one file as lines to show. Pure. */
import { diffWordsWithSpace, parsePatch } from 'diff';

export interface PatchLine {
  readonly kind: 'same' | 'added' | 'removed' | 'hunk' | 'note';
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Of a line that was changed into another: which words are new, or gone. */
  readonly words?: readonly { readonly text: string; readonly isChanged: boolean }[];
}

/** Longer lines are compared as a whole: word by word would take too long. */
const MAX_WORDS_CHARACTERS = 400;

/**
 * Throws nothing: what cannot be read as a patch is shown as it is.
 *
 * @param hasWords Whether changed lines are compared word by word, which takes most of the time.
 */
export function patchLines(patch: string, hasWords = true): PatchLine[] {
  try {
    const lines = parsePatch(closed(patch)).flatMap(({ hunks }) =>
      hunks.flatMap((hunk) => (hasWords ? withWords(hunkLines(hunk)) : hunkLines(hunk))),
    );
    return lines.length > 0 ? lines : asTheyAre(patch);
  } catch {
    return asTheyAre(patch);
  }
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * A long patch is read page by page: its last hunk then says how many lines it has so far, as it would not be one
 * otherwise. One of which no line was read is left out until then.
 */
function closed(read: string): string {
  const lastLine = read.lastIndexOf('\n', read.length - 2) + 1;
  const patch = read.startsWith('@', lastLine) ? read.slice(0, lastLine) : read;
  const start = patch.lastIndexOf('\n@@ ') + 1;
  const [header = '', ...rest] = patch.slice(start).split('\n');
  const [whole, from, before = '1', to, after = '1'] = HUNK.exec(header) ?? [];
  if (whole === undefined) return patch;
  const end = rest.findIndex((line) => !/^[ +\-\\]/.test(line));
  const body = end < 0 ? rest : rest.slice(0, end);
  const removed = body.filter((line) => /^[ -]/.test(line)).length;
  const added = body.filter((line) => /^[ +]/.test(line)).length;
  if (removed >= Number(before) && added >= Number(after)) return patch;
  const counted = `@@ -${startOf(from, before, removed)},${removed} +${startOf(to, after, added)},${added} @@`;
  return patch.slice(0, start) + counted + patch.slice(start + whole.length);
}

/** Of no lines the one before is named (https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html). */
function startOf(named: string | undefined, whole: string, read: number): number {
  return Number(named) - (read === 0 && Number(whole) > 0 ? 1 : 0);
}

function asTheyAre(patch: string): PatchLine[] {
  return patch
    .trimEnd()
    .split('\n')
    .map((text) => ({ kind: KINDS[text.charAt(0)] ?? 'note', text, before: undefined, after: undefined }));
}

const KINDS: Readonly<Record<string, PatchLine['kind']>> = { '+': 'added', '-': 'removed', '@': 'hunk' };

type Hunk = ReturnType<typeof parsePatch>[number]['hunks'][number];

function hunkLines({ oldStart, oldLines, newStart, newLines, lines }: Hunk): PatchLine[] {
  const text = `@@ −${oldStart},${oldLines} +${newStart},${newLines} @@`;
  const shown: PatchLine[] = [{ kind: 'hunk', text, before: undefined, after: undefined }];
  let [before, after] = [oldStart, newStart];
  for (const line of lines) {
    const rest = line.slice(1);
    if (line.startsWith('+')) shown.push({ kind: 'added', text: rest, before: undefined, after: after++ });
    else if (line.startsWith('-'))
      shown.push({ kind: 'removed', text: rest, before: before++, after: undefined });
    else if (line.startsWith('\\'))
      shown.push({ kind: 'note', text: rest.trim(), before: undefined, after: undefined });
    else shown.push({ kind: 'same', text: rest, before: before++, after: after++ });
  }
  return shown;
}

/** Pairs removed lines with the added ones that follow them, in their order. */
function withWords(lines: readonly PatchLine[]): PatchLine[] {
  const shown = [...lines];
  for (let at = 0; at < shown.length; ) {
    const removed = runOf(shown, at, 'removed');
    const added = runOf(shown, at + removed, 'added');
    for (let n = 0; n < Math.min(removed, added); n += 1) compare(shown, at + n, at + removed + n);
    at += Math.max(1, removed + added);
  }
  return shown;
}

function runOf(lines: readonly PatchLine[], from: number, kind: PatchLine['kind']): number {
  let length = 0;
  while (lines[from + length]?.kind === kind) length += 1;
  return length;
}

function compare(lines: PatchLine[], removedAt: number, addedAt: number): void {
  const [removed, added] = [lines[removedAt], lines[addedAt]];
  if (!removed || !added || Math.max(removed.text.length, added.text.length) > MAX_WORDS_CHARACTERS) return;
  const parts = diffWordsWithSpace(removed.text, added.text);
  const same = parts
    .filter((part) => !part.added && !part.removed)
    .reduce((sum, { value }) => sum + value.trim().length, 0);
  // Two lines that have nothing in common are not one that changed.
  if (same * 3 < Math.max(removed.text.length, added.text.length)) return;
  lines[removedAt] = {
    ...removed,
    words: parts
      .filter((part) => !part.added)
      .map(({ value, removed: isChanged }) => ({ text: value, isChanged })),
  };
  lines[addedAt] = {
    ...added,
    words: parts
      .filter((part) => !part.removed)
      .map(({ value, added: isChanged }) => ({ text: value, isChanged })),
  };
}
