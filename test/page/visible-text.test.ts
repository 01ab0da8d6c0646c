import { expect, test } from 'vitest';
import { withoutHidden } from '../../src/characters.ts';
import { piecesOf, plainLine } from '../../src/page/visible-text.ts';

/** What does not steer, hide or break anything where it stands, and what does. */
const AROUND = ['ab', '\u0628', '\u0915\u094d', '\u{1f468}', '\u2764\ufe0f'];

test('the page shows by its number what is removed of texts elsewhere, and nothing else but line ends', () => {
  const differing: string[] = [];
  for (let code = 0; code <= 0xe01ef; code += 1) {
    // Half a character, and what is assigned to nobody.
    if ((code >= 0xd800 && code <= 0xdfff) || (code > 0x1_ffff && code < 0xe_0000)) continue;
    const text = `a${String.fromCodePoint(code)}b`;
    const isShownByNumber = piecesOf(text).some((piece) => 'hidden' in piece);
    const isRemoved = withoutHidden(text).replaceAll('\n', '') === 'ab' && code !== 0x0a && code !== 0x0d;
    // These begin a sequence of a terminal together with what follows.
    if ([0x1b, 0x9b].includes(code)) expect(isShownByNumber).toBe(true);
    else if (isShownByNumber !== isRemoved) differing.push(code.toString(16));
  }
  expect(differing).toEqual([]);
});

test('a joiner that shapes a letter or joins two signs stays, and one that hides is shown by its number', () => {
  for (const before of AROUND) {
    const text = `${before}\u200d\u{1f469}`;
    expect(piecesOf(text).length > 1, text).toBe(withoutHidden(text) !== text);
  }
  expect(piecesOf('pass\u200dword')).toEqual([{ words: 'pass' }, { hidden: 'U+200D' }, { words: 'word' }]);
});

test('a title on the page is one line without anything that hides', () => {
  expect(plainLine('  Fix\u202e\nit\u{e0041}\u0085 now ')).toBe('Fix it now');
});
