import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { StartedRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { claimByHand, resetForRevision, sendCompletion, sendUpdate } from '../../src/bridge/submissions.ts';
import { asRunId } from '../../src/project/ids.ts';
import type { Result } from '../../src/result.ts';
import { completionsOf } from '../../src/store/reviews.ts';
import { updatesOf } from '../../src/store/updates.ts';
import type { Rig } from '../rig.ts';
import { tamper } from '../store/raw.ts';
import {
  accepted,
  begin,
  byHand,
  changingNothing,
  current,
  ending,
  refusalOf,
  send,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

const OVER = 'this run is over; nothing was changed.';
const work = (summary: string) => ({ summary, filesCreated: [], filesModified: [], caveats: '' });
const of = ({ run }: StartedRun, requestId: string | null = null) => ({ runId: run.id, requestId });

/** A first round that was submitted and rejected, its run ended, and the second round's run under way. */
async function secondRound(rig: Rig, requestId: string | null = null) {
  const { id } = await send(rig);
  const first = await begin(rig);
  accepted(await sendUpdate(rig.bridge, id, 'first', of(first, requestId)));
  accepted(await sendCompletion(rig.bridge, id, work('first'), of(first, requestId)));
  await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'no_completion' }, ending);
  await measure(rig);
  accepted(await reject(rig.bridge, id, 'not yet', 'desktop'));
  return { id, first, second: await begin(rig) };
}

describe('who may speak for a project', () => {
  test('a run of an earlier round submits nothing and reports nothing', async () => {
    await using rig = await supervised();
    const { id, first, second } = await secondRound(rig);
    const late: (() => Promise<Result<unknown>>)[] = [
      () => sendUpdate(rig.bridge, id, 'still here', of(first)),
      () => sendCompletion(rig.bridge, id, work('stale'), of(first)),
    ];
    for (const speak of late) expect(refusalOf(await changingNothing(rig.bridge, speak))).toBe(OVER);
    accepted(await sendCompletion(rig.bridge, id, work('second'), of(second)));
    const completions = await completionsOf(databaseOf(rig.bridge).read, id);
    expect(completions.map(({ summary, runId }) => [summary, runId])).toEqual([
      ['first', first.run.id],
      ['second', second.run.id],
    ]);
  });

  test('a run that its project does not name as the one under way is not heard', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const started = await begin(rig);
    tamper(rig.home, 'UPDATE projects SET run_id = NULL WHERE id = ?', id);
    const speaks: (() => Promise<Result<unknown>>)[] = [
      () => sendUpdate(rig.bridge, id, 'still here', of(started)),
      () => sendCompletion(rig.bridge, id, work('stale'), of(started)),
    ];
    for (const speak of speaks) expect(refusalOf(await changingNothing(rig.bridge, speak))).toBe(OVER);
  });

  test('a run that ended without submitting no longer submits in the same round', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const first = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'no_completion' }, ending);
    const alone = await changingNothing(rig.bridge, () =>
      sendCompletion(rig.bridge, id, work('late'), of(first)),
    );
    expect(refusalOf(alone)).toBe(OVER);
    await begin(rig);
    const beside = await changingNothing(rig.bridge, () =>
      sendCompletion(rig.bridge, id, work('late'), of(first)),
    );
    expect(refusalOf(beside)).toBe(OVER);
  });

  test("a run under way keeps a person's session by hand from speaking until the run has ended", async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const started = await begin(rig);
    const nobody: (() => Promise<Result<unknown>>)[] = [
      () => sendUpdate(rig.bridge, id, 'beside it', byHand),
      () => sendCompletion(rig.bridge, id, work('beside it'), byHand),
    ];
    for (const speak of nobody)
      expect(refusalOf(await changingNothing(rig.bridge, speak))).toMatch(
        /^a run of the supervisor works on this project, and only that run reports and submits; nothing was changed\. Wait/,
      );
    // What a run does elsewhere is nobody's business here.
    const other = await send(rig);
    accepted(await claimByHand(rig.bridge, other.id));
    accepted(await sendUpdate(rig.bridge, other.id, 'by hand', byHand));
    accepted(await sendCompletion(rig.bridge, other.id, work('by hand'), byHand));
    await endRun({ bridge: rig.bridge, token: TOKEN }, started.run, { kind: 'no_completion' }, ending);
    accepted(await sendCompletion(rig.bridge, id, work('finished by hand'), byHand));
  });

  test('a run whose project went on to the next round by hand does not speak in it', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const started = await begin(rig);
    await submit(rig, id, started.run);
    // As a program before this one may have left it.
    rig.tamper("UPDATE projects SET status = 'awaiting_approval' WHERE id = ?", id);
    accepted(await reject(rig.bridge, id, 'by hand, then', 'desktop'));
    accepted(await resetForRevision(rig.bridge, id));
    const reply = await changingNothing(rig.bridge, () =>
      sendCompletion(rig.bridge, id, work('mine'), of(started)),
    );
    expect(refusalOf(reply)).toBe(OVER);
    // It ends as the run of its own round, whatever round the project is in now.
    const ended = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      started.run,
      { kind: 'no_completion' },
      ending,
    );
    expect(ended.outcome).toEqual({ kind: 'submitted' });
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'in_progress',
      round: 2,
      claimedBy: 'code',
    });
  });

  test('a run of another project, and an unknown one, do not speak', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    await begin(rig);
    const other = await send(rig);
    const theirs = await begin(rig);
    expect(theirs.project.id).toBe(other.id);
    for (const runId of [theirs.run.id, asRunId(randomUUID())]) {
      const speak = () => sendUpdate(rig.bridge, id, 'hello', { runId, requestId: null });
      expect(refusalOf(await changingNothing(rig.bridge, speak))).toBe(OVER);
    }
  });

  test('a run that is over learns it even when its work was decided on', async () => {
    await using rig = await supervised();
    const { id, first, second } = await secondRound(rig);
    await submit(rig, id, second.run);
    await endRun({ bridge: rig.bridge, token: TOKEN }, second.run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await approve(rig.bridge, id, 'desktop'));
    const reply = await changingNothing(rig.bridge, () => sendUpdate(rig.bridge, id, 'wait', of(first)));
    expect(refusalOf(reply)).toBe(OVER);
  });
});

describe('repeated calls of a run', () => {
  test('a service that gives every conversation the same ids loses no update and no submission', async () => {
    await using rig = await supervised();
    const { id, second } = await secondRound(rig, 'functions.completion:1');
    const call = of(second, 'functions.completion:1');
    expect(accepted(await sendUpdate(rig.bridge, id, 'second', call))).toMatchObject({ repeated: false });
    const submitted = accepted(await sendCompletion(rig.bridge, id, work('second'), call));
    expect(submitted).toMatchObject({ repeated: false, completion: { round: 2, summary: 'second' } });
    const updates = await updatesOf(databaseOf(rig.bridge).read, id, 0, 10);
    expect(updates.map(({ message }) => message)).toEqual(['first', 'second']);
  });

  test('a run that repeats a call is answered as the first time, even after its end', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const started = await begin(rig);
    const call = of(started, 'toolu_1');
    const first = accepted(await sendCompletion(rig.bridge, id, work('done'), call));
    await endRun({ bridge: rig.bridge, token: TOKEN }, started.run, { kind: 'no_completion' }, ending);
    const again = await changingNothing(rig.bridge, () => sendCompletion(rig.bridge, id, work('done'), call));
    expect(accepted(again)).toEqual({ completion: first.completion, repeated: true });
  });
});
