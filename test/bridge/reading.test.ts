import { describe, expect, test } from 'vitest';
import { BEGINNING, changesSince, currentCursor } from '../../src/bridge/changes.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { pause } from '../../src/bridge/holds.ts';
import {
  approvalQueue,
  overview,
  projectDetails,
  projectState,
  projects,
  projectUpdates,
  resolveProjectId,
} from '../../src/bridge/queries.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { sendUpdate } from '../../src/bridge/submissions.ts';
import { systemClock } from '../../src/clock.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { createRig } from '../rig.ts';
import {
  accepted,
  begin,
  beSupervisor,
  byHand,
  ending,
  projectIn,
  refusalOf,
  send,
  submit,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

describe('one project', () => {
  test('a project is read whole', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig, '# A\n\nDo it.');
    const { run } = await begin(rig);
    for (const message of ['one', 'two', 'three'])
      accepted(await sendUpdate(rig.bridge, id, message, { runId: run.id, requestId: null }));
    await submit(rig, id, run);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));

    const details = accepted(await projectDetails(rig.bridge, id, 2));
    expect(details).toMatchObject({
      project: { id, status: 'rejected' },
      markdown: '# A\n\nDo it.',
      runs: [{ id: run.id, outcome: { kind: 'submitted' } }],
      completions: [{ round: 1, runId: run.id }],
      decisions: [{ round: 1, verdict: 'rejected' }],
      updates: [{ message: 'two' }, { message: 'three' }],
      waitingMessages: [],
      spentUsd: 0.5,
    });
  });

  test('a project says which run is under way and what was submitted in its round', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig);
    expect(accepted(await projectState(rig.bridge, id))).toMatchObject({
      run: undefined,
      completion: undefined,
    });
    const { run } = await begin(rig);
    expect(accepted(await projectState(rig.bridge, id)).run?.id).toBe(run.id);
    await submit(rig, id, run);
    expect(accepted(await projectState(rig.bridge, id)).completion).toMatchObject({ round: 1 });
  });

  test("a project's updates are read from where the reader left off", async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    for (const message of ['one', 'two', 'three'])
      accepted(await sendUpdate(rig.bridge, id, message, byHand));
    const { updates } = accepted(await projectUpdates(rig.bridge, id, 0, 2));
    expect(updates.map(({ message }) => message)).toEqual(['one', 'two']);
    const rest = accepted(await projectUpdates(rig.bridge, id, updates.at(-1)?.id ?? 0, 10));
    expect(rest.updates.map(({ message }) => message)).toEqual(['three']);
  });

  test('a project is found by the beginning of its id', async () => {
    await using rig = await createRig();
    await projectIn(rig, 'pending', { id: asProjectId('abcdef000000') });
    await projectIn(rig, 'pending', { id: asProjectId('abcdff000000') });
    expect(accepted(await resolveProjectId(rig.bridge, ' ABCDEF '))).toBe('abcdef000000');
    expect(accepted(await resolveProjectId(rig.bridge, 'abcdef000000'))).toBe('abcdef000000');
    expect(refusalOf(await resolveProjectId(rig.bridge, 'abcd'))).toMatch(/fits several projects/);
    expect(refusalOf(await resolveProjectId(rig.bridge, 'abc'))).toMatch(/too short/);
    expect(refusalOf(await resolveProjectId(rig.bridge, 'ffff'))).toBe('project not found: ffff');
    expect(refusalOf(await resolveProjectId(rig.bridge, '%'))).toBe('project not found: %');
  });
});

describe('many projects', () => {
  test('projects are listed, newest first', async () => {
    await using rig = await createRig();
    const sent = [await send(rig), await send(rig), await send(rig)].map(({ id }) => id);
    expect((await projects(rig.bridge, { limit: 10 })).map(({ id }) => id)).toEqual(sent.toReversed());
  });

  test('projects that wait for a decision are listed with what was submitted, the longest waiting first', async () => {
    await using rig = await createRig();
    expect(await approvalQueue(rig.bridge, 10)).toEqual([]);
    const [first, second] = [
      await projectIn(rig, 'in_progress'),
      await projectIn(rig, 'in_progress'),
      await projectIn(rig, 'in_progress'),
    ];
    await submit(rig, second);
    await submit(rig, first);
    const queue = await approvalQueue(rig.bridge, 10);
    expect(queue.map(({ project, completion }) => [project.id, completion?.summary])).toEqual([
      [first, 'It ticks.'],
      [second, 'It ticks.'],
    ]);
    expect(await approvalQueue(rig.bridge, 1)).toHaveLength(1);
    accepted(await approve(rig.bridge, first, 'desktop'));
    expect((await approvalQueue(rig.bridge, 10)).map(({ project }) => project.id)).toEqual([second]);
  });

  test('projects are summed up in an overview', async () => {
    await using rig = await createRig();
    const empty = await overview(rig.bridge, 5);
    expect(empty).toMatchObject({
      lease: undefined,
      holds: [],
      running: [],
      queue: [],
      waiting: [],
      spentTodayUsd: 0,
    });
    expect(empty.counts).toEqual({
      pending: 0,
      in_progress: 0,
      awaiting_answer: 0,
      verifying: 0,
      awaiting_approval: 0,
      rejected: 0,
      approved: 0,
      complete: 0,
      cancelled: 0,
      attention: 0,
    });

    await beSupervisor(rig);
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'interrupted' }, ending);
    const again = await begin(rig);
    const waiting = await projectIn(rig, 'attention');
    const queued = await send(rig);
    await pause(rig.bridge, 'lunch', 'person');
    expect(await overview(rig.bridge, 5)).toMatchObject({
      lease: { token: TOKEN },
      holds: [{ kind: 'paused', reason: 'lunch' }],
      counts: { pending: 1, in_progress: 1, attention: 1 },
      running: [{ project: { id }, run: { id: again.run.id } }],
      queue: [{ id: queued.id }],
      waiting: [{ id: waiting }],
      spentTodayUsd: 0.5,
      now: rig.clock.now().toISOString(),
    });
  });
});

describe('changes since a cursor', () => {
  const at = { waitMs: 0, limit: 100 };

  test('changes since a cursor are returned at once, and the new cursor goes on from there', async () => {
    await using rig = await createRig();
    const start = await currentCursor(rig.bridge);
    const { id } = await send(rig);
    const first = await changesSince(rig.bridge, start, { ...at, waitMs: 60_000 });
    expect(first.events).toMatchObject([{ type: 'project.sent', projectId: id }]);
    expect(await changesSince(rig.bridge, first.cursor, at)).toEqual({ events: [], cursor: first.cursor });
    expect(await currentCursor(rig.bridge)).toBe(first.cursor);
  });

  test('many changes are returned a page at a time', async () => {
    await using rig = await createRig();
    for (let n = 0; n < 5; n++) await send(rig);
    const first = await changesSince(rig.bridge, BEGINNING, { ...at, limit: 3 });
    expect(first.events).toHaveLength(3);
    expect((await changesSince(rig.bridge, first.cursor, { ...at, limit: 3 })).events).toHaveLength(2);
  });

  test('changes of one project are returned without the others', async () => {
    await using rig = await createRig();
    const [mine, other] = [await send(rig), await send(rig)];
    const changes = await changesSince(rig.bridge, BEGINNING, { ...at, projectId: mine.id });
    expect(changes.events.map(({ projectId }) => projectId)).toEqual([mine.id]);
    expect(other.id).not.toBe(mine.id);
  });

  test.each(['another connection', 'the same one'])('a change ends a wait, by %s', async (who) => {
    await using rig = await createRig();
    const reader = { ...rig.bridge, clock: systemClock };
    const waiting = changesSince(reader, BEGINNING, { ...at, waitMs: 60_000 });
    const writer = who === 'the same one' ? rig.bridge : await rig.connect();
    await pause(writer, 'lunch', 'person');
    expect((await waiting).events).toMatchObject([{ type: 'hold.set' }]);
  });

  test('a change of another project does not end the wait for one', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const other = await projectIn(rig, 'in_progress');
    const reader = { ...rig.bridge, clock: systemClock };
    const waiting = changesSince(reader, BEGINNING, { ...at, waitMs: 60_000, projectId: id });
    accepted(await sendUpdate(await rig.connect(), other, 'theirs', byHand));
    accepted(await sendUpdate(await rig.connect(), id, 'mine', byHand));
    expect((await waiting).events).toMatchObject([{ projectId: id, data: { message: 'mine' } }]);
  });

  test('a wait without a change ends when the time is up or it is cancelled', async () => {
    await using rig = await createRig();
    const timeUp = changesSince(rig.bridge, BEGINNING, { ...at, waitMs: 25_000 });
    // The wait begins after a first look.
    await rig.clock.slept(25_000);
    rig.clock.advance(25_000);
    expect(await timeUp).toEqual({ events: [], cursor: BEGINNING });

    const stop = new AbortController();
    const stopped = changesSince(rig.bridge, BEGINNING, { ...at, waitMs: 25_000, signal: stop.signal });
    stop.abort();
    expect(await stopped).toEqual({ events: [], cursor: BEGINNING });
  });
});
