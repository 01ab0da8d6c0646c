import { describe, expect, test } from 'vitest';
import { isAskedAbout, toolsAskedAbout } from '../../src/project/asked-calls.ts';

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
    ['WebFetch(domain:example.com)', ['WebFetch', { url: 'https://api.example.com/a' }], true],
    ['WebFetch(domain:*.example.com)', ['WebFetch', { url: 'https://api.example.com/a' }], true],
    ['WebFetch(domain:example.com)', ['WebFetch', { url: 'https://example.org' }], false],
    ['WebFetch(domain:example.com)', ['WebFetch', { url: 'no address' }], true],
    ['Bash(npm publish *)', bash('npm "publish"; true'), true],
    ['Bash(npm publish *)', bash('n\\pm \\\n publish'), true],
    ['Bash(npm publish *)', bash("$'npm' publish"), true],
    ['Bash(npm publish *)', bash('T=npm; $T publish'), true],
    ['Bash(npm publish *)', bash(`A="npm publish" && \${A} --tag next`), true],
    ['Bash(npm publish *)', bash(`npm\${IFS}publish`), true],
    ['Bash(npm publish *)', bash('true\nnpm publish'), true],
    ['Bash(npm publish *)', bash(`CI=1 command npm publish $(cat tag)`), true],
    ['Bash(npm publish *)', bash('TAG=publish npm whoami'), false],
    ['Bash(echo "a b" *)', bash('echo "a b" c'), true],
    ['Bash(npm publish *)', ['Monitor', { command: 'npm publish', description: 'x' }], true],
    ['Task', ['Agent', { prompt: 'x' }], true],
    ['mcp__shop', ['mcp__shop__pay', { amount: 3 }], true],
    ['mcp__shop', ['mcp__shopping__pay', { amount: 3 }], false],
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

  test('a command of any length is looked at in a moment, also one that sets variables and uses them everywhere', () => {
    const long = `A=${'x'.repeat(500_000)}; ${'$A '.repeat(200_000)}`;
    for (const command of [long, "a='".repeat(300_000), 'a'.repeat(1_000_000), `${long}; npm publish`])
      expect(isAskedAbout(['Bash(npm publish *)'], ...bash(command))).toBe(command.endsWith('npm publish'));
  });

  test('a person is asked about every call where the rest is asked about, and about none without a rule', () => {
    expect(isAskedAbout('rest', ...bash('anything'))).toBe(true);
    expect(isAskedAbout([], ...bash('anything'))).toBe(false);
  });

  test.each<[readonly string[] | 'rest', readonly string[], readonly string[]]>([
    [[], [], ['Bash', 'Read', 'mcp__shop__pay']],
    [['Bash(git push *)'], ['Bash', 'Monitor'], ['BashOutput', 'Read', 'Edit']],
    [['WebFetch(domain:a.com)', 'WebSearch'], ['WebFetch', 'WebSearch'], ['Bash']],
    [['Task'], ['Task', 'Agent'], ['TaskStop']],
    [['mcp__shop'], ['mcp__shop__pay'], ['mcp__shopping__pay', 'Bash']],
    [['mcp__shop__pay'], ['mcp__shop__pay'], ['mcp__shop__payback']],
    [['mcp__shop__get_*'], ['mcp__shop__get_order'], ['mcp__shop__pay']],
    ['rest', ['Bash', 'Read', 'Anything'], []],
    [['Edit(/docs/**)'], ['Write', 'Bash', 'Anything'], []],
    [['Read'], ['Grep', 'Anything'], []],
    [['Skill(x)'], ['Skill', 'Anything'], []],
    [['Bash(git push *)', 'Edit(/docs/**)'], ['Write', 'Bash', 'Anything'], []],
  ])('the tools that a person can be asked about are no fewer than those that %j names', (asked, can, cannot) => {
    const patterns = toolsAskedAbout(asked);
    const isAmong = (tool: string) =>
      patterns === undefined || patterns.some((pattern) => new RegExp(`^(${pattern})$`).test(tool));
    expect(can.filter((tool) => !isAmong(tool))).toEqual([]);
    expect(cannot.filter(isAmong)).toEqual([]);
  });
});
