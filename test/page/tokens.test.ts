import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TokenKind, tokensIn } from '../../src/page/parts/tokens.ts';
import { linePieces } from '../../src/page/review/line-pieces.ts';

const NAMES = ['a.ts', 'a.rs', 'a.py', 'a.json', 'a.css', 'a.sql', 'a.html', 'Dockerfile'];

/** What has a colour, as `kind words`. */
const coloured = (line: string, path: string) =>
  tokensIn(line, path)
    ?.filter(({ kind }) => kind !== 'plain')
    .map(({ kind, words }) => `${kind} ${words}`);

test.each([
  ['src/a.ts', "const n = 12; // it's", ['keyword const', 'number 12', "comment // it's"]],
  ['a.ts', 'return `a` + "x\\"y";', ['keyword return', 'text `a`', 'text "x\\"y"']],
  ['a.ts', ' * of a comment', ['comment  * of a comment']],
  ['a.rs', "fn f<'a>(c: char) { 'x' }", ['keyword fn', "text 'x'"]],
  ['tool.py', 'if x: # why', ['keyword if', 'comment # why']],
  ['a.sh', 'echo "$#" a#b', ['text "$#"']],
  ['p.json', '  "n": -1.5e3, "t": true', ['name "n"', 'number -1.5e3', 'name "t"', 'keyword true']],
  ['a.sql', "SELECT 'it' FROM t -- x", ['keyword SELECT', "text 'it'", 'keyword FROM', 'comment -- x']],
  ['a.html', '<p class="x">y</p>', ['keyword <p', 'text "x"', 'keyword >', 'keyword </p', 'keyword >']],
  ['deep/Dockerfile', 'RUN x # y', ['comment # y']],
  ['notes.txt', 'const n = 12', undefined],
])('a line of %s has the colours of its language: %s', (path, line, expected) => {
  expect(coloured(line, path)).toEqual(expected);
});

test('the colours of a line leave nothing of it out and add nothing, whatever it is', () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 600 }), (path, line) => {
      expect(
        tokensIn(line, path)
          ?.map(({ words }) => words)
          .join(''),
      ).toBe(line);
    }),
  );
});

test.each(NAMES)('a hostile line of %s takes less than 200 ms of a processor', (path) => {
  for (const piece of ['"\\"', '/*', '<!--', "'", 'a', '`', ' *', '-', '{"', '#'])
    for (const ending of ['', '"', ':', '*/']) {
      const before = process.cpuUsage();
      tokensIn(piece.repeat(Math.floor(490 / piece.length)) + ending, path);
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(200);
    }
});

test('changed words keep the colours of the whole line', () => {
  const token = (kind: TokenKind, words: string) => ({ kind, words });
  const pieces = linePieces(
    [token('keyword', 'const'), token('plain', ' a = '), token('number', '12')],
    [
      { text: 'const a', isChanged: false },
      { text: ' = 1', isChanged: true },
      { text: '2', isChanged: false },
    ],
  );
  expect(pieces).toEqual([
    { kind: 'keyword', words: 'const', isChanged: false },
    { kind: 'plain', words: ' a', isChanged: false },
    { kind: 'plain', words: ' = ', isChanged: true },
    { kind: 'number', words: '1', isChanged: true },
    { kind: 'number', words: '2', isChanged: false },
  ]);
});
