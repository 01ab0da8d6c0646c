import { expect, test } from 'vitest';
import { caretIn, completed } from '../../src/page/plan/caret.ts';

/** The plan without its mark `|`, and where that stood. */
function at(marked: string) {
  const position = marked.indexOf('|');
  return [marked.replace('|', ''), position] as const;
}

test.each([
  ['---\npri|\n---\n# A', { at: 'key', typed: 'pri', used: [] }],
  ['---\nmodel: opus\n|\n---\n# A', { at: 'key', typed: '', used: ['model'] }],
  ['---\n|', { at: 'key', typed: '', used: [] }],
  ['---\nworkspace: sh|\n---\n# A', { at: 'value', key: 'workspace', typed: 'sh' }],
  ['---\ntitle: a: b|\n---\n', { at: 'value', key: 'title', typed: 'a: b' }],
  ['---\n# note|\n---\n# A', undefined],
  ['---\nmodel: opus\n---\npri|', undefined],
  ['---\nmodel: opus\n---|\n', undefined],
  ['|---\nmodel: opus\n---\n', undefined],
  ['# A\npri|', undefined],
  ['|', undefined],
])('what is offered at the mark of %j is known', (marked, expected) => {
  expect(caretIn(...at(marked))).toEqual(expected);
});

test('what is offered takes the place of what was typed, and the caret stands behind it', () => {
  const [plan, position] = at('---\npri|\n---\n# A');
  expect(completed(plan, position, 'pri', 'priority: ')).toEqual({
    plan: '---\npriority: \n---\n# A',
    position: 14,
  });
});
