/** Text of people, models and programs: what hides in it, or reorders it, is made visible or left out. */
import { UNWANTED_OR_LINE_END } from '../hidden-characters.ts';

/** On one line and without hidden characters: titles, names, paths in a list. */
export function plainLine(text: string): string {
  return text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(UNWANTED_OR_LINE_END, '')
    .trim();
}

/** A piece of a text: words, or a hidden character by its number, such as `U+202E`. */
export type Piece = { readonly words: string } | { readonly hidden: string };

/** The text in pieces. Where nothing hides, there is one. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(UNWANTED_OR_LINE_END)) {
    if (match.index > end) pieces.push({ words: text.slice(end, match.index) });
    const code = match[0].codePointAt(0) ?? 0;
    pieces.push({ hidden: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ words: text.slice(end) });
  return pieces;
}
