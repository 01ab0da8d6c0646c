/** A text that a person writes, with the place where the next character goes. Pure. */

export interface TextBuffer {
  readonly text: string;
  /** In UTF-16 units, between two characters. */
  readonly at: number;
}

export function bufferOf(text: string): TextBuffer {
  return { text, at: text.length };
}

export function insert({ text, at }: TextBuffer, added: string): TextBuffer {
  return { text: text.slice(0, at) + added + text.slice(at), at: at + added.length };
}

export function erase(buffer: TextBuffer): TextBuffer {
  return cutTo(buffer, before(buffer));
}

/** The character after the place. */
export function eraseNext({ text, at }: TextBuffer): TextBuffer {
  return { text: text.slice(0, at) + text.slice(after({ text, at })), at };
}

export function eraseWord(buffer: TextBuffer): TextBuffer {
  const head = buffer.text.slice(0, buffer.at);
  return cutTo(buffer, head.length - (/\S*\s*$/.exec(head)?.[0].length ?? 0));
}

/** What stands before the place, in its line. */
export function eraseLine(buffer: TextBuffer): TextBuffer {
  return cutTo(buffer, lineStart(buffer));
}

export function left(buffer: TextBuffer): TextBuffer {
  return { ...buffer, at: before(buffer) };
}

export function right(buffer: TextBuffer): TextBuffer {
  return { ...buffer, at: after(buffer) };
}

export function toLineStart(buffer: TextBuffer): TextBuffer {
  return { ...buffer, at: lineStart(buffer) };
}

export function toLineEnd(buffer: TextBuffer): TextBuffer {
  return { ...buffer, at: lineEnd(buffer) };
}

/** To the line above or below, as far from its start as here. */
export function toOtherLine(buffer: TextBuffer, by: 1 | -1): TextBuffer {
  const start = lineStart(buffer);
  const offset = buffer.at - start;
  const edge = by < 0 ? start - 1 : lineEnd(buffer) + 1;
  if (edge < 0 || edge > buffer.text.length) return buffer;
  const there = { ...buffer, at: edge };
  const at = Math.min(lineStart(there) + offset, lineEnd(there));
  return { ...buffer, at: wholeCharacter(buffer.text, at) };
}

function cutTo({ text, at }: TextBuffer, from: number): TextBuffer {
  return { text: text.slice(0, from) + text.slice(at), at: from };
}

function lineStart({ text, at }: TextBuffer): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd({ text, at }: TextBuffer): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const characters = new Intl.Segmenter();

function before(buffer: TextBuffer): number {
  const { text, at } = buffer;
  if (at === 0) return 0;
  const start = lineStart(buffer);
  if (at === start) return at - 1;
  return start + ([...characters.segment(text.slice(start, at))].at(-1)?.index ?? 0);
}

function after(buffer: TextBuffer): number {
  const { text, at } = buffer;
  if (at >= text.length) return text.length;
  const [first] = characters.segment(text.slice(at, Math.max(at + 1, lineEnd(buffer))));
  return at + (first?.segment.length ?? 1);
}

/** Not inside of a character that takes several units. */
function wholeCharacter(text: string, at: number): number {
  const start = lineStart({ text, at });
  const inside = [...characters.segment(text.slice(start, lineEnd({ text, at })))].findLast(
    ({ index }) => start + index <= at,
  );
  if (!inside) return at;
  const [from, to] = [start + inside.index, start + inside.index + inside.segment.length];
  return at >= to ? to : from;
}
