/** What sick projects and healthy ones do to each other: who waits, who is judged, and what it costs. */

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { asProjectId } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { Project } from '../../src/project/project.ts';
import { statusFile } from '../../src/state-folder.ts';
import type { Rig } from '../rig.ts';
import { tamper } from '../store/raw.ts';
import { answered, ends, runEnds } from './run-ends.ts';
import { begin, current, history, send, start, supervised } from './steps.ts';

const MINUTE = 60_000;
const UNREACHABLE: Outcome = { kind: 'api_error', status: 500, message: 'Internal server error' };
const BUSY: Outcome = { kind: 'throttled' };
const NO_CREDIT: Outcome = { kind: 'billing', message: 'no credit' };
const UNKNOWN: Outcome = { kind: 'model_unknown', model: 'claude-sonet-5', message: '404' };
const crash = (code: number): Outcome => ({ kind: 'crashed', code, signal: null, stderr: '' });

/** Sends a plan for a folder below the rig's. */
async function sendTo(rig: Rig, folder: string, front = ''): Promise<Project> {
  const path = join(rig.workspace, folder);
  await mkdir(path, { recursive: true });
  return send(rig, `---\nworkspace: ${path}\n${front}---\n# In ${folder}`);
}

/** The next run is answered, and then ends like this. */
async function worksAndEnds(rig: Rig, outcome: Outcome): Promise<Project> {
  const started = await begin(rig);
  await answered(rig, started);
  return ends(rig, started, outcome);
}

const holdsSet = async (rig: Rig) => (await history(rig.bridge)).filter((type) => type === 'hold.set').length;

describe('projects whose runs are answered and then failed by the service', () => {
  test('a project that the service fails lets the next run be of another one', async () => {
    await using rig = await supervised();
    const sick = await send(rig);
    const healthy = [await send(rig), await send(rig)];
    for (const { id } of healthy) {
      expect((await worksAndEnds(rig, UNREACHABLE)).id).toBe(sick.id);
      rig.clock.advance(MINUTE);
      const turn = await begin(rig);
      expect(turn.project.id).toBe(id);
      await answered(rig, turn);
    }
  });

  test.each([
    [UNREACHABLE, 10],
    [NO_CREDIT, 3],
  ] as const)('a project that the service fails while others are answered is at fault itself: %o needs a person after %i runs', async (outcome, most) => {
    await using rig = await supervised();
    const sick = await send(rig);
    let runs = 0;
    for (let status = 'in_progress'; status === 'in_progress'; runs++) {
      const project = await worksAndEnds(rig, outcome);
      expect(project.id).toBe(sick.id);
      status = project.status;
      await send(rig);
      rig.clock.advance(20 * MINUTE);
      await worksAndEnds(rig, { kind: 'tool_denied', tool: '', setting: '' });
    }
    expect(runs).toBe(most);
    expect(await holdsSet(rig)).toBe(2);
  });

  test('a project that the service fails alone waits twice as long before each run, up to a quarter of an hour', async () => {
    await using rig = await supervised();
    await send(rig);
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      const { notBefore, tries, status } = await worksAndEnds(rig, UNREACHABLE);
      expect({ tries, status }).toEqual({ tries: 0, status: 'in_progress' });
      waits.push(notBefore === null ? 0 : (Date.parse(notBefore) - rig.clock.now().getTime()) / 1_000);
      rig.clock.advance(20 * MINUTE);
    }
    expect(waits).toEqual([0, 30, 60, 120, 240, 480, 900, 900]);
  });
});

describe('many projects in one bad workspace', () => {
  test('projects in one bad workspace stop the others once, not once each', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 6; n++) await sendTo(rig, 'bad');
    await send(rig);
    await runEnds(rig, NO_CREDIT);
    await answered(rig, await begin(rig));
    for (let n = 0; n < 6; n++) {
      rig.clock.advance(MINUTE);
      expect(await runEnds(rig, NO_CREDIT)).toMatchObject({ status: 'attention' });
    }
    expect(await holdsSet(rig)).toBe(1);
  });

  test('projects that crash alike are tried a bounded number of times each, once another workspace is answered', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 3; n++) await sendTo(rig, 'bad');
    while ((await holdsSet(rig)) === 0) await runEnds(rig, crash(1));
    await send(rig);
    for (let runs = 0; runs < 40; runs++) {
      rig.clock.advance(20 * MINUTE);
      const next = await start(rig);
      if (next === undefined) break;
      if (next.project.workspace.endsWith('bad')) {
        await ends(rig, next, crash(1));
        continue;
      }
      await answered(rig, next);
      await ends(rig, next, { kind: 'tool_denied', tool: '', setting: '' });
      await send(rig);
    }
    const bad = await databaseOf(rig.bridge)
      .read.selectFrom('projects')
      .select('status')
      .where('workspace', 'like', '%bad')
      .execute();
    expect(bad.map(({ status }) => status)).toEqual(['attention', 'attention', 'attention']);
    expect(await holdsSet(rig)).toBe(1);
  });
});

describe('answers that say nothing about a failure', () => {
  test.each([
    BUSY,
    UNREACHABLE,
    UNKNOWN,
  ])('an answer of another model spends no try and parks nobody: %o', async (outcome) => {
    await using rig = await supervised();
    await send(rig);
    await runEnds(rig, outcome);
    for (let n = 0; n < 9; n++) {
      await send(rig, '---\nmodel: haiku\n---\n# Other model');
      rig.clock.advance(20 * MINUTE);
      await answered(rig, await begin(rig));
      expect(await runEnds(rig, outcome)).toMatchObject({ status: 'in_progress', tries: 0 });
    }
  });

  test('an answer of an hour ago parks nobody for a login that everybody has lost since', async () => {
    await using rig = await supervised();
    await send(rig);
    await runEnds(rig, NO_CREDIT);
    await send(rig);
    await answered(rig, await begin(rig));
    rig.clock.advance(60 * MINUTE);
    expect(await runEnds(rig, NO_CREDIT)).toMatchObject({ status: 'in_progress', tries: 0 });
  });
});

describe('one cause of the machine that shows in different ways', () => {
  test.each([
    ['two, in turn', [crash(1), crash(134), crash(1), crash(134), crash(1)]],
    [
      'a new one each time',
      [
        crash(1),
        crash(134),
        { kind: 'no_init', afterMs: 1 },
        { kind: 'stalled', silentMs: 1 },
        { kind: 'never_spawned', message: '' },
      ],
    ],
  ] as const)('failures of one cause, %s, hold the queue, and nothing is held against any project', async (_, outcomes) => {
    await using rig = await supervised();
    const sent: Project[] = [];
    for (const _ of outcomes) sent.push(await send(rig));
    for (const outcome of outcomes) await runEnds(rig, outcome);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'claude_failing' }]);
    const last = await current(rig.bridge, sent.at(-1)?.id ?? asProjectId(''));
    expect(last).toMatchObject({ tries: 0, notBefore: null });
  });

  test.each([
    { kind: 'workspace_missing', message: '/mnt/work does not answer' },
    { kind: 'claude_too_old', message: '2.0' },
    { kind: 'tool_denied', tool: 'x', setting: '~/.claude/settings.json' },
    { kind: 'wrong_folder', folder: '/' },
  ] as const)('%o in three workspaces holds everybody, and who was parked for it goes on, also in the status file', async (outcome) => {
    await using rig = await supervised();
    const sent = [await send(rig), await send(rig), await send(rig)];
    expect((await runEnds(rig, outcome)).status).toBe('attention');
    expect((await runEnds(rig, outcome)).status).toBe('attention');
    await runEnds(rig, outcome);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'claude_failing' }]);
    for (const { id } of sent) {
      expect(['pending', 'in_progress']).toContain((await current(rig.bridge, id)).status);
      expect(await current(rig.bridge, id)).toMatchObject({ attention: null, tries: 0 });
    }
    const file = await readFile(statusFile(rig.home, sent[0]?.id ?? asProjectId('')), 'utf8');
    expect(file.trimEnd().split('\n').at(-1)).toContain('Put back into the queue by supervisor');
  });

  test('a failure in one folder is the folder’s: its projects need a person', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 4; n++) await sendTo(rig, 'gone');
    for (let n = 0; n < 4; n++)
      expect(await runEnds(rig, { kind: 'workspace_missing', message: 'gone' })).toMatchObject({
        status: 'attention',
      });
    expect(await currentHolds(rig.bridge)).toEqual([]);
  });

  test('equal paths of three machines are three folders, whose failure is everybody’s', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 3; n++) await sendTo(rig, 'gone');
    for (let n = 0; n < 3; n++) {
      await runEnds(rig, { kind: 'workspace_missing', message: 'gone' });
      tamper(rig.home, "UPDATE runs SET machine_id = 'of ' || id WHERE machine_id = 'local'");
    }
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'claude_failing' }]);
  });
});

describe('probes after the clock was set back by a day', () => {
  test('a failed probe is followed by a wait, and the next one is of another workspace, after the clock was set back', async () => {
    await using rig = await supervised();
    const first = await send(rig);
    const second = await send(rig);
    await answered(rig, await begin(rig));
    await runEnds(rig, UNREACHABLE);
    const third = await send(rig);
    rig.clock.advance(-24 * 60 * MINUTE);
    const failed = [await runEnds(rig, UNREACHABLE), await runEnds(rig, UNREACHABLE)];
    expect(failed.map(({ id }) => id).sort()).toEqual([second.id, third.id].sort());
    const [hold] = await currentHolds(rig.bridge);
    const wait = Date.parse(hold?.until ?? '') - rig.clock.now().getTime();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(5 * MINUTE);
    expect((await current(rig.bridge, first.id)).status).toBe('in_progress');
  });

  test('a project that fails while others are answered is found, even after the clock was set back', async () => {
    await using rig = await supervised();
    await send(rig);
    await send(rig);
    await runEnds(rig, NO_CREDIT);
    rig.clock.advance(-24 * 60 * MINUTE);
    await answered(rig, await begin(rig));
    await runEnds(rig, NO_CREDIT);
    await send(rig);
    await answered(rig, await begin(rig));
    expect(await runEnds(rig, NO_CREDIT)).toMatchObject({ status: 'attention' });
  });
});
