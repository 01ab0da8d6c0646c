import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import {
  claimByHand,
  pendingPlan,
  resetForRevision,
  sendCompletion,
  sendUpdate,
} from '../../src/bridge/submissions.ts';
import { LIMITS } from '../../src/project/text.ts';
import { completionsOf } from '../../src/store/reviews.ts';
import { updatesOf } from '../../src/store/updates.ts';
import { createRig } from '../rig.ts';
import {
  accepted,
  begin,
  beSupervisor,
  byHand,
  changingNothing,
  current,
  history,
  projectIn,
  refusalOf,
  send,
} from './steps.ts';

const submission = {
  summary: 'It ticks.',
  filesCreated: ['a.ts'],
  filesModified: ['b.ts'],
  caveats: 'slowly',
};

describe('the loop by hand', () => {
  test('the loop by hand goes from the plan to the approval of the second round', async () => {
    await using rig = await createRig();
    const { bridge } = rig;
    expect(await pendingPlan(bridge)).toBeUndefined();
    const { id } = await send(rig, '# A clock\n\nBuild it.');

    const next = await pendingPlan(bridge);
    expect(next).toMatchObject({ project: { id }, markdown: '# A clock\n\nBuild it.' });
    const claimed = accepted(await claimByHand(bridge, id));
    expect(claimed).toMatchObject({
      project: { status: 'in_progress', claimedBy: 'code' },
      markdown: '# A clock\n\nBuild it.',
    });
    expect(await current(bridge, id)).toEqual(claimed.project);
    expect(await pendingPlan(bridge)).toBeUndefined();

    accepted(await sendUpdate(bridge, id, 'half way', byHand));
    accepted(await sendCompletion(bridge, id, submission, byHand));
    accepted(await reject(bridge, id, 'too slow', 'desktop'));
    const revision = accepted(await resetForRevision(bridge, id));
    expect(revision).toMatchObject({ status: 'in_progress', round: 2, claimedBy: 'code' });
    expect(await current(bridge, id)).toEqual(revision);
    accepted(await sendCompletion(bridge, id, { ...submission, summary: 'Faster.' }, byHand));
    accepted(await approve(bridge, id, 'desktop'));
    expect(await history(bridge, id)).toEqual([
      'project.sent',
      'project.claimed',
      'project.updated',
      'project.submitted',
      'project.rejected',
      'project.revision_started',
      'project.submitted',
      'project.approved',
    ]);
  });

  test('the supervisor leaves alone what a person has claimed, and a person what the supervisor works on', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const mine = await send(rig);
    accepted(await claimByHand(rig.bridge, mine.id));
    const theirs = await send(rig);
    const { project } = await begin(rig);
    expect(project.id).toBe(theirs.id);
    const reply = await changingNothing(rig.bridge, () => claimByHand(rig.bridge, theirs.id));
    expect(refusalOf(reply)).toMatch(/^cannot claim project in status 'in_progress'; expected 'pending'/);
  });
});

describe('updates', () => {
  test.each<[string, string, RegExp]>([
    ['with nothing in it', ' \n', /^a non-empty 'message' is required to send an update.$/],
    [
      'that is too long',
      'x'.repeat(LIMITS.message + 1),
      /^the message is longer than 20000 characters; shorten it.$/,
    ],
  ])('an update %s is refused', async (_, message, refusal) => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const reply = await changingNothing(rig.bridge, () => sendUpdate(rig.bridge, id, message, byHand));
    expect(refusalOf(reply)).toMatch(refusal);
  });

  test('an update is stored without its escape codes', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const { update } = accepted(await sendUpdate(rig.bridge, id, '\x1b[2Jdone\0', byHand));
    expect(update.message).toBe('done');
  });

  test('a repeated update is one update, even after the work was submitted', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const call = { runId: null, requestId: 'toolu_1' };
    const first = accepted(await sendUpdate(rig.bridge, id, 'half way', call));
    rig.clock.advance(1_000);
    const again = await changingNothing(rig.bridge, () => sendUpdate(rig.bridge, id, 'half way', call));
    expect(accepted(again)).toEqual({ update: first.update, repeated: true });
    accepted(await sendCompletion(rig.bridge, id, submission, byHand));
    const late = await changingNothing(rig.bridge, () => sendUpdate(rig.bridge, id, 'half way', call));
    expect(accepted(late)).toEqual({ update: first.update, repeated: true });
    expect(await updatesOf(databaseOf(rig.bridge).read, id, 0, 10)).toHaveLength(1);
  });
});

describe('completions', () => {
  test('a completion says what was done, and belongs to the round under way', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress', {
      round: 3,
      tries: 4,
      not_before: '2026-01-01T00:00:00.000Z',
    });
    const { completion } = accepted(await sendCompletion(rig.bridge, id, submission, byHand));
    expect(completion).toMatchObject({ ...submission, projectId: id, round: 3, runId: null });
    // A run that got somewhere is not counted among the failures.
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'awaiting_approval',
      tries: 0,
      notBefore: null,
    });
  });

  test('a completion is cleaned: its words keep their lines, names of files are one line each', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const dirty = {
      summary: ' \x1b[1mIt\x1b[0m\r\nticks. ',
      filesCreated: ['a\nb.ts'],
      filesModified: ['\x1b[31mc.ts'],
      caveats: '\0none ',
    };
    const { completion } = accepted(await sendCompletion(rig.bridge, id, dirty, byHand));
    expect(completion).toMatchObject({
      summary: 'It\nticks.',
      filesCreated: ['a b.ts'],
      filesModified: ['c.ts'],
      caveats: 'none',
    });
  });

  test.each<[string, Partial<typeof submission>, RegExp]>([
    ['without a summary', { summary: ' ' }, /^a non-empty 'summary' is required to submit a completion.$/],
    [
      'with too long a summary',
      { summary: 'x'.repeat(LIMITS.summary + 1) },
      /^the summary is longer than 50000/,
    ],
    [
      'with too long caveats',
      { caveats: 'x'.repeat(LIMITS.caveats + 1) },
      /^the caveats are longer than 20000/,
    ],
  ])('a completion %s is refused', async (_, wrong, refusal) => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const reply = await changingNothing(rig.bridge, () =>
      sendCompletion(rig.bridge, id, { ...submission, ...wrong }, byHand),
    );
    expect(refusalOf(reply)).toMatch(refusal);
  });

  test('a repeated completion is one completion, even after it was rejected', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const call = { runId: null, requestId: 'toolu_2' };
    const first = accepted(await sendCompletion(rig.bridge, id, submission, call));
    const again = await changingNothing(rig.bridge, () => sendCompletion(rig.bridge, id, submission, call));
    expect(accepted(again)).toEqual({ completion: first.completion, repeated: true });
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));
    accepted(await resetForRevision(rig.bridge, id));
    const late = await changingNothing(rig.bridge, () => sendCompletion(rig.bridge, id, submission, call));
    expect(accepted(late)).toEqual({ completion: first.completion, repeated: true });
    expect(await completionsOf(databaseOf(rig.bridge).read, id)).toHaveLength(1);
  });
});
