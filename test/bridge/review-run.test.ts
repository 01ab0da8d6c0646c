import { describe, expect, test } from 'vitest';
import { cancel, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { pause } from '../../src/bridge/holds.ts';
import { overview, projectDetails } from '../../src/bridge/queries.ts';
import { type StartedReview, startReview } from '../../src/bridge/review-run.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { ordersFor, recordSpawn } from '../../src/bridge/runs.ts';
import { nextToVerify } from '../../src/bridge/verifying.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { RunCost } from '../../src/project/run.ts';
import type { Rig } from '../rig.ts';
import { accepted, begin, current, ending, history, send, submit, supervised } from './steps.ts';
import { dueIn, GREEN, leaseOf, measure, RED, toVerify } from './submitted.ts';

const START = { model: 'opus', folder: '/work/clock', sessionId: 'review-session' };
const BLOCKING = {
  ...GREEN,
  review: {
    model: 'opus',
    cause: null,
    findings: [
      { severity: 'note' as const, text: 'fine' },
      { severity: 'blocking' as const, path: 'a.ts', text: 'it loses data' },
    ],
    costUsd: 0.1,
  },
};

async function start(rig: Rig, changes: Partial<typeof START> = {}) {
  return startReview(leaseOf(rig), await dueIn(rig), { ...START, ...changes });
}

async function started(rig: Rig, changes: Partial<typeof START> = {}): Promise<StartedReview> {
  const review = await start(rig, changes);
  if (!review?.ok) throw new Error(`it did not start: ${JSON.stringify(review)}`);
  await recordSpawn(leaseOf(rig), review.value.run, 1, 'then');
  return review.value;
}

async function end(rig: Rig, { run }: StartedReview, outcome: Outcome, cost?: RunCost): Promise<void> {
  await endRun(leaseOf(rig), run, outcome, cost ? { ...ending, cost } : ending);
}

describe('a reviewer', () => {
  test('a reviewer is a run of its project while that is verified, with a conversation of its own', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const review = await started(rig);
    expect(review).toMatchObject({
      run: { kind: 'review', round: 1, model: 'opus', workspace: '/work/clock', sessionId: 'review-session' },
      reason: null,
    });
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'verifying', runId: review.run.id });
    // What is under way is not begun a second time.
    expect(await nextToVerify(leaseOf(rig))).toBeUndefined();
    await end(rig, review, { kind: 'reviewed' });
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'verifying', runId: null, tries: 0 });
    expect(await dueIn(rig)).toMatchObject({ attempt: 1, runs: [{ kind: 'execute' }, { kind: 'review' }] });
  });

  test('a reviewer that fails costs the project no try and sets no hold', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const outcome = {
      kind: 'usage_limit',
      limit: 'five_hour',
      resetsAt: '2030-01-01T00:00:00.000Z',
    } as const;
    await end(rig, await started(rig), outcome);
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'verifying', tries: 0, attention: null });
    expect((await overview(rig.bridge, 1)).holds).toEqual([]);
  });

  test('what a reviewer costs counts for its project and the day', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    // The run that worked has cost 0.5.
    await end(rig, await started(rig), { kind: 'reviewed' }, { usd: 1.25, basis: 'reported' });
    expect(accepted(await projectDetails(rig.bridge, id)).spentUsd).toBe(1.75);
    expect((await overview(rig.bridge, 1)).spentTodayUsd).toBe(1.75);
    await measure(rig, BLOCKING, { repairsFindings: true });
    expect((await begin(rig)).spent.usd).toBe(1.75);
  });

  test('a reviewer does not start while a hold stands, and the hold is named', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    await pause(rig.bridge, 'not now', 'person');
    expect(await start(rig)).toEqual({ ok: false, refusal: { kind: 'held', holds: ['paused'] } });
    expect(accepted(await projectDetails(rig.bridge, id)).runs).toHaveLength(1);
  });

  test('a reviewer does not start for a round that was called off', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const due = await dueIn(rig);
    accepted(await cancel(rig.bridge, id, '', 'person'));
    expect(await startReview(leaseOf(rig), due, START)).toBeUndefined();
  });

  test('a reviewer does not start in a folder in which another project works', async () => {
    await using rig = await supervised();
    await toVerify(rig);
    await send(rig, '# Other');
    const { run } = await begin(rig);
    expect(await start(rig, { folder: run.workspace })).toEqual({
      ok: false,
      refusal: { kind: 'folder_busy' },
    });
  });

  test('a message of the person is for whoever works on the plan, not for a reviewer', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    const review = await started(rig);
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    expect((await ordersFor(rig.bridge, review.run)).messages).toEqual([]);
    await end(rig, review, { kind: 'reviewed' });
    await measure(rig, RED);
    expect((await begin(rig)).briefing.messages).toMatchObject([{ message: 'use Rust' }]);
  });
});

describe('what a reviewer blocks', () => {
  test('what a reviewer blocks goes back into the same session once a round, where the owner says so', async () => {
    await using rig = await supervised();
    const id = await toVerify(rig);
    expect(await measure(rig, BLOCKING, { repairsFindings: true })).toBe('repair');
    expect(await history(rig.bridge, id)).toContain('project.findings_sent_back');
    const { run, briefing } = await begin(rig);
    expect(run.kind).toBe('repair');
    expect(briefing.findings).toEqual([{ severity: 'blocking', path: 'a.ts', text: 'it loses data' }]);
    await submit(rig, id, run);
    await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
    expect(await dueIn(rig)).toMatchObject({ attempt: 2, repairsUsed: 1 });
    expect(await measure(rig, BLOCKING, { repairsFindings: true })).toBe('awaiting_approval');
    accepted(await reject(rig.bridge, id, 'too slow', 'person'));
    const next = await begin(rig);
    expect(next).toMatchObject({ run: { kind: 'revise' }, briefing: { reason: 'too slow', findings: [] } });
    await submit(rig, id, next.run);
    await endRun(leaseOf(rig), next.run, { kind: 'submitted' }, ending);
    expect(await measure(rig, BLOCKING, { repairsFindings: true })).toBe('repair');
  });

  test('what a reviewer blocks comes to the person where it is not to be repaired, or no repair is left', async () => {
    await using rig = await supervised();
    await toVerify(rig);
    expect(await measure(rig, BLOCKING)).toBe('awaiting_approval');
    await toVerify(rig);
    const none = { ...BLOCKING, repairs: { used: 0, max: 0 } };
    expect(await measure(rig, none, { repairsFindings: true })).toBe('awaiting_approval');
  });
});
