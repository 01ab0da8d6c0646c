/** Replaces passages of a text. Nothing here touches a file. */
import { ok, type Result, refuse } from '../result.ts';

export interface Edit {
  readonly oldText: string;
  readonly newText: string;
}

export interface Edited {
  readonly text: string;
  /** How often the old text of each edit was there: the first was replaced. */
  readonly counts: readonly number[];
}

/**
 * Makes the edits one after the other, each in what the former ones left. A passage is found by its letters, or else line by
 * line without regard to spaces at either end; the new lines are then indented as the old ones were. Line ends of the text
 * stay as they are, and new ones are as those of the passage. Refuses a passage that is not there.
 */
export function editText(text: string, edits: readonly Edit[]): Result<Edited> {
  let edited = text;
  const counts: number[] = [];
  for (const { oldText, newText } of edits) {
    const wanted = withLineFeeds(oldText);
    if (wanted === '') return refuse('oldText must not be empty');
    const lines = new LineFeeds(edited);
    const passage = exactPassage(lines.text, wanted) ?? loosePassage(lines.text, wanted);
    if (passage === undefined) return refuse(`Could not find exact match for edit:\n${oldText}`);
    const { start, end, count, indent } = passage;
    const [from, to] = [lines.originalAt(start), lines.originalAt(end)];
    const fresh = indent(withLineFeeds(newText)).replaceAll('\n', lineEndOf(edited, from, to));
    edited = edited.slice(0, from) + fresh + edited.slice(to);
    counts.push(count);
  }
  return ok({ text: edited, counts });
}

interface Passage {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** The new text, indented as the passage is. */
  readonly indent: (text: string) => string;
}

function exactPassage(text: string, wanted: string): Passage | undefined {
  const start = text.indexOf(wanted);
  if (start < 0) return undefined;
  return {
    start,
    end: start + wanted.length,
    count: text.split(wanted).length - 1,
    indent: (fresh) => fresh,
  };
}

function loosePassage(text: string, wanted: string): Passage | undefined {
  const lines = text.split('\n');
  const sought = wanted.replace(/\n$/, '').split('\n');
  const bare = lines.map((line) => line.trim());
  const soughtBare = sought.map((line) => line.trim());
  // Blank lines alone are everywhere.
  if (soughtBare.every((line) => line === '')) return undefined;
  const isHere = (at: number) => soughtBare.every((line, index) => bare[at + index] === line);
  const places = lines.flatMap((_, at) => (isHere(at) ? [at] : []));
  const [first] = places;
  if (first === undefined) return undefined;
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  const found = lines.slice(first, first + sought.length).join('\n');
  const shift = { from: indentOf(sought[0]), to: indentOf(lines[first]) };
  const indent = (fresh: string) => {
    const trimmed = wanted.endsWith('\n') ? fresh.replace(/\n$/, '') : fresh;
    return trimmed
      .split('\n')
      .map((line) => shifted(line, shift))
      .join('\n');
  };
  return { start, end: start + found.length, count: places.length, indent };
}

/** What the first line was indented by too much or too little holds for all of them. */
function shifted(line: string, { from, to }: { readonly from: string; readonly to: string }): string {
  if (line.trim() === '') return line;
  if (line.startsWith(from)) return to + line.slice(from.length);
  return to + line.trimStart();
}

function indentOf(line = ''): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** Line ends as an editor shows them. */
function withLineFeeds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** A text with line feeds alone, that knows where each of its places was before. */
class LineFeeds {
  readonly text: string;
  /** The places of the line feeds, in this text, before which a carriage return was left out. */
  readonly #returns: readonly number[];

  constructor(original: string) {
    this.text = withLineFeeds(original);
    this.#returns = [...original.matchAll(/\r\n/g)].map(({ index }, count) => index - count);
  }

  originalAt(place: number): number {
    const left = this.#returns.findIndex((at) => at >= place);
    return place + (left < 0 ? this.#returns.length : left);
  }
}

/** The line end of the passage, or the first one of the text. */
function lineEndOf(text: string, from: number, to: number): string {
  const own = /\r?\n/.exec(text.slice(from, to)) ?? /\r?\n/.exec(text);
  return own?.[0] ?? '\n';
}
