import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { Rig } from '../rig.ts';
import { accepted, begin, changingNothing, current, history, refusalOf, supervised } from './steps.ts';
import { measure, RED, TREE, toVerify, workOn } from './submitted.ts';

const LAST_RED = { ...RED, repairs: { used: 2, max: 2 } };

/** A project whose second round is measured: four files, and red checks that cannot be repaired. */
async function secondRound(rig: Rig): Promise<ProjectId> {
  const id = await toVerify(rig);
  await measure(rig);
  accepted(await reject(rig.bridge, id, 'too slow', 'person'));
  await workOn(rig, id);
  await measure(rig, LAST_RED);
  return id;
}

describe('a decision on what was measured', () => {
  test('a decision keeps the tree, the base and the evidence that it is about, and how it came', async () => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const { decision } = accepted(await approve(rig.bridge, id, 'person: anna'));
    const [, second] = rig.rowsOf('evidence');
    expect(decision).toMatchObject({
      tree: TREE,
      baseOid: 'a'.repeat(40),
      evidenceId: second?.id,
      bound: false,
      decidedBy: 'person: anna',
      decidedVia: 'http',
    });
  });

  test.each([
    '9f3c1e07',
    TREE,
    TREE.toUpperCase(),
  ])('a decision that names the tree %s is bound', async (tree) => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const { decision } = accepted(await approve(rig.bridge, id, 'person', { round: 2, tree }));
    expect(decision).toMatchObject({ bound: true, decidedVia: 'cli' });
  });

  test.each<[object, string]>([
    [
      { round: 1 },
      'round 1 is not the one under way (2); since then: 4 files, +12 −3, checks failed after 2 repairs.',
    ],
    [
      { round: 3, tree: TREE },
      'round 3 is not the one under way (2); since then: 4 files, +12 −3, checks failed after 2 repairs.',
    ],
    [
      { round: 2, tree: '9f3c1e08' },
      'tree 9f3c1e08 is not that of round 2 (tree 9f3c1e07); since then: 4 files, +12 −3, checks failed after 2 repairs.',
    ],
    [{ tree: '9f3c1e0' }, "'tree' must be the first 8 or more hexadecimal digits of what was measured."],
    [{ tree: 'not a tree' }, "'tree' must be the first 8 or more hexadecimal digits of what was measured."],
  ])('a decision about something else is refused: %j', async (options, refusal) => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const reply = await changingNothing(rig.bridge, () => approve(rig.bridge, id, 'person', options));
    expect(refusalOf(reply)).toBe(refusal);
  });

  test('a decision that names a tree is refused when nothing was measured', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    await measure(rig, { measured: false, git: null, diff: null });
    const reply = await approve(rig.bridge, id, 'person', { tree: TREE });
    expect(refusalOf(reply)).toBe('round 1 was not measured and has no tree; decide on the round alone.');
  });
});

describe('a decision on what was shown', () => {
  test('a decision that names nothing is about what was shown last, and is bound to it', async () => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const shown = { round: 2, tree: TREE };
    expect(accepted(await approve(rig.bridge, id, 'desktop', { shown })).decision.bound).toBe(true);
  });

  test.each([
    null,
    { round: 1, tree: TREE },
    { round: 2, tree: 'b'.repeat(40) },
    { round: 2, tree: null },
  ])('a decision that names nothing is refused when %j was shown last', async (shown) => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const reply = await changingNothing(rig.bridge, () => approve(rig.bridge, id, 'desktop', { shown }));
    expect(refusalOf(reply)).toBe(
      'round 2 (tree 9f3c1e07) has not been shown yet: show it to the person first.',
    );
    accepted(await approve(rig.bridge, id, 'desktop', { shown, round: 2, tree: TREE }));
  });
});

describe('a second decision', () => {
  test('a second decision that differs is told the first, and changes nothing', async () => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const { createdAt } = accepted(await approve(rig.bridge, id, 'person: anna', { tree: TREE })).decision;
    for (const call of [
      () => reject(rig.bridge, id, 'no', 'desktop'),
      () => reject(rig.bridge, id, 'no', 'desktop', { round: 2 }),
      () => approve(rig.bridge, id, 'desktop', { tree: 'b'.repeat(40) }),
    ])
      expect(refusalOf(await changingNothing(rig.bridge, call))).toBe(
        `round 2 was approved by person: anna via http at ${createdAt}; nothing was changed.`,
      );
    const again = await changingNothing(rig.bridge, () =>
      approve(rig.bridge, id, 'person: anna', { tree: TREE }),
    );
    expect(accepted(again).repeated).toBe(true);
  });
});

describe('the last round', () => {
  test('the rejection of the last round is recorded and the project needs a person; a retry allows one more', async () => {
    await using rig = await supervised();
    const id = await secondRound(rig);
    const { project, decision } = accepted(await reject(rig.bridge, id, 'no', 'person', { maxRounds: 2 }));
    expect(decision).toMatchObject({ round: 2, verdict: 'rejected', reason: 'no' });
    expect(project).toMatchObject({ status: 'attention', attentionFrom: 'rejected' });
    expect(await current(rig.bridge, id)).toEqual(project);
    expect((await history(rig.bridge, id)).slice(-2)).toEqual([
      'project.rejected',
      'project.needs_attention',
    ]);
    expect(await begin(rig).catch(() => 'nothing')).toBe('nothing');
    accepted(await retry(rig.bridge, id, 'person'));
    const { run, briefing } = await begin(rig);
    expect(run).toMatchObject({ kind: 'revise', round: 3 });
    expect(briefing.reason).toBe('no');
  });
});
