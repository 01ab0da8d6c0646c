/** Text for a terminal takes no more columns than it is given. */
import { expect, test } from 'vitest';
import { cell, clip, flow, plainLines, widthOf, wrap } from '../../src/cli/terminal/text.ts';
import { anyText, fc } from '../property.ts';

const characters = new Intl.Segmenter();

/** The narrowest that can hold each character of the text. */
function widestCharacter(text: string): number {
  return Math.max(0, ...[...characters.segment(text)].map(({ segment }) => widthOf(segment)));
}

const columns = fc.integer({ min: 1, max: 60 });
/** Also lists with their indentation, and words longer than any line. */
const texts = fc
  .array(
    fc.oneof(
      anyText,
      fc.constantFrom('  - ', '\n    ', 'word ', 'x'.repeat(70), '日本語', '👨‍👩‍👧', 'e\u0301'),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

test('wrapped lines take at most the columns they are given, where each character does', () => {
  fc.assert(
    fc.property(texts, columns, (text, most) => {
      for (const line of wrap(text, most))
        expect(widthOf(line)).toBeLessThanOrEqual(Math.max(most, widestCharacter(line)));
    }),
  );
});

test('wrapping loses nothing but space', () => {
  const withoutSpace = (lines: readonly string[]) => lines.join('').replaceAll(' ', '');
  fc.assert(
    fc.property(texts, columns, (text, most) => {
      expect(withoutSpace(wrap(text, most))).toBe(withoutSpace(plainLines(text)));
    }),
  );
});

test('a clipped text, a row of facts and a cell take at most, or exactly, the columns they are given', () => {
  fc.assert(
    fc.property(texts, fc.array(anyText, { maxLength: 4 }), columns, (text, facts, most) => {
      expect(widthOf(clip(text, most))).toBeLessThanOrEqual(most);
      expect(widthOf(cell(text, most))).toBe(most);
      for (const line of flow(facts, most)) expect(widthOf(line)).toBeLessThanOrEqual(most);
    }),
  );
});
