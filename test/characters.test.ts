/** Cutting a text: what the property of the same name found once. */
import { expect, test } from 'vitest';
import { cut } from '../src/characters.ts';

test.each([
  ['plain', 3, 'pla'],
  ['a😀b', 2, 'a'],
  ['a😀b', 3, 'a😀'],
  ['\ud800', 1, '\ud800'],
  ['\ud800😀x', 3, '\ud800😀'],
  ['\ud800😀x', 2, '\ud800'],
])('cutting %j to %i leaves its characters whole', (text, length, expected) => {
  expect(cut(text, length)).toBe(expected);
});
