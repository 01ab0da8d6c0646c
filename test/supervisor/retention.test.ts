import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import { deleteMemory, setMemory } from '../../src/bridge/memory.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { memoryLimits } from '../../src/config-channels.ts';
import { asProjectId, asRunId, type RunId } from '../../src/project/ids.ts';
import { PROJECT_STATUSES, type ProjectStatus } from '../../src/project/project.ts';
import { runFiles } from '../../src/state-folder.ts';
import { updateProject } from '../../src/store/projects.ts';
import { findRun } from '../../src/store/runs.ts';
import { Retention } from '../../src/supervisor/upkeep/retention.ts';
import { removeArtifacts } from '../../src/supervisor/upkeep/run-artifacts.ts';
import { accepted, begin, send, supervised, TOKEN } from '../bridge/steps.ts';
import type { Rig } from '../rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Stage {
  readonly retention: Retention;
  readonly removed: () => void;
  readonly warned: string[];
}

function stage(rig: Rig, settings: Partial<Config> = {}, clock: Clock = rig.clock): Stage {
  const removed = vi.fn<() => void>();
  const warned: string[] = [];
  const silent = () => undefined;
  const warn = (event: string, fields: object = {}) => warned.push(`${event} ${JSON.stringify(fields)}`);
  const log = { error: silent, warn, info: silent, debug: silent, child: () => log };
  const context = {
    ...{
      bridge: rig.bridge,
      clock,
      log,
      lease: { bridge: rig.bridge, token: TOKEN },
      env: {},
      selfCommand: [],
    },
    config: { ...loadConfig(rig.home, {}), ...settings },
    degradedReason: () => null,
    stopping: new AbortController().signal,
  };
  return { retention: new Retention(context, removed), removed, warned };
}

/** A run that has ended and left `mb` of output; its project is then moved to `status`. */
async function spentRun(rig: Rig, status: ProjectStatus, mb = 1): Promise<RunId> {
  const project = await send(rig);
  const { run } = await begin(rig);
  await leave(rig, run.id, mb);
  await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'no_completion' }, createEnding(0));
  await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, project.id, { status }));
  return run.id;
}

async function leave(rig: Rig, runId: RunId, mb: number): Promise<void> {
  await mkdir(join(rig.home, 'runs'), { recursive: true });
  const { output, errors, mcpConfig } = runFiles(rig.home, runId);
  await writeFile(output, Buffer.alloc(mb * 1e6));
  for (const file of [errors, mcpConfig]) await writeFile(file, 'x');
}

/** The runs that have output, and all other files, in the order of their names. */
async function kept(rig: Rig): Promise<string[]> {
  return (await readdir(join(rig.home, 'runs'))).filter((name) => !name.endsWith('.stderr.log')).sort();
}

const outputs = (...ids: string[]) => ids.map((id) => `${id}.jsonl`).sort();

async function removals(rig: Rig) {
  const { events } = await changesSince(rig.bridge, BEGINNING, { waitMs: 0, limit: 1_000 });
  return events.flatMap((event) => (event.type === 'runs.output_removed' ? event.data : []));
}

describe('retention of output', () => {
  test.each(
    PROJECT_STATUSES,
  )("a run's output in a project that is %s is kept for ever only while somebody may go on", async (status) => {
    await using rig = await supervised();
    const id = await spentRun(rig, status);
    rig.clock.advance(10_000 * DAY);
    await stage(rig, { keep_runs_days: 1, keep_runs_mb: 0 }).retention.tick();
    const closed = status === 'complete' || status === 'cancelled';
    expect(await kept(rig)).toEqual(closed ? [] : outputs(id));
  });

  test("a run's output is kept for its days, then removed; one line says how much, and the run stays in the store", async () => {
    await using rig = await supervised();
    const old = await spentRun(rig, 'complete', 3);
    rig.clock.advance(2 * DAY);
    const young = await spentRun(rig, 'cancelled');
    rig.clock.advance(29 * DAY);
    const { retention, removed } = stage(rig, { keep_runs_days: 30 });
    await retention.tick();
    expect(await kept(rig)).toEqual([`${young}.jsonl`]);
    expect(await removals(rig)).toEqual([{ runs: 1, files: 2, mb: 3 }]);
    expect(removed).toHaveBeenCalledOnce();
    expect((await findRun(databaseOf(rig.bridge).read, old))?.outcome).toEqual({ kind: 'no_completion' });
  });

  test('too much output is removed, oldest first, until the rest is small enough', async () => {
    await using rig = await supervised();
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push(await spentRun(rig, 'complete', 2));
    const [, , third = '', fourth = ''] = ids;
    await stage(rig, { keep_runs_mb: 5 }).retention.tick();
    expect(await kept(rig)).toEqual(outputs(third, fourth));
  });

  test('the output of open work counts, but only that of closed projects is removed for it', async () => {
    await using rig = await supervised();
    const open = await spentRun(rig, 'awaiting_approval', 8);
    await spentRun(rig, 'complete', 1);
    await stage(rig, { keep_runs_mb: 5 }).retention.tick();
    expect(await kept(rig)).toEqual(outputs(open));
  });

  test('the output of a run under way is never touched, even when its project was cancelled', async () => {
    await using rig = await supervised();
    const project = await send(rig);
    const { run } = await begin(rig);
    await leave(rig, run.id, 1);
    await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, project.id, { status: 'cancelled' }));
    rig.clock.advance(100 * DAY);
    await stage(rig, { keep_runs_mb: 0, keep_runs_days: 0 }).retention.tick();
    expect(await kept(rig)).toEqual([`${run.id}.jsonl`, `${run.id}.mcp.json`]);
  });

  test('the output of an unknown run stays where it is, and so does what a person put there', async () => {
    await using rig = await supervised();
    await leave(rig, asRunId('0123456789ab'), 1);
    await writeFile(join(rig.home, 'runs', 'notes.jsonl'), 'mine');
    await mkdir(join(rig.home, 'runs', 'ffffffffffff.jsonl'));
    await stage(rig, { keep_runs_mb: 0, keep_runs_days: 0 }).retention.tick();
    expect(await kept(rig)).toEqual([
      '0123456789ab.jsonl',
      '0123456789ab.mcp.json',
      'ffffffffffff.jsonl',
      'notes.jsonl',
    ]);
    expect(await removals(rig)).toEqual([]);
  });
});

test('the secrets that an ended run has left go at once, whatever its project', async () => {
  await using rig = await supervised();
  const id = await spentRun(rig, 'attention');
  await stage(rig).retention.tick();
  expect(await kept(rig)).toEqual([`${id}.jsonl`]);
});

test('plans, status files and the history of the project stay', async () => {
  await using rig = await supervised();
  await spentRun(rig, 'complete');
  const before = await Promise.all(['plans', 'status'].map((name) => readdir(join(rig.home, name))));
  await stage(rig, { keep_runs_mb: 0 }).retention.tick();
  expect(await Promise.all(['plans', 'status'].map((name) => readdir(join(rig.home, name))))).toEqual(before);
  const [id = ''] = before[0]?.map((name) => name.slice(0, 12)) ?? [];
  const details = await projectDetails(rig.bridge, asProjectId(id));
  expect(details.ok && details.value.runs.length).toBe(1);
});

describe('schedule of retention', () => {
  test('retention looks at the start, and then once a day', async () => {
    await using rig = await supervised();
    const { retention, removed } = stage(rig, { keep_runs_mb: 0 });
    await spentRun(rig, 'complete');
    await retention.tick();
    expect(removed).toHaveBeenCalledTimes(1);
    await spentRun(rig, 'complete');
    for (let hours = 1; hours < 24; hours++) {
      rig.clock.advance(HOUR);
      await retention.tick();
    }
    expect(removed).toHaveBeenCalledTimes(1);
    rig.clock.advance(HOUR);
    await retention.tick();
    expect(removed).toHaveBeenCalledTimes(2);
  });

  test('retention does not look while the clock has just been set: years ahead, nothing is suddenly old', async () => {
    await using rig = await supervised();
    let aheadMs = 0;
    const clock: Clock = {
      ...systemClock,
      now: () => new Date(rig.clock.now().getTime() + aheadMs),
      monotonic: () => rig.clock.monotonic(),
    };
    const { retention } = stage(rig, {}, clock);
    await retention.tick();
    const id = await spentRun(rig, 'complete');
    rig.clock.advance(DAY - 60_000);
    await retention.tick();
    aheadMs = 3_650 * DAY;
    rig.clock.advance(60_000);
    await retention.tick();
    expect(await kept(rig)).toEqual([`${id}.jsonl`, `${id}.mcp.json`]);
    aheadMs = 0;
    rig.clock.advance(60_000);
    await retention.tick();
    rig.clock.advance(HOUR);
    await retention.tick();
    expect(await kept(rig)).toEqual([`${id}.jsonl`]);
  });

  test('retention does nothing where there is nothing', async () => {
    await using rig = await supervised();
    const { retention, warned } = stage(rig);
    await retention.tick();
    expect(warned).toEqual([]);
  });
});

describe('folders that retention cannot clean', () => {
  test('an unreadable folder of runs is reported, and nothing else follows', async () => {
    await using rig = await supervised();
    await writeFile(join(rig.home, 'runs'), 'in the way');
    const { retention, warned } = stage(rig);
    await retention.tick();
    expect(warned).toEqual(['runs.unreadable {}']);
  });

  test('a folder of a run whose file cannot be removed is reported, and the others are removed', async () => {
    await using rig = await supervised();
    const file = { runId: asRunId('0123456789ab'), kind: 'output', bytes: 1 } as const;
    const [stuck, free] = ['stuck', 'free'].map((name) => join(rig.workspace, name));
    await mkdir(stuck ?? '');
    await writeFile(free ?? '', 'x');
    const files = [stuck, free].map((path = '') => ({ ...file, path }));
    const { removed, failed } = await removeArtifacts(files);
    expect(removed.map(({ path }) => path)).toEqual([free]);
    expect(failed).toEqual([{ path: stuck, message: expect.stringContaining('stuck') }]);
  });

  test('a folder of a run that is moved away meanwhile does no harm', async () => {
    await using rig = await supervised();
    await spentRun(rig, 'complete');
    const { retention, warned } = stage(rig, { keep_runs_mb: 0 });
    const tending = retention.tick();
    await rename(join(rig.home, 'runs'), join(rig.workspace, 'elsewhere'));
    await tending;
    expect(warned).toEqual([]);
  });
});

describe('retention of what agents share', () => {
  test('messages and deleted keys go when their time is over, also where no tool has written since', async () => {
    await using rig = await supervised();
    const { bridge } = rig;
    const writer = { actor: 'person', runId: null } as const;
    accepted(await sendToChannel(bridge, { channel: 'shop', sender: 'ci', content: 'old' }));
    accepted(await setMemory(bridge, memoryLimits(), { key: 'port', value: 1 }, writer));
    accepted(await deleteMemory(bridge, memoryLimits(), { key: 'port' }, writer));
    rig.clock.advance(31 * DAY);
    accepted(await sendToChannel(bridge, { channel: 'shop', sender: 'ci', content: 'new' }));
    await stage(rig).retention.tick();
    expect(rig.rowsOf('channel_messages').map(({ content }) => content)).toEqual(['new']);
    expect(rig.rowsOf('memory')).toEqual([]);
  });
});
