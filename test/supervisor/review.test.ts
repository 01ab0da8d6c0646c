import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { pause } from '../../src/bridge/holds.ts';
import type { HeldLease } from '../../src/bridge/lease.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import { runFiles } from '../../src/state-folder.ts';
import { findEvidence } from '../../src/store/evidence.ts';
import type { RunPlan, RunStarter } from '../../src/supervisor/run/run-plan.ts';
import { ending } from '../bridge/steps.ts';
import { onWindows } from '../platform.ts';
import { type Stage, stage } from './stage.ts';

/** Ends each review at once with this outcome, after Claude has written this result. */
function reviewer(outcome: Outcome, answer?: unknown) {
  const plans: RunPlan[] = [];
  const starter = (lease: HeldLease): RunStarter => ({
    async runToEnd(plan) {
      plans.push(plan);
      const result = { type: 'result', subtype: 'success', structured_output: answer };
      const { output } = runFiles(lease.bridge.stateDir, plan.run.id);
      await writeFile(output, `${JSON.stringify(result)}\n`);
      await endRun(lease, plan.run, outcome, ending);
    },
  });
  return { plans, starter };
}

async function reviewIn({ rig, id }: Stage): Promise<Evidence['review']> {
  const found = await findEvidence(databaseOf(rig.bridge).read, id, 1);
  if (!found) throw new Error('there is no evidence');
  return found.evidence.review;
}

const GREEN = [{ name: 'test', run: 'true' }];
const REVIEW = { max_usd: 0.5, model: 'opus' };
const NOTHING_FOUND = { findings: [] };

describe.skipIf(onWindows)('the review of submitted work (needs POSIX)', () => {
  test('a review takes place after green checks, in the folder of the work, and counts in its cost', async () => {
    const { plans, starter } = reviewer({ kind: 'reviewed' }, NOTHING_FOUND);
    await using it = await stage({ checks: GREEN, review: REVIEW }, starter);
    await it.work(() => it.git.edit('a.txt', 'changed\n'));
    await it.until('awaiting_approval');
    expect(plans).toMatchObject([{ run: { kind: 'review', model: 'opus' }, limits: { timeoutMs: 900_000 } }]);
    expect(await reviewIn(it)).toEqual({ model: 'opus', cause: null, findings: [], costUsd: 0.5 });
    const found = await findEvidence(databaseOf(it.rig.bridge).read, it.id, 1);
    expect(found?.evidence.cost).toMatchObject({ usd: 1, runs: 2 });
  });

  test.for([
    ['after red checks', { checks: [{ name: 'test', run: 'false' }], repairs: 0, review: REVIEW }],
    ['where the owner asks for none', { checks: GREEN }],
    ['where the workspace says false', { checks: GREEN, review: false }],
  ] as const)('no review takes place %s', async ([, settings]) => {
    await using it = await stage(settings);
    await it.work(() => it.git.edit('a.txt', 'changed\n'));
    await it.until('awaiting_approval');
    expect(await reviewIn(it)).toBeNull();
  });

  test('a round without changes is not reviewed, and says so', async () => {
    await using it = await stage({ review: REVIEW });
    await it.work(async () => undefined);
    await it.until('awaiting_approval');
    expect(await reviewIn(it)).toMatchObject({ model: null, cause: { kind: 'no_changes' } });
  });

  test('a review does not begin beyond a budget', async () => {
    await using it = await stage({ budget_usd: 0.5, review: REVIEW });
    // It costs 0.5.
    await it.work(() => it.git.edit('a.txt', 'changed\n'));
    await it.until('awaiting_approval');
    expect(await reviewIn(it)).toMatchObject({ cause: { kind: 'no_budget' }, costUsd: 0 });
  });

  test('a round that no reviewer may read now comes to the person, and says why', async () => {
    await using it = await stage({ review: REVIEW });
    await it.work(() => it.git.edit('a.txt', 'changed\n'));
    await pause(it.rig.bridge, 'not now', 'person');
    await it.until('awaiting_approval');
    expect(await reviewIn(it)).toMatchObject({ cause: { kind: 'held', holds: ['paused'] }, costUsd: 0 });
  });

  test.for<[string, Outcome, unknown]>([
    ['that ended without an answer', { kind: 'no_review' }, undefined],
    ['whose service failed', { kind: 'api_error', status: 500, message: 'down' }, undefined],
    ['with an answer of another form', { kind: 'reviewed' }, { findings: 'none' }],
  ])('a review %s is no approval, also for a rule', async ([, outcome, answer]) => {
    const auto_approve = { checks: true, max_lines: 100, paths: ['**'] };
    await using it = await stage(
      { checks: GREEN, auto_approve, review: REVIEW },
      reviewer(outcome, answer).starter,
    );
    await it.work(() => it.git.edit('clock.ts', 'tick\n'));
    await it.until('awaiting_approval');
    const kind = outcome.kind === 'reviewed' ? 'no_review' : outcome.kind;
    expect(await reviewIn(it)).toMatchObject({ cause: { kind: 'ended', outcome: { kind } }, findings: [] });
  });

  test('a rule approves what a reviewer does not block, and nothing else', async () => {
    const auto_approve = { checks: true, max_lines: 100, paths: ['**'] };
    const settings = { checks: GREEN, auto_approve, on_approve: 'branch', review: REVIEW };
    const note = { findings: [{ severity: 'note', text: 'fine' }] };
    await using noted = await stage(settings, reviewer({ kind: 'reviewed' }, note).starter);
    await noted.work(() => noted.git.edit('clock.ts', 'tick\n'));
    await noted.until('complete');
    const blocking = { findings: [{ severity: 'blocking', text: 'no' }] };
    await using blocked = await stage(settings, reviewer({ kind: 'reviewed' }, blocking).starter);
    await blocked.work(() => blocked.git.edit('clock.ts', 'tick\n'));
    await blocked.until('awaiting_approval');
  });
});
