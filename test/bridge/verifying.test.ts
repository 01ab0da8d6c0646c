import { describe, expect, test } from 'vitest';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { LeaseLost } from '../../src/bridge/lease.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { projectDetails, projectState } from '../../src/bridge/queries.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { isBeingVerified, nextToVerify, parkVerifying, recordEvidence } from '../../src/bridge/verifying.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import { findEvidence } from '../../src/store/evidence.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  begin,
  briefingOf,
  changingNothing,
  current,
  ending,
  history,
  refusalOf,
  send,
  start,
  submit,
  supervised,
} from './steps.ts';
import {
  check,
  dueIn,
  evidenceOf,
  GREEN,
  leaseOf,
  measure,
  RED,
  TREE,
  toVerify,
  workOn,
} from './submitted.ts';

const RULE = { matches: (path: string, pattern: string) => path.startsWith(pattern) };

describe('submitted work', () => {
  test('submitted work is verified once its run has ended', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'verifying' });
    expect(await nextToVerify(leaseOf(rig))).toBeUndefined();
    await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
    expect(await nextToVerify(leaseOf(rig))).toMatchObject({
      project: { id, round: 1 },
      attempt: 1,
      completion: { round: 1, attempt: 1, runId: run.id },
      planRevision: 1,
      runs: [{ id: run.id }],
      worktree: undefined,
      repairsUsed: 0,
    });
  });

  test('submitted work is verified oldest first, each once at a time', async () => {
    await using rig = await supervised();
    const [first, second] = [await toVerify(rig), await toVerify(rig)];
    expect((await dueIn(rig)).project.id).toBe(first);
    expect((await nextToVerify(leaseOf(rig), [first]))?.project.id).toBe(second);
    expect(await nextToVerify(leaseOf(rig), [first, second])).toBeUndefined();
  });

  test('submitted work cannot be decided on before it is measured, and says what to do', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    for (const call of [
      () => approve(rig.bridge, id, 'desktop'),
      () => approve(rig.bridge, id, 'desktop', { round: 1, tree: TREE }),
      () => reject(rig.bridge, id, 'no', 'person'),
    ])
      expect(refusalOf(await changingNothing(rig.bridge, call))).toMatch(
        /in status 'verifying'; expected 'awaiting_approval'\. The supervisor measures .* steer it, or cancel it\.$/,
      );
  });

  test('a message sent while work is verified waits for the next run', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    await measure(rig, RED);
    expect((await begin(rig)).briefing.messages).toMatchObject([{ message: 'use Rust' }]);
  });

  test('work that is called off while it is verified is not recorded as measured', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const due = await dueIn(rig);
    expect(await isBeingVerified(rig.bridge, id)).toBe(true);
    accepted(await cancel(rig.bridge, id, '', 'person'));
    expect(await isBeingVerified(rig.bridge, id)).toBe(false);
    const late = await changingNothing(rig.bridge, () => recordEvidence(leaseOf(rig), due, evidenceOf(due)));
    expect(refusalOf(late)).toContain("in status 'cancelled'");
  });

  test('no run starts in a folder in which work is measured', async () => {
    await using rig = await supervised();
    const folder = `---\nworkspace: ${rig.workspace}\n---\n# `;
    await send(rig, `${folder}First`);
    const { run, project } = await begin(rig);
    const { id: behind } = await send(rig, `${folder}Second`);
    await submit(rig, project.id, run);
    await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
    expect(await start(rig)).toBeUndefined();
    await measure(rig);
    expect((await start(rig))?.project.id).toBe(behind);
  });

  test('work that cannot be verified needs a person, and a retry verifies it again', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    accepted(await parkVerifying(leaseOf(rig), id, 'it broke'));
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'attention',
      attention: 'it broke',
      attentionFrom: 'verifying',
    });
    accepted(await retry(rig.bridge, id, 'person'));
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'verifying',
      attention: null,
      attentionFrom: null,
      claimedBy: 'supervisor',
    });
    expect(await measure(rig)).toBe('awaiting_approval');
    expect(refusalOf(await parkVerifying(leaseOf(rig), id, 'late'))).toContain('awaiting_approval');
  });
});

describe('evidence', () => {
  test('evidence is kept with its round, and the person decides', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    expect(await measure(rig)).toBe('awaiting_approval');
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'awaiting_approval' });
    expect(await findEvidence(databaseOf(rig.bridge).read, id, 1)).toMatchObject({
      round: 1,
      attempt: 1,
      evidence: { projectId: id, git: { tree: TREE } },
    });
    const events = (await projectDetails(rig.bridge, id)).ok && (await history(rig.bridge, id)).slice(-2);
    expect(events).toEqual(['run.ended', 'project.verified']);
  });

  test('evidence says when nothing could be measured, and the person decides all the same', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const cause = { kind: 'too_big', detail: '' } as const;
    expect(await measure(rig, { measured: false, cause, git: null, diff: null })).toBe('awaiting_approval');
    const { decision } = accepted(await approve(rig.bridge, id, 'desktop', { round: 1 }));
    expect(decision).toMatchObject({ tree: null, baseOid: null, bound: false });
    expect(decision.evidenceId).not.toBeNull();
  });

  test('evidence that is made twice is recorded once', async () => {
    await using rig = await supervised();
    await toVerify(rig);
    const due = await dueIn(rig);
    accepted(await recordEvidence(leaseOf(rig), due, evidenceOf(due)));
    const again = await changingNothing(rig.bridge, () => recordEvidence(leaseOf(rig), due, evidenceOf(due)));
    expect(refusalOf(again)).toBe('attempt 1 of round 1 is not the one under way.');
  });

  test('a replaced supervisor records no evidence', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const due = await dueIn(rig);
    const lost = { bridge: rig.bridge, token: asLeaseToken('a supervisor of before') };
    await changingNothing(rig.bridge, async () => {
      await expect(recordEvidence(lost, due, evidenceOf(due))).rejects.toThrow(LeaseLost);
      await expect(parkVerifying(lost, id, 'why')).rejects.toThrow(LeaseLost);
    });
  });
});

describe('red checks', () => {
  test('red checks send the work back into its session, which is told what they said', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    expect(await measure(rig, RED)).toBe('repair');
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'in_progress', round: 1 });
    const { run, earlier, briefing } = await begin(rig);
    expect(run).toMatchObject({ kind: 'repair', round: 1, sessionId: earlier[0]?.sessionId });
    expect(briefing.redChecks).toMatchObject([{ name: 'test', exitCode: 1, outputTail: '1 failed' }]);
    expect((await history(rig.bridge, id)).slice(-3)).toEqual([
      'project.checks_failed',
      'run.started',
      'run.spawned',
    ]);
  });

  test('a repair that was cut short is resumed, and still knows the red checks', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    await measure(rig, RED);
    const { run } = await begin(rig);
    // What was submitted before the repair is no submission of this run.
    await endRun(leaseOf(rig), run, { kind: 'interrupted' }, ending);
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'in_progress' });
    const resumed = await begin(rig);
    expect(resumed.run.kind).toBe('resume');
    expect(resumed.briefing.redChecks).toHaveLength(1);
  });

  test('red checks come to the person, marked red, when the round has no repair left', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    for (const repair of [1, 2]) {
      expect(await measure(rig, RED)).toBe('repair');
      await workOn(rig, id);
      expect(await dueIn(rig)).toMatchObject({
        attempt: repair + 1,
        repairsUsed: repair,
        completion: { attempt: repair + 1 },
      });
    }
    expect(await measure(rig, RED)).toBe('awaiting_approval');
    const { completions, runs } = accepted(await projectDetails(rig.bridge, id));
    expect(completions).toMatchObject([{ round: 1, attempt: 3 }]);
    expect(runs.map(({ kind }) => kind)).toEqual(['execute', 'repair', 'repair']);
    expect(accepted(await projectState(rig.bridge, id)).completion).toMatchObject({ attempt: 3 });
  });

  test('green checks after a repair come to the person, and the next round starts with all its repairs', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    await measure(rig, RED);
    await workOn(rig, id);
    expect(await measure(rig, GREEN)).toBe('awaiting_approval');
    accepted(await reject(rig.bridge, id, 'too slow', 'person'));
    expect((await briefingOf(rig, id)).reason).toBe('too slow');
    await workOn(rig, id);
    expect(await dueIn(rig)).toMatchObject({ attempt: 1, repairsUsed: 0, completion: { round: 2 } });
    expect((await briefingOf(rig, id)).redChecks).toEqual([]);
  });
});

describe('approval by rule', () => {
  async function measuredBy(rig: Rig, rule: object, facts = GREEN) {
    const id = await toVerify(rig);
    const due = await dueIn(rig);
    const recorded = await recordEvidence(leaseOf(rig), due, evidenceOf(due, facts), {
      rule: { ...RULE, ...rule },
    });
    return { id, followed: accepted(recorded) };
  }

  test('a rule approves clean work whose checks passed, and the decision says that it was the rule', async () => {
    await using rig = await supervised();
    const { id, followed } = await measuredBy(rig, { maxLines: 15, paths: ['src/'] });
    expect(followed).toBe('approved_by_rule');
    const { project, decisions } = accepted(await projectDetails(rig.bridge, id));
    expect(project.status).toBe('approved');
    expect(decisions).toMatchObject([
      { verdict: 'approved', tree: TREE, bound: true, decidedBy: 'supervisor', decidedVia: 'rule' },
    ]);
    expect((await history(rig.bridge, id)).slice(-2)).toEqual(['project.verified', 'project.approved']);
  });

  test('a person decides what a rule does not allow', async () => {
    await using rig = await supervised();
    for (const [rule, facts] of [
      [{ maxLines: 14 }, GREEN],
      [{ paths: ['test/'] }, GREEN],
      [{}, { checks: [], checksPassed: null }],
      [{}, { ...RED, repairs: { used: 2, max: 2 } }],
      [{}, { ...GREEN, warnings: [{ kind: 'refs_moved', paths: [], detail: '' }] }],
      [{}, { ...GREEN, claims: { missing: [], undeclared: ['a'], misfiled: [], ignored: [] } }],
      [{}, { checks: [check({ exitCode: 0 })], checksPassed: true, measured: false, diff: null }],
    ] as const)
      expect((await measuredBy(rig, rule, facts as typeof GREEN)).followed).toBe('awaiting_approval');
  });
});
