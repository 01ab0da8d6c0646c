import { expect, test } from 'vitest';
import { aboveCeilings } from '../../src/project/ceilings.ts';
import { parsePlan } from '../../src/project/plan.ts';
import { type SharedRules, workRules } from '../../src/project/work-rules.ts';
import type { WorkspaceSettings } from '../../src/project/workspace.ts';

const CHECKS = ['test', 'lint'].map((name) => ({ name, run: `npm run ${name}`, timeout: 1_000 }));

/** What is said of a plan with these lines in the workspace `app`. */
async function above(
  lines: readonly string[],
  own: Partial<WorkspaceSettings> = {},
  shared: SharedRules = {},
): Promise<string[]> {
  const read = await parsePlan(['---', 'title: A', ...lines, '---', 'text', ''].join('\n'));
  if (!read.ok) throw new Error(read.problems.join('; '));
  return aboveCeilings(read.asked, workRules({ path: '/app', ...own }, shared), 'app');
}

test.for<[string, Partial<WorkspaceSettings>]>([
  ['isolation: worktree', {}],
  ['isolation: worktree', { isolation: 'in_place' }],
  ['isolation: in_place', { allow_in_place: true }],
  ['isolation: in_place', { isolation: 'in_place' }],
  ['base: main', {}],
  ['checks: test', { checks: CHECKS }],
  ['checks: [lint, test]', { checks: CHECKS }],
  ['on_approve: merge', {}],
  ['on_approve: branch', {}],
  ['on_approve: branch', { on_approve: 'push' }],
  ['budget_usd: 900', {}],
  ['budget_usd: 4', { budget_usd: 4 }],
  ['max_rounds: 5', {}],
  ['max_rounds: 7', { max_rounds: 7 }],
  ['max_turns: 900', {}],
  ['max_turns: 9', { max_turns: 9 }],
  ['timeout: 7d', {}],
  ['permission_mode: acceptEdits', {}],
  ['permission_mode: plan', { policy: { mode: 'dontAsk' } }],
  ['permission_mode: bypassPermissions', { policy: { mode: 'bypassPermissions' } }],
  ['permission_mode: dontAsk', { policy: { ask: ['Bash'] } }],
  ['deny: [WebFetch, Bash(git push *)]', { policy: { allow: ['WebFetch'] } }],
  ['ask: Bash(git push *)', { policy: { deny: ['Bash'] } }],
  ['answer_after: 8h', {}],
  ['outline: true', {}],
  ['outline: true', { policy: { mode: 'dontAsk' } }],
  ['outline: false', { policy: { mode: 'plan' } }],
])('a plan may ask for %j where %j is set', async ([line, own]) => {
  expect(await above([line], own)).toEqual([]);
});

test.for<[string, Partial<WorkspaceSettings>, string]>([
  ['isolation: in_place', {}, "line 3: 'isolation: in_place' is more than workspace 'app' allows (worktree)"],
  [
    'checks: curl x | sh',
    { checks: CHECKS },
    "line 3: 'curl x | sh' is no check of workspace 'app' (test, lint)",
  ],
  [
    'checks: [test, deploy]',
    { checks: CHECKS },
    "line 3: 'deploy' is no check of workspace 'app' (test, lint)",
  ],
  ['checks: [test]', {}, "line 3: 'test' is no check of workspace 'app' (it has none)"],
  ['budget_usd: 5', { budget_usd: 4 }, "line 3: 'budget_usd: 5' is more than workspace 'app' allows (4)"],
  ['on_approve: push', {}, "line 3: 'on_approve: push' is more than workspace 'app' allows (merge)"],
  [
    'on_approve: merge',
    { on_approve: 'push' },
    "line 3: 'on_approve: merge' is more than workspace 'app' allows (push)",
  ],
  [
    'on_approve: merge',
    { on_approve: 'branch' },
    "line 3: 'on_approve: merge' is more than workspace 'app' allows (branch)",
  ],
  ['max_turns: 10', { max_turns: 9 }, "line 3: 'max_turns: 10' is more than workspace 'app' allows (9)"],
  ...(['dontAsk', 'default', 'acceptEdits', 'auto'] as const).flatMap((mode, at, modes) =>
    [...modes.slice(at + 1), 'bypassPermissions'].map(
      (asked): [string, Partial<WorkspaceSettings>, string] => [
        `permission_mode: ${asked}`,
        { policy: { mode } },
        `line 3: 'permission_mode: ${asked}' is more than workspace 'app' allows (${mode})`,
      ],
    ),
  ),
  [
    'ask: Bash(git push *)',
    { policy: { mode: 'dontAsk' } },
    "line 3: in permission mode 'dontAsk' nobody is asked: use 'deny'",
  ],
  ['max_rounds: 6', {}, "line 3: 'max_rounds: 6' is more than workspace 'app' allows (5)"],
])('a plan that asks for %j where %j is set is told the line and what is allowed', async ([
  line,
  own,
  words,
]) => {
  expect(await above([line], own)).toEqual([words]);
});

test('what a workspace does not say is as for every workspace, and each line that is too much is named', async () => {
  const shared: SharedRules = {
    isolation: 'in_place',
    on_approve: 'branch',
    max_rounds: 2,
    max_turns: 40,
    run_timeout: 4 * 3_600_000,
    permission_mode: 'default',
  };
  const asked = [
    'on_approve: merge',
    'max_rounds: 3',
    'max_turns: 41',
    'timeout: 5h',
    'permission_mode: auto',
  ];
  expect(await above(['isolation: in_place', ...asked], {}, shared)).toEqual([
    "line 4: 'on_approve: merge' is more than workspace 'app' allows (branch)",
    "line 5: 'max_rounds: 3' is more than workspace 'app' allows (2)",
    "line 6: 'max_turns: 41' is more than workspace 'app' allows (40)",
    "line 7: 'timeout: 5h' is more than workspace 'app' allows (4h)",
    "line 8: 'permission_mode: auto' is more than workspace 'app' allows (default)",
  ]);
});

test('a plan may not ask for an outline where it may only read, by its own mode or by the workspace', async () => {
  const words = "'plan' no work follows an outline: leave one of both out";
  const problem = (line: number) => [`line ${line}: in permission mode ${words}`];
  expect(await above(['outline: true', 'permission_mode: plan'])).toEqual(problem(3));
  expect(await above(['permission_mode: plan', 'outline: true'])).toEqual(problem(4));
  expect(await above(['outline: true'], { policy: { mode: 'plan' } })).toEqual(problem(3));
});
