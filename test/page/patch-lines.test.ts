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
