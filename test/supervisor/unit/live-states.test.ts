import { describe, expect, test } from 'vitest';
import { endRun } from '../../../src/bridge/end-run.ts';
import { LeaseLost, takeLease } from '../../../src/bridge/lease.ts';
import { databaseOf, withDatabase } from '../../../src/bridge/open-bridge.ts';
import { spentInPeriod } from '../../../src/bridge/spending.ts';
import { asLeaseToken } from '../../../src/project/ids.ts';
import { EMPTY_LIVE_STATE, type Run } from '../../../src/project/run.ts';
import { findRun } from '../../../src/store/runs.ts';
import { LiveStates } from '../../../src/supervisor/live-states.ts';
import { begin, ending, history, send, supervised, TOKEN } from '../../bridge/steps.ts';
import { eventually } from '../../eventually.ts';

const using = (currentTool: string) => ({ ...EMPTY_LIVE_STATE, currentTool });

/** A supervisor with two runs, whose writes are counted. */
async function atWork({ isCostUrgent = false } = {}) {
  const rig = await supervised();
  const runs: [Run, Run] = [await beginOne(), await beginOne()];
  async function beginOne(): Promise<Run> {
    await send(rig);
    return (await begin(rig)).run;
  }
  const database = databaseOf(rig.bridge);
  let writes = 0;
  const bridge = withDatabase(rig.bridge, {
    ...database,
    write(work) {
      writes += 1;
      return database.write(work);
    },
  });
  const background: Promise<unknown>[] = [];
  const context = { clock: rig.clock, lease: { bridge, token: TOKEN } };
  const live = new LiveStates(context, (work) => background.push(work), undefined, isCostUrgent);
  const tools = async () => {
    const found = await Promise.all(runs.map(({ id }) => findRun(database.read, id)));
    return found.map((run) => run?.live.currentTool);
  };
  return {
    rig,
    runs,
    live,
    tools,
    counted: () => writes,
    background,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

describe('what the runs under way are doing', () => {
  test('what several runs are doing is stored in one write each half second', async () => {
    await using work = await atWork();
    const { rig, live, tools, counted } = work;
    const [one, two] = work.runs;
    live.show(one.id, using('Read: a.ts'));
    await eventually(async () => expect(await tools()).toEqual(['Read: a.ts', null]));
    live.show(one.id, using('Read: b.ts'));
    live.show(two.id, using('Bash: npm test'));
    live.show(one.id, using('Read: c.ts'));
    await rig.clock.slept(500);
    expect(await tools()).toEqual(['Read: a.ts', null]);
    expect(counted()).toBe(1);
    rig.clock.advance(500);
    await eventually(async () => expect(await tools()).toEqual(['Read: c.ts', 'Bash: npm test']));
    expect(counted()).toBe(2);
  });

  test('a cost that counts against the budget of a day is stored at once, and what else a run does with the next half second', async () => {
    await using work = await atWork({ isCostUrgent: true });
    const { rig, live, tools, counted, background } = work;
    const [one, two] = work.runs;
    live.show(one.id, using('Read: a.ts'));
    await eventually(async () => expect(await tools()).toEqual(['Read: a.ts', null]));
    live.show(two.id, using('Bash: npm test'));
    await rig.clock.slept(500);
    expect(counted()).toBe(1);
    live.show(one.id, { ...using('Read: b.ts'), costUsd: 0.5 });
    await Promise.all(background);
    expect(await tools()).toEqual(['Read: b.ts', 'Bash: npm test']);
    expect(await spentInPeriod(rig.bridge, 'day')).toMatchObject({ usd: 0.5 });
    expect(counted()).toBe(2);
  });

  test('what a run is doing is not stored again while readers would see no difference', async () => {
    await using work = await atWork();
    const { live, counted, background } = work;
    const [one] = work.runs;
    live.show(one.id, { ...using('Read: a.ts'), lastSignAt: '2026-03-01T12:00:01.000Z' });
    await Promise.all(background);
    live.show(one.id, { ...using('Read: a.ts'), lastSignAt: '2026-03-01T12:00:59.000Z' });
    expect(background).toHaveLength(1);
    expect(counted()).toBe(1);
  });

  test('nothing is stored, or waited for, of a run that has ended', async () => {
    await using work = await atWork();
    const { rig, live, counted, background } = work;
    const [one] = work.runs;
    live.show(one.id, using('Read: a.ts'));
    await Promise.all(background);
    live.show(one.id, using('Read: b.ts'));
    await endRun({ bridge: rig.bridge, token: TOKEN }, one, { kind: 'refused' }, ending);
    live.forget(one.id);
    await Promise.all(background);
    expect(counted()).toBe(1);
  });

  test('a replaced supervisor learns of it when it stores what its runs are doing', async () => {
    await using work = await atWork();
    const { rig, live, background } = work;
    const successor = { token: asLeaseToken('successor'), pid: 1, pidStartedAt: 'then', version: '1' };
    await takeLease(rig.bridge, successor, () => true);
    live.show(work.runs[0].id, using('Read: a.ts'));
    await expect(Promise.all(background)).rejects.toThrow(LeaseLost);
  });

  test('what a run is doing is no event and does not wake its supervisor, which a request of another process does', async () => {
    await using work = await atWork();
    const { rig, live, background } = work;
    const feed = databaseOf(rig.bridge).changes('others');
    const before = await history(rig.bridge);
    let awake = false;
    const waiting = feed.changed(new AbortController().signal).then(() => {
      awake = true;
    });
    live.show(work.runs[0].id, using('Read: a.ts'));
    await Promise.all(background);
    // The poll of the feed.
    await rig.clock.slept(2_000);
    rig.clock.advance(2_000);
    await rig.clock.slept(2_000);
    expect(awake).toBe(false);
    expect(await history(rig.bridge)).toEqual(before);
    await send({ ...rig, bridge: await rig.connect() });
    await waiting;
    feed.close();
  });
});
