import { describe, expect, test } from 'vitest';
import { amendPlan } from '../../src/bridge/amend-plan.ts';
import { readApproval } from '../../src/bridge/finish.ts';
import { nextToLand } from '../../src/bridge/landings.ts';
import { measuredRound } from '../../src/bridge/measured-round.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { claimByHand } from '../../src/bridge/submissions.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { Rig } from '../rig.ts';
import { createRig } from '../rig.ts';
import {
  accepted,
  begin,
  briefingOf,
  changingNothing,
  current,
  history,
  policyOf,
  refusalOf,
  send,
  start,
  submit,
  supervised,
} from './steps.ts';
import { dueIn, GREEN, leaseOf, measure, workOn } from './submitted.ts';

const PLAN = '---\noutline: true\n---\n# Build a clock';
const RULE = { rule: { matches: () => true } };

/** A project whose outline waits for a decision. */
async function outlined(rig: Rig): Promise<ProjectId> {
  const { id } = await send(rig, PLAN);
  await workOn(rig, id);
  await measure(rig, { outline: true });
  return id;
}

describe('an outline', () => {
  test('an approved outline lands nothing and opens the round of work in the same session, in one step', async () => {
    await using rig = await supervised();
    const id = await outlined(rig);
    const { sessionId } = await current(rig.bridge, id);
    expect(accepted(await measuredRound(rig.bridge, policyOf(rig), id)).landing).toEqual({ kind: 'outline' });
    const decided = accepted(await approve(rig.bridge, id, 'person', { round: 1 }));
    expect(decided).toMatchObject({
      project: { status: 'in_progress', round: 2, outlineRound: 1 },
      decision: { round: 1, verdict: 'approved' },
    });
    expect(await current(rig.bridge, id)).toEqual(decided.project);
    expect(await nextToLand(leaseOf(rig))).toBeUndefined();
    expect((await history(rig.bridge, id)).slice(-1)).toEqual(['project.outline_approved']);

    const { run } = await begin(rig);
    expect(run).toMatchObject({ kind: 'execute', round: 2, sessionId, revision: null });
    expect(await start(rig)).toBeUndefined();
    expect(await briefingOf(rig, id)).toMatchObject({ outline: 'It ticks.', reason: null });
  });

  test('an approval that is sent twice approves the outline once, and never the work after it', async () => {
    await using rig = await supervised();
    const id = await outlined(rig);
    accepted(await approve(rig.bridge, id, 'person', { round: 1 }));
    const again = () => approve(rig.bridge, id, 'person', { round: 1 });
    expect(accepted(await changingNothing(rig.bridge, again)).repeated).toBe(true);
    await workOn(rig, id);
    await measure(rig);
    expect(accepted(await changingNothing(rig.bridge, again)).repeated).toBe(true);
    const unnamed = () => approve(rig.bridge, id, 'person');
    expect(refusalOf(await changingNothing(rig.bridge, unnamed))).toContain('name the round');
    expect(accepted(await approve(rig.bridge, id, 'person', { round: 2 })).project.status).toBe('approved');
  });

  test('a rejected outline is followed by another one in the same session, whatever the owner configures', async () => {
    await using rig = await supervised();
    const id = await outlined(rig);
    const { sessionId } = await current(rig.bridge, id);
    accepted(await reject(rig.bridge, id, 'be bold', 'person'));
    const started = await start(rig, { policy: { ...policyOf(rig), revise_in: 'fresh' } });
    expect(started).toMatchObject({
      run: { kind: 'revise', round: 2, sessionId, revision: { session: 'same' } },
      project: { outlineRound: null },
    });
  });

  test('an outline whose plan is amended is made again', async () => {
    await using rig = await supervised();
    const id = await outlined(rig);
    const markdown = '# Build two clocks';
    const amended = accepted(
      await amendPlan(rig.bridge, policyOf(rig), { projectId: id, markdown }, 'person'),
    );
    expect(amended.reopened).toBe(true);
    const { run, project } = await begin(rig);
    expect([run.kind, project.round, project.outline, project.outlineRound]).toEqual([
      'revise',
      2,
      true,
      null,
    ]);
    const without = '---\noutline: false\n---\n# Build two clocks';
    const change = { projectId: id, markdown: without };
    expect(refusalOf(await amendPlan(rig.bridge, policyOf(rig), change, 'person'))).toContain(
      "line 2: 'outline' cannot be amended",
    );
  });

  test('an outline is approved by no rule, however green it is; the work after it is', async () => {
    await using rig = await supervised();
    const id = await outlined(rig);
    expect((await current(rig.bridge, id)).status).toBe('awaiting_approval');
    accepted(await reject(rig.bridge, id, 'again', 'person'));
    await workOn(rig, id);
    expect(await measure(rig, { ...GREEN, outline: true }, RULE)).toBe('awaiting_approval');
    accepted(await approve(rig.bridge, id, 'person'));
    await workOn(rig, id);
    expect((await dueIn(rig)).project).toMatchObject({ round: 3, outlineRound: 2 });
    expect(await measure(rig, GREEN, RULE)).toBe('approved_by_rule');
  });

  test('an outline that a person makes by hand opens the work by hand, and the approval is read without completing it', async () => {
    await using rig = await createRig();
    const { id } = await send(rig, PLAN);
    accepted(await claimByHand(rig.bridge, id));
    await submit(rig, id);
    accepted(await approve(rig.bridge, id, 'person'));
    const read = accepted(await readApproval(rig.bridge, id));
    expect(read.project).toMatchObject({ status: 'in_progress', round: 2, claimedBy: 'code' });
    await submit(rig, id);
    accepted(await approve(rig.bridge, id, 'person', { round: 2 }));
    expect(accepted(await readApproval(rig.bridge, id)).project.status).toBe('complete');
  });
});
