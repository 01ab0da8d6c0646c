import { describe, expect, test } from 'vitest';
import { changedLines } from '../../src/cli/terminal/diff.ts';

describe('difference between two files', () => {
  const cases: Record<string, [before: string, after: string, lines: string[]]> = {
    'nothing changed': ['a\nb\n', 'a\nb\n', []],
    'a line in the middle': ['a\nb\nc', 'a\nX\nc', ['  a', '- b', '+ X', '  c']],
    'the first line': ['a\nb', 'X\nb', ['- a', '+ X', '  b']],
    'the last line': ['a\nb', 'a\nX', ['  a', '- b', '+ X']],
    'a line more': ['a\nb', 'a\nX\nb', ['  a', '+ X', '  b']],
    'a line like its neighbour more': ['a\na', 'a\na\na', ['  a', '+ a', '  a']],
    'a line less': ['a\nb\nc', 'a\nc', ['  a', '- b', '  c']],
    'lines with Windows ends': ['a\r\nb\r\n', 'a\r\nX\r\n', ['  a', '- b', '+ X']],
    'two places near each other': ['a\nb\nc', 'X\nb\nY', ['- a', '+ X', '  b', '- c', '+ Y']],
    'two places far from each other': [
      'a\n1\n2\n3\nc',
      'X\n1\n2\n3\nY',
      ['- a', '+ X', '  1', '…', '  3', '- c', '+ Y'],
    ],
  };

  test.for(Object.entries(cases))('a diff shows what changed: %s', ([, [before, after, lines]]) => {
    expect(changedLines(before, after)).toEqual(lines);
  });
});
