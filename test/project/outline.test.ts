import { expect, test } from 'vitest';
import {
  describeStatus,
  describeTitle,
  isOutline,
  nameOfRound,
  opensWork,
  readingOnly,
  rulesOfOutline,
  whatNext,
} from '../../src/project/outline.ts';
import { asksPerson } from '../../src/project/policy.ts';
import { PROJECT_STATUSES, WHAT_NEXT } from '../../src/project/project.ts';
import { workRules } from '../../src/project/work-rules.ts';

const at = (round: number, outlineRound: number | null, outline = true) => ({ outline, outlineRound, round });

test('every round asks for an outline until one is approved, and for work after that one', () => {
  expect([1, 2, 3].map((round) => isOutline(at(round, null)))).toEqual([true, true, true]);
  expect([1, 2, 3, 4].map((round) => isOutline(at(4, 2), round))).toEqual([true, true, false, false]);
  expect(isOutline(at(3, 2))).toBe(false);
});

test('a plan that does not ask for it has no outline', () => {
  expect([1, 2].map((round) => isOutline(at(round, null, false)))).toEqual([false, false]);
  expect(opensWork(at(1, null, false))).toBe(false);
});

test('the round after the approved outline opens the work, and no other one', () => {
  expect([1, 2, 3, 4].map((round) => opensWork(at(round, 2)))).toEqual([false, false, true, false]);
  expect(opensWork(at(2, null))).toBe(false);
});

test('the policy for an outline only reads: it allows nothing, asks nobody and denies changes whatever was allowed', () => {
  const owners = { mode: 'bypassPermissions', allow: ['Bash', 'Write'], deny: ['WebFetch'] } as const;
  const policy = readingOnly({ ...owners, ask: ['Bash(git push *)'], rest: 'ask' });
  expect(policy).toEqual({
    mode: 'plan',
    allow: [],
    deny: ['WebFetch', 'Bash(git push *)', 'Edit(//**)'],
    ask: [],
    rest: 'deny',
  });
  expect(asksPerson(policy)).toBe(false);
});

test('the rules for an outline check, repair, review and approve nothing', () => {
  const checks = [{ name: 'test', run: 'npm test', timeout: 1_000 }];
  const owners = {
    checks,
    repairs: 3,
    revise_in: 'fresh',
    auto_approve: { max_lines: 9, paths: ['**'] },
  } as const;
  const rules = workRules(
    { path: '/app', ...owners, review: { max_usd: 2, timeout: 1_000, repair: true } },
    {},
  );
  expect(rulesOfOutline(rules)).toEqual({
    ...rules,
    checks: [],
    repairs: 0,
    review: null,
    autoApprove: null,
    reviseIn: 'session',
  });
});

test('status, title and next step say that it is an outline while it is one, and not of a closed project', () => {
  const of = (status: (typeof PROJECT_STATUSES)[number], outlineRound: number | null) => {
    const project = { ...at(1, outlineRound), round: outlineRound === null ? 1 : 2, status, title: 'Shed' };
    return [describeStatus(project), describeTitle(project), whatNext(project)];
  };
  expect(of('awaiting_approval', null)).toEqual([
    'awaiting_approval (outline)',
    'outline: Shed',
    expect.stringContaining('no work was done'),
  ]);
  expect(of('cancelled', null)).toEqual(['cancelled', 'Shed', WHAT_NEXT.cancelled]);
  for (const status of PROJECT_STATUSES) expect(of(status, 1)).toEqual([status, 'Shed', WHAT_NEXT[status]]);
  expect([nameOfRound(1, true), nameOfRound(2, false)]).toEqual(['outline of round 1', 'round 2']);
});
