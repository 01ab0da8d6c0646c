import { describe, expect, test } from 'vitest';
import { watchChanges } from '../../src/bridge/changes.ts';
import { nextReadyTime } from '../../src/bridge/claim.ts';
import { cancel, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { finishApproved, readApproval } from '../../src/bridge/finish.ts';
import { LeaseLost } from '../../src/bridge/lease.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { ordersFor, unfinishedRuns } from '../../src/bridge/runs.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import { createRig } from '../rig.ts';
import {
  accepted,
  begin,
  beSupervisor,
  briefingOf,
  changingNothing,
  current,
  ending,
  projectIn,
  send,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

describe('what the supervisor reads', () => {
  test('the supervisor reads what the person wants of a run under way', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig);
    const { run } = await begin(rig);
    expect(await ordersFor(rig.bridge, run)).toEqual({
      cancelled: false,
      submitted: false,
      messages: [],
      plan: null,
    });
    for (const message of ['use Rust', 'and be quick']) {
      rig.clock.advance(1_000);
      accepted(await steer(rig.bridge, id, message, 'person'));
    }
    accepted(await cancel(rig.bridge, id, '', 'person'));
    expect(await ordersFor(rig.bridge, run)).toMatchObject({
      cancelled: true,
      messages: [{ message: 'use Rust' }, { message: 'and be quick' }],
    });
  });

  test('the supervisor reads that the run has submitted its work', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    expect(await ordersFor(rig.bridge, run)).toMatchObject({ submitted: true });
  });

  test('the supervisor reads everything a prompt is made of, after a rejection with its reason', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig, '# A\n\nDo it.');
    expect(await briefingOf(rig, id)).toMatchObject({
      markdown: '# A\n\nDo it.',
      reason: null,
      messages: [],
      record: expect.stringMatching(/Plan sent\n$/),
    });
    const { run } = await begin(rig);
    await submit(rig, id, run);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    expect(await briefingOf(rig, id)).toMatchObject({
      reason: 'too slow',
      messages: [{ message: 'use Rust' }],
      record: expect.stringContaining('rejected by desktop: “too slow”'),
    });
  });

  test('the supervisor reads the end of a long record, not its beginning', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    for (let n = 0; n < 30; n++) accepted(await steer(rig.bridge, id, `${n} ${'x'.repeat(1_000)}`, 'person'));
    const { record } = await briefingOf(rig, id);
    expect(record.length).toBeGreaterThan(7_900);
    expect(record.length).toBeLessThan(8_100);
    expect(record).toContain('Message from the person: “29 x');
  });

  test('the supervisor reads runs that were left open', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await send(rig);
    const { run } = await begin(rig);
    expect((await unfinishedRuns(rig.bridge)).map(({ id }) => id)).toEqual([run.id]);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'refused' }, ending);
    expect(await unfinishedRuns(rig.bridge)).toEqual([]);
  });

  test('the supervisor reads when the next back-off ends', async () => {
    await using rig = await createRig();
    expect(await nextReadyTime(rig.bridge)).toBeUndefined();
    const at = new Date(rig.clock.now().getTime() + 5_000);
    await projectIn(rig, 'pending', { not_before: at.toISOString() });
    expect(await nextReadyTime(rig.bridge)).toEqual(at);
  });

  test('the supervisor sees a change made by another process, and stops watching when it is asked to', async () => {
    await using rig = await createRig();
    const feed = watchChanges(rig.bridge);
    const { signal } = new AbortController();
    const woken = feed.changed(signal);
    await projectIn({ ...rig, bridge: await rig.connect() }, 'pending');
    await woken;
    const waiting = feed.changed(signal);
    feed.close();
    await waiting;
  });
});

describe('completing approved work', () => {
  test('a replaced supervisor completes nothing', async () => {
    await using rig = await supervised();
    const id = await projectIn(rig, 'in_progress');
    await submit(rig, id);
    accepted(await approve(rig.bridge, id, 'desktop'));
    await changingNothing(rig.bridge, () =>
      expect(
        finishApproved({ bridge: rig.bridge, token: asLeaseToken('a supervisor of before') }),
      ).rejects.toThrow(LeaseLost),
    );
    expect((await current(rig.bridge, id)).status).toBe('approved');
  });

  test('the supervisor completes everything approved, each once', async () => {
    await using rig = await supervised();
    const ids = [await projectIn(rig, 'in_progress'), await projectIn(rig, 'in_progress')];
    for (const id of ids) {
      await submit(rig, id);
      accepted(await approve(rig.bridge, id, 'desktop'));
    }
    expect(
      (await finishApproved({ bridge: rig.bridge, token: TOKEN })).map(({ id, status }) => [id, status]),
    ).toEqual(ids.map((id) => [id, 'complete']));
    expect(await finishApproved({ bridge: rig.bridge, token: TOKEN })).toEqual([]);
  });

  test('the supervisor completes work only after its run has ended: a complete project gets no more writes', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    // As a program before this one may have left it.
    rig.tamper("UPDATE projects SET status = 'approved' WHERE id = ?", id);
    expect(await finishApproved({ bridge: rig.bridge, token: TOKEN })).toEqual([]);
    expect(accepted(await readApproval(rig.bridge, id)).project.status).toBe('approved');
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    expect(await finishApproved({ bridge: rig.bridge, token: TOKEN })).toMatchObject([
      { id, status: 'complete' },
    ]);
  });
});
