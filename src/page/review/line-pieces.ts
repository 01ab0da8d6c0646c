/** A line of a patch in pieces that are shown alike: of one colour, and changed or not. Pure. */
import type { Token, TokenKind } from '../parts/tokens.ts';
import type { PatchLine } from './patch-lines.ts';

export interface LinePiece {
  readonly words: string;
  readonly kind: TokenKind;
  readonly isChanged: boolean;
}

/** @param words All of the line; undefined: none of it was changed. */
export function linePieces(tokens: readonly Token[], words: PatchLine['words']): LinePiece[] {
  if (!words) return tokens.map((token) => ({ ...token, isChanged: false }));
  const pieces: LinePiece[] = [];
  let [word, used] = [0, 0];
  for (const { kind, words: shown } of tokens) {
    for (let from = 0; from < shown.length; ) {
      const { text, isChanged } = words[word] ?? { text: shown, isChanged: false };
      const length = Math.min(shown.length - from, text.length - used);
      if (length > 0) pieces.push({ words: shown.slice(from, from + length), kind, isChanged });
      from += length;
      used += length;
      if (used < text.length) continue;
      word += 1;
      used = 0;
    }
  }
  return pieces;
}
