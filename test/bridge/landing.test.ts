import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { finish, finishApproved, readApproval } from '../../src/bridge/finish.ts';
import { nextToLand, recordLanding } from '../../src/bridge/landings.ts';
import { LeaseLost } from '../../src/bridge/lease.ts';
import { approve } from '../../src/bridge/reviews.ts';
import {
  recordPrepared,
  recordWorktree,
  removedWorktree,
  worktreeOf,
  worktreeReady,
} from '../../src/bridge/worktrees.ts';
import { asLeaseToken, type ProjectId } from '../../src/project/ids.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  changingNothing,
  current,
  history,
  projectIn,
  refusalOf,
  send,
  submit,
  supervised,
} from './steps.ts';
import { LANDED, leaseOf, measure, NOT_LANDED, PLACE, TREE, toVerify } from './submitted.ts';

/** Approved work of a worktree. */
async function toLand(rig: Rig): Promise<ProjectId> {
  const id = await toVerify(rig);
  await recordWorktree(leaseOf(rig), id, PLACE);
  await worktreeReady(leaseOf(rig), id, { configDigest: 'c', refsDigest: 'r' });
  await measure(rig);
  accepted(await approve(rig.bridge, id, 'desktop'));
  return id;
}

async function dueIn(rig: Rig) {
  const due = await nextToLand(leaseOf(rig));
  if (!due) throw new Error('nothing is to land');
  return due;
}

describe('a worktree', () => {
  test('a worktree is recorded before it is added, and keeps the base that it was first given', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    expect(await worktreeOf(rig.bridge, id)).toBeUndefined();
    const recorded = await recordWorktree(leaseOf(rig), id, PLACE);
    expect(recorded).toMatchObject({ ...PLACE, projectId: id, state: 'adding', configDigest: null });
    expect(await recordWorktree(leaseOf(rig), id, { ...PLACE, baseOid: 'b'.repeat(40) })).toEqual(recorded);
    await worktreeReady(leaseOf(rig), id, { configDigest: 'c', refsDigest: 'r' });
    const at = rig.clock.advance(1_000);
    await recordPrepared(leaseOf(rig), id, 0);
    expect(await worktreeOf(rig.bridge, id)).toMatchObject({
      state: 'ready',
      configDigest: 'c',
      refsDigest: 'r',
      preparedAt: at,
      prepareExit: 0,
    });
    expect(await history(rig.bridge, id)).toEqual(['project.sent', 'worktree.added']);
  });

  test('a worktree is removed once', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    await changingNothing(rig.bridge, () => removedWorktree(leaseOf(rig), id));
    await recordWorktree(leaseOf(rig), id, PLACE);
    const at = rig.clock.advance(1_000);
    await removedWorktree(leaseOf(rig), id);
    expect(await worktreeOf(rig.bridge, id)).toMatchObject({ state: 'removed', removedAt: at });
    await changingNothing(rig.bridge, () => removedWorktree(leaseOf(rig), id));
    expect((await history(rig.bridge, id)).at(-1)).toBe('worktree.removed');
  });

  test('a replaced supervisor records no worktree', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const lost = { bridge: rig.bridge, token: asLeaseToken('a supervisor of before') };
    await changingNothing(rig.bridge, async () => {
      await expect(recordWorktree(lost, id, PLACE)).rejects.toThrow(LeaseLost);
      await expect(removedWorktree(lost, id)).rejects.toThrow(LeaseLost);
    });
  });
});

describe('approved work', () => {
  test('approved work of a worktree lands, and is not completed before', async () => {
    await using rig = await supervised();
    const id = await toLand(rig);
    expect(await finishApproved(leaseOf(rig))).toEqual([]);
    expect(refusalOf(await finish(rig.bridge, id, 'supervisor'))).toBe('its work has not landed yet.');
    expect(accepted(await readApproval(rig.bridge, id)).project.status).toBe('approved');
    const due = await dueIn(rig);
    expect(due).toMatchObject({
      project: { id },
      decision: { verdict: 'approved', tree: TREE },
      evidence: { evidence: { git: { commit: 'c'.repeat(40) } } },
      worktree: PLACE,
      tries: [],
    });
    expect(await nextToLand(leaseOf(rig), [id])).toBeUndefined();
    expect(accepted(await recordLanding(leaseOf(rig), due.decision, LANDED)).status).toBe('complete');
    expect((await history(rig.bridge, id)).at(-1)).toBe('project.landed');
    expect(rig.rowsOf('landings')).toMatchObject([{ outcome: 'landed', to_oid: 'c'.repeat(40) }]);
    expect(await nextToLand(leaseOf(rig))).toBeUndefined();
  });

  test('approved work that cannot land needs a person, and a retry lands it again without a run', async () => {
    await using rig = await supervised();
    const id = await toLand(rig);
    const { decision } = await dueIn(rig);
    accepted(await recordLanding(leaseOf(rig), decision, NOT_LANDED));
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'attention',
      attention: 'a.ts has changes of yours',
      attentionFrom: 'approved',
    });
    expect(await nextToLand(leaseOf(rig))).toBeUndefined();
    accepted(await retry(rig.bridge, id, 'person'));
    const again = await dueIn(rig);
    expect(again.tries).toMatchObject([{ outcome: 'not_landed', toOid: null, detail: { files: ['a.ts'] } }]);
    expect(accepted(await recordLanding(leaseOf(rig), again.decision, LANDED)).status).toBe('complete');
    expect((await history(rig.bridge, id)).filter((type) => type === 'run.started')).toHaveLength(1);
  });

  test('approved work is landed once', async () => {
    await using rig = await supervised();
    await toLand(rig);
    const { decision } = await dueIn(rig);
    accepted(await recordLanding(leaseOf(rig), decision, LANDED));
    for (const late of [LANDED, NOT_LANDED]) {
      const reply = await changingNothing(rig.bridge, () => recordLanding(leaseOf(rig), decision, late));
      expect(refusalOf(reply)).toBe('it is not approved but complete.');
    }
    const lost = { bridge: rig.bridge, token: asLeaseToken('a supervisor of before') };
    await expect(recordLanding(lost, decision, LANDED)).rejects.toThrow(LeaseLost);
  });

  test('approved work without a worktree, or by hand, has nothing to land and is completed', async () => {
    await using rig = await supervised();
    const inPlace = await toVerify(rig);
    await measure(rig);
    const byHand = await projectIn(rig, 'in_progress', { claimed_by: 'code' });
    await recordWorktree(leaseOf(rig), byHand, PLACE);
    await submit(rig, byHand);
    const gone = await toVerify(rig);
    await recordWorktree(leaseOf(rig), gone, PLACE);
    await removedWorktree(leaseOf(rig), gone);
    await measure(rig);
    for (const id of [inPlace, byHand, gone]) accepted(await approve(rig.bridge, id, 'desktop'));
    expect(await nextToLand(leaseOf(rig))).toBeUndefined();
    expect((await finishApproved(leaseOf(rig))).map(({ status }) => status)).toEqual([
      'complete',
      'complete',
      'complete',
    ]);
  });
});
