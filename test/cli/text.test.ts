import { describe, expect, test } from 'vitest';
import {
  cell,
  clip,
  flow,
  plainLine,
  plainLines,
  shorten,
  widthOf,
  wrap,
} from '../../src/cli/terminal/text.ts';

const SAMPLES = [
  'plain words',
  '日本語のタイトル',
  '한국어 제목',
  'ｆｕｌｌ ｗｉｄｔｈ',
  '🚀🚀 emoji 👨‍👩‍👧 family ❤️',
  'combining e\u0301 accents',
  `one ${'x'.repeat(200)} long word`,
  '',
];

describe('widths of characters', () => {
  test('wide characters count two columns, marks above others none', () => {
    const widths = { a: 1, 日: 2, 한: 2, ｆ: 2, '🚀': 2, 'e\u0301': 1, '': 0 };
    for (const [text, width] of Object.entries(widths)) expect(widthOf(text), text).toBe(width);
    expect(widthOf('❤️')).toBe(2);
    expect(widthOf('か\u3099')).toBe(2);
  });
});

describe('clip and cell', () => {
  test.for(SAMPLES)('a clipped text %j takes at most, or exactly, the columns it is given', (text) => {
    for (const columns of [0, 1, 2, 3, 10, 40]) {
      expect(widthOf(clip(text, columns))).toBeLessThanOrEqual(columns);
      expect(widthOf(cell(text, columns))).toBe(columns);
    }
  });

  test('a clipped text ends with a sign that it was cut, and a fitting one is left as it is', () => {
    expect(clip('import the files', 10)).toBe('import th…');
    expect(clip('import', 6)).toBe('import');
  });
});

describe('wrap', () => {
  test.for(SAMPLES)('wrap of %j loses nothing and fits', (text) => {
    // A family of three is counted as three: nothing narrower can hold it.
    for (const columns of [6, 11, 40]) {
      const lines = wrap(text, columns);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
  });

  test('wrap breaks between words, keeps line breaks and the indentation of a list', () => {
    expect(wrap('one two three\n\n  - four five six', 9)).toEqual([
      'one two',
      'three',
      '',
      '  - four',
      '  five',
      '  six',
    ]);
  });

  test('wrap gives up the indentation for a character that fits only without it, and makes no empty line', () => {
    expect(wrap('  - 日本', 2)).toEqual([' -', '日', '本']);
  });

  test('wrap takes a plan of a megabyte in one word', () => {
    expect(wrap('x'.repeat(1_000_000), 80)).toHaveLength(12_500);
  });
});

describe('plainLine', () => {
  test('plainLine drops escape sequences, control characters and marks that reorder text', () => {
    expect(plainLine('a\u001b[31mred\u001b[0m\u0007 \u202eb\u0000\u009b2Jc\r\nd\te')).toBe('ared bc d e');
  });

  test('plainLine drops what hides in it or reorders it, and ends a line where a viewer may', () => {
    expect(plainLine('a\u061c\u200b\u200d\u2066\ufeff\u{e0041}b\u2028c')).toBe('ab c');
    expect(plainLines('a\u2028b\u0085c')).toEqual(['a', 'b', 'c']);
  });

  test('plainLine keeps what is merely unusual', () => {
    expect(plainLine('naïve — “quoted” 日本 👨‍👩‍👧')).toBe('naïve — “quoted” 日本 👨‍👩‍👧');
  });
});

test('flow puts short facts in rows and leaves empty ones out', () => {
  expect(flow(['one', '', 'two', 'three'], 11)).toEqual(['one · two', 'three']);
});

test('shorten says how many lines it left out', () => {
  expect(shorten(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', '… 2 more lines']);
  expect(shorten(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c']);
});
