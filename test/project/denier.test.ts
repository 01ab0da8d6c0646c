import { expect, test } from 'vitest';
import { withDenier } from '../../src/project/denier.ts';

const call = (command: string, by: 'mode' | 'rule' | 'person' | 'sandbox' = 'mode') => ({
  tool: 'Bash',
  input: { command, description: 'x' },
  by,
});

test('a call was denied by the person who was asked about an equal one', () => {
  const requests = [{ toolName: 'Bash', input: '{"description":"y","command":"npm publish"}' }];
  expect(withDenier(call('npm publish'), ['Bash'], requests).by).toBe('person');
  expect(withDenier(call('npm test', 'person'), [], requests).by).toBe('mode');
});

test('a call that a rule of the policy may name was denied by that rule', () => {
  expect(withDenier(call('cd x && git push origin'), ['Bash(git push *)'], []).by).toBe('rule');
  expect(withDenier(call('git status'), ['Bash(git push *)'], []).by).toBe('mode');
  expect(withDenier(call('x', 'sandbox'), ['Bash'], []).by).toBe('sandbox');
  const edit = { tool: 'Edit', input: { file_path: '/a' }, by: 'mode' } as const;
  expect(withDenier(edit, ['Edit(//b/**)'], []).by).toBe('mode');
  expect(withDenier(edit, ['Edit'], []).by).toBe('rule');
});
