import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText, findControlCharacter } from '../../src/project/text.ts';

describe('cleaned text', () => {
  test.each([
    ['colours', '\x1b[1;31mred\x1b[0m alert', 'red alert'],
    ['cursor moves', 'a\x1b[2J\x1b[10;10Hb', 'ab'],
    ['a window title', '\x1b]0;fake\x07title', 'title'],
    ['a link', '\x1b]8;;http://example.com\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['eight-bit codes', '\x9b31mred', 'red'],
    ['NUL, bell and backspace', 'a\0b\x07c\x08d', 'abcd'],
    ['a lone escape', 'a\x1b', 'a'],
    ['a line that would be written over', 'all is well\rfaked', 'all is well\nfaked'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\nb'],
    ['half a character', 'a\ud83d', 'a\ufffd'],
    ['space around', '  \n a \n ', 'a'],
    ['a name that is shown backwards', 'f\u202etxt.exe \u2067x\u2069', 'ftxt.exe x'],
    ['marks of direction', 'a\u061cb\u200ec\u200fd', 'abcd'],
    ['what has no width', 'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh', 'abcdefgh'],
    ['fillers that look like nothing', 'a\u115f\u1160b\u17b4c\u3164d\uffa0e', 'abcde'],
    ['selectors that carry a text', 'ok\ufe00\ufe07\ufe0d\u{e0fff}!', 'ok!'],
    ['tags, which only a model reads', 'ok\u{e0001}\u{e0041}\u{e0042}\u{e007f}\u{e0100}!', 'ok!'],
    ['joiners in a row', '👩\u200d\u200d👩', '👩👩'],
    ['every end of a line', 'a\u2028b\u2029c\u0085d\ve\ff', 'a\nb\nc\nd\ne\nf'],
  ])('text is cleaned of %s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  test.each([
    'tabs\tand\nlines',
    '日本語 العربية 😀 é',
    'brackets [31m without an escape',
    'rm -rf / && echo "x" | less',
    'an emoji of several 👩‍💻 👨‍👩‍👧 ❤️',
    'letters that a joiner shapes: می‌خواهم क्‍ष',
  ])('text cleaning keeps everything a person would read: %j', (text) => {
    expect(cleanText(text)).toBe(text);
  });

  test('cleaned text cannot steer a terminal', () => {
    const everything = Array.from({ length: 0x100 }, (_, code) => `${String.fromCharCode(code)}x`).join('');
    expect(cleanText(everything + everything)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\xad]/);
  });

  test.each([
    '\x1b]',
    '\x1b\x1b]',
    '\x1b]0;',
    '\x1b]]]',
    '\x1b[',
    '\x1b[1;',
    '\x9b1;',
    '\x1b',
    ']',
    '\r',
    '\u2028 ',
    '\u200d',
    '👩\u200d',
  ])('a text that repeats %j is cleaned in no time', (part) => {
    const text = part.repeat(Math.ceil(300_000 / part.length));
    const start = performance.now();
    for (const hostile of [text, `\x07${text}`, `${text}\x07`]) cleanText(hostile);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('cleaned text stays as it is when it is cleaned again', () => {
    for (const text of ['\x1b[31m a \x1b[0m', 'a\r\n b', '\x1b\x1b[31m[31ma']) {
      expect(cleanText(cleanText(text))).toBe(cleanText(text));
    }
  });

  test('cleaned text is one line on request, whatever breaks it', () => {
    expect(cleanLine('a\nb\r\nc\u2028d\u2029e\tf   g')).toBe('a b c d e f g');
  });
});

describe('control characters', () => {
  test('a control character is found and named with its line', () => {
    expect(findControlCharacter('a\nb\n\0')).toEqual({ line: 3, name: 'NUL' });
    expect(findControlCharacter('a\x1b[0m')).toEqual({ line: 1, name: 'ESC' });
    expect(findControlCharacter('a\r\n\x85')).toEqual({ line: 2, name: 'U+0085' });
  });

  test('tabs, line feeds and carriage returns are no control characters', () => {
    expect(findControlCharacter('a\tb\r\nc')).toBeUndefined();
  });
});
