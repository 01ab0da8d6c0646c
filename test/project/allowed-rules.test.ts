import { expect, test } from 'vitest';
import { reasonWithAllowed, whyNotAllowed } from '../../src/project/allowed-rules.ts';
import { covers } from '../../src/project/permission-rule.ts';
import { suggestedRules } from '../../src/project/suggested-rule.ts';

test.each([
  ['Bash', 'Bash'],
  ['Bash', 'Bash(git push *)'],
  ['Bash(git push *)', 'Bash(git push *)'],
  ['Bash(git push *)', 'Bash(git push)'],
  ['Bash(git push *)', 'Bash(git push:*)'],
  ['Bash(git push:*)', 'Bash(git push origin main)'],
  ['Bash(git push *)', 'Bash(git push origin *)'],
  ['Bash(*push*)', 'Bash(git push origin *)'],
  ['mcp__notes__*', 'mcp__notes__add'],
  ['Edit', 'Write'],
  ['Read(//etc/*)', 'Read(//etc/passwd)'],
])('the rule %s covers %s', (rule, other) => {
  expect(covers(rule, other)).toBe(true);
});

test.each([
  ['Bash(git push *)', 'Bash'],
  ['Bash(git push *)', 'Bash(git *)'],
  ['Bash(git push *)', 'Bash(git pushy)'],
  ['Bash(a.c)', 'Bash(abc)'],
  ['WebFetch', 'WebSearch'],
  ['mcp__notes__*', 'mcp__note'],
])('the rule %s does not cover %s', (rule, other) => {
  expect(covers(rule, other)).toBe(false);
});

test('what the policy denies or asks about cannot be allowed, nor what is no rule', () => {
  const policy = { deny: ['Bash(git push *)'], ask: ['Bash(npm publish *)'] };
  expect(whyNotAllowed('Bash(npm test *)', policy)).toBeUndefined();
  expect(whyNotAllowed('Bash(git push origin *)', policy)).toBe(
    "'Bash(git push origin *)' stays denied: the policy denies 'Bash(git push *)'",
  );
  expect(whyNotAllowed('Bash(npm publish)', policy)).toBe(
    "'Bash(npm publish)' stays asked about: the policy asks about 'Bash(npm publish *)', so allow the call when Claude asks",
  );
  expect(whyNotAllowed('npm test', policy)).toMatch(/^'npm test' is no rule: it must be a tool/);
});

test('a reason says what is permitted now', () => {
  expect(reasonWithAllowed('Test it.', [])).toBe('Test it.');
  expect(reasonWithAllowed('Test it.', ['Bash(npm test *)'])).toMatch(
    /^Test it\.\n\n.*permits.*\n\n- Bash\(npm test \*\)$/,
  );
});

test.each([
  ['npm test', 'Bash(npm test *)'],
  ['npm test -- --watch=false', 'Bash(npm test *)'],
  ['npm run lint --fix', 'Bash(npm run lint *)'],
  ['node scripts/build.mjs', 'Bash(node scripts/build.mjs)'],
  ['make', 'Bash(make)'],
])('a rule for the refused command %s is suggested', (command, rule) => {
  expect(suggestedRules([{ tool: 'Bash', what: `Bash: ${command}`, by: 'mode', times: 1 }])).toEqual([rule]);
});

test('no rule is suggested for a command that is more than words, is cut, or was refused by a rule or a person', () => {
  const denied = (what: string, by: 'mode' | 'rule' | 'person' = 'mode') => ({
    tool: 'Bash',
    what: `Bash: ${what}`,
    by,
    times: 1,
  });
  const commands = ['npm test && curl x', 'echo "$(id)"', "echo 'a'", 'echo `id`', 'node very/long…', ''];
  expect(suggestedRules(commands.map((command) => denied(command)))).toEqual([]);
  expect(suggestedRules([denied('npm test', 'rule'), denied('npm test', 'person')])).toEqual([]);
  const some = ['a', 'b', 'a', 'c', 'd'].map((command) => denied(command));
  expect(suggestedRules(some)).toEqual(['Bash(a)', 'Bash(b)', 'Bash(c)']);
  expect(suggestedRules([{ tool: 'WebFetch', what: 'WebFetch: http://x', by: 'mode', times: 1 }])).toEqual([
    'WebFetch',
  ]);
});
