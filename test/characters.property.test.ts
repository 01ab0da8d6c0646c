/** Whoever cuts a text leaves its characters whole. */
import { expect, test } from 'vitest';
import { cut } from '../src/characters.ts';
import { cut as cutToFit } from '../src/mcp/fit.ts';
import { anyText, fc } from './property.ts';

/** Where two halves of one character meet. */
function isInsideCharacter(text: string, at: number): boolean {
  return /[\ud800-\udbff]$/.test(text.slice(0, at)) && /^[\udc00-\udfff]/.test(text.slice(at));
}

test('a cut text is the longest beginning of that length with whole characters', () => {
  fc.assert(
    fc.property(anyText, fc.nat(30), (text, length) => {
      const beginning = cut(text, length);
      expect(text.startsWith(beginning)).toBe(true);
      const longest = Math.min(length, text.length);
      expect(beginning.length).toBe(isInsideCharacter(text, longest) ? longest - 1 : longest);
    }),
  );
});

test('a text that is cut to fit into bytes keeps its characters whole, and says how much is left', () => {
  fc.assert(
    fc.property(anyText, fc.nat(60), (text, bytes) => {
      const { text: beginning, left } = cutToFit(text, bytes);
      expect(text.startsWith(beginning)).toBe(true);
      expect(left).toBe(text.length - beginning.length);
      expect(isInsideCharacter(text, beginning.length)).toBe(false);
      expect(Buffer.byteLength(JSON.stringify(beginning)) - 2).toBeLessThanOrEqual(bytes);
      expect(Buffer.byteLength(beginning)).toBeLessThanOrEqual(bytes);
    }),
  );
});
