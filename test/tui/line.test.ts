/** A line of the screen takes the room that there is, whatever is in it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fill, fitTo, type Line, widthOfLine } from '../../src/cli/tui/lines/line.ts';

const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202Egnp.exe\u0000\r\nnext\tline \u{E0041}[red]x[/red]';

test('a line never takes more columns than there are, and `fill` takes exactly these', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(HOSTILE, '日本語', '👩‍👩‍👧', 'e\u0301', '한글'),
  );
  const lines = fc.array(fc.record({ text }), { maxLength: 5 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 60 }), (line, columns) => {
      expect(widthOfLine(fitTo(line, columns))).toBeLessThanOrEqual(columns);
      expect(widthOfLine(fill(line, columns))).toBe(columns);
    }),
  );
});

test('nothing in a line can move the cursor, reorder the text or begin another line', () => {
  const [{ text } = { text: '' }] = fitTo([{ text: HOSTILE }], 200);
  expect(text).toBe('gnp.exe next    line [red]x[/red]');
});

test('a line that is cut says so, and keeps the tones of its pieces', () => {
  const line: Line = [
    { text: 'abc', tone: 'bad' },
    { text: 'defgh', tone: 'good' },
  ];
  expect(fitTo(line, 6)).toEqual([
    { text: 'abc', tone: 'bad' },
    { text: 'de…', tone: 'good' },
  ]);
  expect(fitTo(line, 8)).toEqual(line);
});
