import { describe, expect, test } from 'vitest';
import { isAskedAbout } from '../../src/project/permission-rule.ts';

const bash = (command: string) => ['Bash', { command }] as const;

describe('calls that a person is asked about', () => {
  test.each<[string, readonly [string, unknown], boolean]>([
    ['Bash(npm publish *)', bash('npm publish --tag next'), true],
    ['Bash(npm publish *)', bash('cd dist &&  npm   publish'), true],
    ['Bash(npm publish:*)', bash('npm publish'), true],
    ['Bash(npm publish *)', bash('npm whoami'), false],
    ['Bash(npm publish *)', ['Write', { file_path: '/a', content: 'npm publish' }], false],
    ['Bash', bash('anything'), true],
    ['Bash(*)', bash('anything'), true],
    ['WebFetch(domain:example.com)', ['WebFetch', { url: 'https://example.org' }], true],
    ['Edit(/docs/**)', ['Write', { file_path: '/src/a' }], true],
    ['Edit', ['Read', { file_path: '/src/a' }], false],
    ['mcp__shop__*', ['mcp__shop__pay', { amount: 3 }], true],
    ['mcp__shop__pay', ['mcp__shop__payback', {}], false],
    ['Bash(rm *)', ['Bash', null], true],
  ])('a call that Claude Code leaves open counts for %s, rather more often than not: %j: %s', (rule, [
    tool,
    input,
  ], isAsked) => {
    expect(isAskedAbout([rule], tool, input)).toBe(isAsked);
  });

  test('a person is asked about every call where the rest is asked about, and about none without a rule', () => {
    expect(isAskedAbout('rest', ...bash('anything'))).toBe(true);
    expect(isAskedAbout([], ...bash('anything'))).toBe(false);
  });
});
