/** What a person writes, character by character. */
import { expect, test } from 'vitest';
import {
  bufferOf,
  erase,
  eraseNext,
  eraseWord,
  insert,
  left,
  right,
  type TextBuffer,
  toLineEnd,
  toLineStart,
  toOtherLine,
} from '../../src/cli/tui/lines/text-buffer.ts';

const FAMILY = '👩‍👩‍👧';

test('a character made of several is passed and erased as one', () => {
  const buffer = bufferOf(`a${FAMILY}e\u0301`);
  expect(erase(buffer)).toEqual(bufferOf(`a${FAMILY}`));
  expect(erase(erase(buffer))).toEqual(bufferOf('a'));
  const atStart = left(left(left(buffer)));
  expect(atStart.at).toBe(0);
  expect(eraseNext(right(atStart)).text).toBe('ae\u0301');
});

test('text is put where the place is, and the place goes on behind it', () => {
  const between = left(bufferOf('ac'));
  expect(insert(between, 'b')).toEqual({ text: 'abc', at: 2 });
});

test('lines are gone through up and down without falling out of them', () => {
  const buffer = bufferOf('long line\nab\nthird line');
  const up = toOtherLine(buffer, -1);
  expect(up.at).toBe('long line\nab'.length);
  expect(toOtherLine(toOtherLine(up, -1), -1)).toEqual({ text: buffer.text, at: 2 });
  expect(toLineStart(up).at).toBe('long line\n'.length);
  expect(toLineEnd(toLineStart(up))).toEqual(up);
});

test('erasing stops at the beginning', () => {
  const empty: TextBuffer = { text: 'abc', at: 0 };
  expect([erase(empty), left(empty), eraseWord(empty), toOtherLine(empty, -1)]).toEqual([
    empty,
    empty,
    empty,
    empty,
  ]);
  expect(eraseWord(bufferOf('one two  '))).toEqual(bufferOf('one '));
});
