import { describe, expect, test } from 'vitest';
import { finish, readApproval } from '../../src/bridge/finish.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { resetForRevision } from '../../src/bridge/submissions.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { LIMITS } from '../../src/project/text.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { decisionsOf } from '../../src/store/reviews.ts';
import { createRig, type Rig } from '../rig.ts';
import {
  accepted,
  changingNothing,
  current,
  history,
  projectIn,
  refusalOf,
  submit,
  supervised,
} from './steps.ts';
import { measure, TREE, toVerify } from './submitted.ts';

const decider = new URL('fixtures/decide.ts', import.meta.url);

/** A project whose first round waits for a decision. */
async function submitted(rig: Rig): Promise<ProjectId> {
  const id = await projectIn(rig, 'in_progress', { claimed_by: 'code' });
  await submit(rig, id);
  return id;
}

/** The same, one round later. */
async function revised(rig: Rig): Promise<ProjectId> {
  const id = await submitted(rig);
  accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));
  accepted(await resetForRevision(rig.bridge, id));
  await submit(rig, id);
  return id;
}

describe('a decision', () => {
  test('a decision is kept with its round, its maker and its reason, and stands in the history', async () => {
    await using rig = await createRig();
    const id = await revised(rig);
    const decided = accepted(await approve(rig.bridge, id, 'person'));
    expect(decided).toMatchObject({
      project: { id, status: 'approved', round: 2 },
      decision: { round: 2, verdict: 'approved', reason: '', decidedBy: 'person' },
      repeated: false,
    });
    expect(await decisionsOf(databaseOf(rig.bridge).read, id)).toMatchObject([
      { round: 1, verdict: 'rejected', reason: 'too slow', decidedBy: 'desktop' },
      { round: 2, verdict: 'approved' },
    ]);
    const [event] = (await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 100, id)).slice(-1);
    expect(event).toMatchObject({
      type: 'project.approved',
      actor: 'person',
      data: { round: 2, reason: '' },
    });
  });

  test.each(['', '  \n ', '\x1b[31m', '\0'])('a rejection needs a reason, and %j is none', async (reason) => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const reply = await changingNothing(rig.bridge, () => reject(rig.bridge, id, reason, 'desktop'));
    expect(refusalOf(reply)).toBe("a non-empty 'reason' is required to reject a project.");
  });

  test('a rejection takes a long reason whole, and refuses one that is too long', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const long = 'x'.repeat(LIMITS.reason);
    const reply = await changingNothing(rig.bridge, () => reject(rig.bridge, id, `${long}x`, 'desktop'));
    expect(refusalOf(reply)).toMatch(/longer than 20000 characters/);
    expect(accepted(await reject(rig.bridge, id, long, 'desktop')).decision.reason).toBe(long);
  });

  test('a decision is stored without its escape codes', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const { decision } = accepted(await reject(rig.bridge, id, ' \x1b[31mtoo\x1b[0m\r\nslow ', 'desktop'));
    expect(decision.reason).toBe('too\nslow');
  });
});

describe('repeated decisions', () => {
  test('a repeated decision returns the first one and changes nothing', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const first = accepted(await approve(rig.bridge, id, 'desktop'));
    rig.clock.advance(1_000);
    const again = await changingNothing(rig.bridge, () => approve(rig.bridge, id, 'person'));
    expect(accepted(again)).toMatchObject({ decision: first.decision, repeated: true });
  });

  test('a repeated decision returns the first one even when work has gone on since', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const first = accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));
    accepted(await resetForRevision(rig.bridge, id));
    const again = await changingNothing(rig.bridge, () => reject(rig.bridge, id, ' too slow ', 'desktop'));
    expect(accepted(again)).toMatchObject({ decision: first.decision, repeated: true });

    const done = await submittedAndFinished(rig);
    const late = await changingNothing(rig.bridge, () => approve(rig.bridge, done, 'desktop'));
    expect(accepted(late)).toMatchObject({ project: { status: 'complete' }, repeated: true });
  });

  test('a repeated decision with another verdict or reason is refused', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));
    for (const call of [
      () => approve(rig.bridge, id, 'desktop'),
      () => reject(rig.bridge, id, 'too big', 'desktop'),
    ]) {
      expect(refusalOf(await changingNothing(rig.bridge, call))).toMatch(
        /^round 1 was rejected by desktop at .*; nothing was changed\.$/,
      );
    }
  });

  async function submittedAndFinished(rig: Rig): Promise<ProjectId> {
    const id = await submitted(rig);
    accepted(await approve(rig.bridge, id, 'desktop'));
    accepted(await finish(rig.bridge, id, 'supervisor'));
    return id;
  }
});

describe('decisions that name their round', () => {
  test('a decision that names its round is about that round, even when the same words are due again', async () => {
    await using rig = await createRig();
    const id = await revised(rig);
    // The first round's rejection arrives once more, while the second waits for its own.
    const late = await changingNothing(rig.bridge, () =>
      reject(rig.bridge, id, 'too slow', 'desktop', { round: 1 }),
    );
    expect(accepted(late)).toMatchObject({ decision: { round: 1 }, repeated: true });
    expect(accepted(await reject(rig.bridge, id, 'too slow', 'desktop', { round: 2 }))).toMatchObject({
      decision: { round: 2 },
      repeated: false,
    });
  });

  test.each([
    0, 1, 3,
  ])('a decision that names another round than the one under way is refused: %i', async (round) => {
    await using rig = await createRig();
    const id = await revised(rig);
    const reply = await changingNothing(rig.bridge, () => approve(rig.bridge, id, 'desktop', { round }));
    expect(refusalOf(reply)).toBe(`round ${round} is not the one under way (2).`);
  });
});

describe('decisions at the same moment', () => {
  test('fifty races of an approval in Desktop and a rejection on the command line have one winner each, and the loser is told who', async () => {
    await using rig = await supervised();
    const ids: ProjectId[] = [];
    for (let n = 0; n < RACES; n++) {
      ids.push(await toVerify(rig));
      await measure(rig);
    }
    const before = (await history(rig.bridge)).length;
    const start = String(Date.now() + START_MS);
    const ways = ['approve', 'reject'].map((verdict) =>
      rig.process(decider, [rig.home, verdict, start, ...ids]),
    );
    await Promise.all(ways.map(({ ready }) => ready));
    const [approvals = [], rejections = []] = (await Promise.all(ways.map((way) => way.go()))) as Reply[][];
    for (const [n, id] of ids.entries()) {
      const [approved, rejected] = [approvals[n], rejections[n]];
      const [decision, ...others] = await decisionsOf(databaseOf(rig.bridge).read, id);
      expect(others).toEqual([]);
      expect([approved?.ok, rejected?.ok]).toEqual(
        decision?.verdict === 'approved' ? [true, false] : [false, true],
      );
      expect((approved?.ok ? rejected : approved)?.refusal).toMatch(
        approved?.ok ? /^round 1 was approved by desktop at / : /^round 1 was rejected by person via cli at /,
      );
      expect(decision?.tree).toBe(TREE);
      expect((await current(rig.bridge, id)).status).toBe(decision?.verdict);
    }
    expect(await history(rig.bridge)).toHaveLength(before + RACES);
  });
});

const RACES = 50;
/** Both processes are ready by then, else the races begin as soon as they are. */
const START_MS = 2_000;

interface Reply {
  readonly ok: boolean;
  readonly refusal?: string;
}

describe('reading the decision', () => {
  test('reading the decision completes an approved project, and gives a rejection with its reason', async () => {
    await using rig = await createRig();
    const rejected = await submitted(rig);
    accepted(await reject(rig.bridge, rejected, 'too slow', 'desktop'));
    const told = await changingNothing(rig.bridge, () => readApproval(rig.bridge, rejected));
    expect(accepted(told)).toMatchObject({
      project: { status: 'rejected' },
      decision: { reason: 'too slow' },
    });

    const approved = await submitted(rig);
    accepted(await approve(rig.bridge, approved, 'desktop'));
    expect(accepted(await readApproval(rig.bridge, approved))).toMatchObject({
      project: { status: 'complete' },
      decision: { verdict: 'approved' },
    });
    expect((await current(rig.bridge, approved)).status).toBe('complete');
    const again = await changingNothing(rig.bridge, () => readApproval(rig.bridge, approved));
    expect(accepted(again).project.status).toBe('complete');
  });

  test('reading the decision gives none before it is made', async () => {
    await using rig = await createRig();
    const id = await submitted(rig);
    const told = await changingNothing(rig.bridge, () => readApproval(rig.bridge, id));
    expect(accepted(told)).toMatchObject({ project: { status: 'awaiting_approval' }, decision: undefined });
  });
});
