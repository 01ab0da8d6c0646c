/** A patch as lines to show. */
import { expect, test } from 'vitest';
import { patchLines } from '../../src/page/review/patch-lines.ts';
import { piecesOf, plainLine } from '../../src/page/visible-text.ts';

const head = '--- a/x\n+++ b/x\n';

test('lines of a patch have their numbers before and after', () => {
  const lines = patchLines(`${head}@@ -4,2 +4,3 @@\n one\n-two\n+2\n+3\n`);
  expect(lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
    ['hunk', undefined, undefined],
    ['same', 4, 4],
    ['removed', 5, undefined],
    ['added', undefined, 5],
    ['added', undefined, 6],
  ]);
});

test('a line that was changed marks its words, and one that was replaced does not', () => {
  const [, removed, added] = patchLines(`${head}@@ -1 +1 @@\n-const price = 1;\n+const price = 2;\n`);
  expect(removed?.words?.filter(({ isChanged }) => isChanged).map(({ text }) => text)).toEqual(['1']);
  expect(added?.words?.filter(({ isChanged }) => isChanged).map(({ text }) => text)).toEqual(['2']);
  const [, other] = patchLines(`${head}@@ -1 +1 @@\n-abc def ghi\n+xyz\n`);
  expect(other?.words).toBeUndefined();
});

test('a patch that was read so far has the numbers and kinds of its lines, wherever it is cut', () => {
  const whole = `${head}@@ -4,3 +4,4 @@ f()\n one\n-two\n+2\n+3\n six\n@@ -20,2 +21,2 @@ g()\n-a\n+b\n c\n`;
  // A hunk says how many lines of it were read.
  const linesOf = (patch: string) =>
    patchLines(patch, false).map((line) => (line.kind === 'hunk' ? { ...line, text: '' } : line));
  const all = linesOf(whole);
  const hunks = (patch: string) => patchLines(patch, false).filter(({ kind }) => kind === 'hunk');
  for (let end = whole.indexOf(' one') + 1; end < whole.length; end += 1) {
    const shown = linesOf(whole.slice(0, end));
    for (const { text } of hunks(whole.slice(0, end)))
      expect(text).toMatch(/^@@ −(?:4|20),\d \+(?:4|21),\d @@$/);
    const [last, ...others] = shown.toReversed();
    expect(others.toReversed()).toEqual(all.slice(0, others.length));
    expect(
      all.some(({ kind, text }) => kind === last?.kind && text.startsWith(last.text)),
      whole.slice(0, end),
    ).toBe(true);
  }
});

test('what is no patch is shown line by line, with nothing left out', () => {
  const texts = patchLines('Binary files a/x and b/x differ\n@@ broken @@\n+a\n').map(({ text }) => text);
  expect(texts).toEqual(['Binary files a/x and b/x differ', '@@ broken @@', '+a']);
});

test('characters that hide or reorder are named in texts, and left out of titles', () => {
  expect(piecesOf('a\u202eb\u{e0041}')).toEqual([
    { words: 'a' },
    { hidden: 'U+202E' },
    { words: 'b' },
    { hidden: 'U+E0041' },
  ]);
  expect(piecesOf('👩\u200d💻\tok\n')).toEqual([{ words: '👩\u200d💻\tok\n' }]);
  expect(plainLine(' a\u202e\nb\u200f ')).toBe('a b');
});
