import { describe, expect, test } from 'vitest';
import { cancel, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { recordDelivered, recordLive, recordReady, recordSpawn } from '../../src/bridge/runs.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { waitingMessages } from '../../src/store/messages.ts';
import { findRun, openRuns } from '../../src/store/runs.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  history,
  send,
  start,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';

describe('recording a run', () => {
  test("a run's process, its readiness and what it is doing are recorded as they happen", async () => {
    await using rig = await supervised();
    await send(rig);
    const started = await start(rig);
    if (!started) throw new Error('nothing started');
    const { run } = started;
    const spawnedAt = rig.clock.advance(1_000);
    await recordSpawn({ bridge: rig.bridge, token: TOKEN }, run, 4242, 'start time');
    const readyAt = rig.clock.advance(1_000);
    await recordReady({ bridge: rig.bridge, token: TOKEN }, run, {
      model: 'claude-opus-4-1',
      claudeVersion: '2.1.0',
    });
    const live = { ...EMPTY_LIVE_STATE, turns: 3, currentTool: 'Bash: npm test' };
    await recordLive({ bridge: rig.bridge, token: TOKEN }, new Map([[run.id, live]]));
    expect(await findRun(databaseOf(rig.bridge).read, run.id)).toMatchObject({
      pid: 4242,
      pidStartedAt: 'start time',
      spawnedAt,
      readyAt,
      modelUsed: 'claude-opus-4-1',
      claudeVersion: '2.1.0',
      live,
    });
    // What it is doing is a reading, not history.
    expect((await history(rig.bridge)).slice(-2)).toEqual(['run.spawned', 'run.ready']);
  });

  test('a run killed before it may have kept its messages leaves only those to the next run', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { message: before } = accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    const { run } = await begin(rig);
    await recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, [before.id]);
    const { message: late } = accepted(await steer(rig.bridge, id, 'and test it', 'person'));
    await recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, [late.id]);
    const killed = { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: '' } as const;
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, killed, { ...ending, unkept: [late.id] });
    const next = await begin(rig);
    const waiting = await waitingMessages(databaseOf(rig.bridge).read, id);
    expect(waiting).toMatchObject([{ id: late.id, runId: next.run.id }]);
    await recordDelivered({ bridge: rig.bridge, token: TOKEN }, next.run, [late.id]);
    await endRun({ bridge: rig.bridge, token: TOKEN }, next.run, killed, { ...ending, unkept: 'all' });
    expect(await waitingMessages(databaseOf(rig.bridge).read, id)).toMatchObject([{ id: late.id }]);
    const [, end] = (await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 100)).flatMap((event) =>
      event.type === 'run.ended' ? event.data : [],
    );
    expect(end?.undelivered).toEqual([late.id]);
  });

  test("a run's messages are recorded as taken in, each once", async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { message } = accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    await recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, [message.id]);
    expect(await waitingMessages(databaseOf(rig.bridge).read, id)).toEqual([]);
    await changingNothing(rig.bridge, () =>
      recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, [message.id]),
    );
    await changingNothing(rig.bridge, () => recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, []));
    expect((await history(rig.bridge)).filter((type) => type === 'project.steering_delivered')).toHaveLength(
      1,
    );
  });
});

describe('end of a run', () => {
  test('a run ends once: ending it again changes nothing and returns how it ended', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const crash = { kind: 'crashed', code: 1, signal: null, stderr: 'oh' } as const;
    const first = await endRun({ bridge: rig.bridge, token: TOKEN }, run, crash, ending);
    expect(first.project).toEqual(await current(rig.bridge, id));
    rig.clock.advance(1_000);
    const again = await changingNothing(rig.bridge, () =>
      endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'throttled' }, ending),
    );
    expect(again).toEqual({ outcome: crash, project: first.project, hold: undefined });
  });

  test('a run ends with what it cost and did, and an event that says why', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const outcome = { kind: 'api_error', status: 529, message: 'overloaded' } as const;
    const live = { ...EMPTY_LIVE_STATE, turns: 9 };
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, {
      ...ending,
      cost: { usd: 1.25, basis: 'estimated' },
      live,
      fingerprint: 'tree',
    });
    expect(await findRun(databaseOf(rig.bridge).read, run.id)).toMatchObject({
      outcome,
      costUsd: 1.25,
      costBasis: 'estimated',
      live,
      fingerprint: 'tree',
      endedAt: rig.clock.now().toISOString(),
    });
    const events = await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 100);
    expect(events.find(({ type }) => type === 'run.ended')).toMatchObject({
      runId: run.id,
      type: 'run.ended',
      actor: 'supervisor',
      data: { outcome, costUsd: 1.25, costBasis: 'estimated' },
    });
  });

  test('a run ends as submitted when the store holds its work, whatever the process said', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    const ended = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      run,
      { kind: 'stalled', silentMs: 1 },
      ending,
    );
    expect(ended).toMatchObject({
      outcome: { kind: 'submitted' },
      project: { status: 'verifying', notBefore: null },
    });
  });

  test('a run ends as cancelled when the person cancelled it, and nothing follows', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    accepted(await cancel(rig.bridge, id, 'stop', 'person'));
    const crash = { kind: 'crashed', code: null, signal: 'SIGTERM', stderr: '' } as const;
    const ended = await endRun({ bridge: rig.bridge, token: TOKEN }, run, crash, ending);
    expect(ended).toMatchObject({
      outcome: { kind: 'cancelled' },
      project: { status: 'cancelled', tries: 0 },
    });
    expect(await start(rig)).toBeUndefined();
  });

  test('a run that ends makes room for the next in its workspace and for its project', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    expect(await start(rig)).toBeUndefined();
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'interrupted' }, ending);
    expect(await openRuns(databaseOf(rig.bridge).read)).toEqual([]);
    expect(await start(rig)).toBeDefined();
  });
});
