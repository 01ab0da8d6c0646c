import { expect, test } from 'vitest';
import { isPermissionRule } from '../../src/project/permission-rule.ts';
import { askingNobody, asksPerson, narrowed, type Policy, policyOf } from '../../src/project/policy.ts';

const NOTHING_ASKED = { permissionMode: null, deny: null, ask: null };

const POLICY: Policy = {
  mode: 'acceptEdits',
  allow: ['Bash(npm test *)'],
  deny: ['WebFetch'],
  ask: ['Bash(git push *)'],
  rest: 'deny',
};

test('a configuration that says nothing lets Claude edit files, and denies the rest', () => {
  expect(policyOf(undefined, {})).toEqual({
    mode: 'acceptEdits',
    allow: [],
    deny: [],
    ask: [],
    rest: 'deny',
  });
});

test('the older names are the mode, the allowed and the denied rules of the policy', () => {
  const shared = {
    permission_mode: 'default',
    allowed_tools: ['Bash'],
    disallowed_tools: ['WebFetch'],
  } as const;
  expect(policyOf(undefined, shared)).toMatchObject({ mode: 'default', allow: ['Bash'], deny: ['WebFetch'] });
  const policy = { mode: 'dontAsk', allow: ['Bash', 'Read'], deny: ['Agent'] } as const;
  expect(policyOf(undefined, { ...shared, policy })).toMatchObject({
    mode: 'dontAsk',
    allow: ['Bash', 'Read'],
    deny: ['WebFetch', 'Agent'],
  });
});

test('a workspace has a mode and an answer to the rest of its own, and adds its rules to those of all', () => {
  const own = {
    mode: 'auto',
    rest: 'ask',
    allow: ['Bash(make *)'],
    deny: ['Agent'],
    ask: ['Bash(rm *)'],
  } as const;
  expect(policyOf(own, { policy: POLICY })).toEqual({
    mode: 'auto',
    rest: 'ask',
    allow: ['Bash(npm test *)', 'Bash(make *)'],
    deny: ['WebFetch', 'Agent'],
    ask: ['Bash(git push *)', 'Bash(rm *)'],
  });
});

test('a plan lowers the mode and adds to what is denied and asked about; it never widens anything', () => {
  expect(narrowed(POLICY, NOTHING_ASKED)).toEqual(POLICY);
  expect(narrowed(POLICY, { permissionMode: 'plan', deny: ['Agent', 'WebFetch'], ask: ['Bash'] })).toEqual({
    ...POLICY,
    mode: 'plan',
    deny: ['WebFetch', 'Agent'],
    ask: ['Bash(git push *)', 'Bash'],
  });
  // The owner has lowered the mode since the plan was sent.
  expect(narrowed(POLICY, { ...NOTHING_ASKED, permissionMode: 'bypassPermissions' }).mode).toBe(
    'acceptEdits',
  );
});

test('a person is asked where a rule or the rest says so, in every mode but the one that asks nobody', () => {
  expect(asksPerson(POLICY)).toBe(true);
  expect(asksPerson({ ...POLICY, ask: [] })).toBe(false);
  expect(asksPerson({ ...POLICY, ask: [], rest: 'ask' })).toBe(true);
  expect(asksPerson({ ...POLICY, mode: 'dontAsk' })).toBe(false);
});

test('a policy that can ask nobody denies what would be asked', () => {
  const policy = askingNobody({ ...POLICY, rest: 'ask' });
  expect(policy).toEqual({ ...POLICY, deny: ['WebFetch', 'Bash(git push *)'], ask: [] });
});

test.each([
  'Bash',
  'WebFetch',
  'Bash(npm test *)',
  'Bash(git log --format="%h (%an)" *)',
  'Read(//etc/**)',
  'mcp__notes__add',
  'mcp__my-server__*',
  'Agent(Explore)',
])('%j is a rule', (rule) => {
  expect(isPermissionRule(rule)).toBe(true);
});

test.each([
  '',
  ' Bash',
  'Bash(',
  'Bash()',
  'Bash( )',
  'Bash(npm test *) or more',
  'npm test',
  '(npm test)',
  'Bash(a\nb)',
  'Bash(a\u0000b)',
  'Bash(a\u202eb)',
  '--dangerously-skip-permissions',
  'Bash, Read',
  `Bash(${'x'.repeat(500)})`,
])('%j is no rule', (rule) => {
  expect(isPermissionRule(rule)).toBe(false);
});
