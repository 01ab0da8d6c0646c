import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { pause, resume } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { recordAnswered, recordReady } from '../../src/bridge/runs.ts';
import { findOverlap } from '../../src/machine/folder-overlap.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { updateProject } from '../../src/store/projects.ts';
import { findRun } from '../../src/store/runs.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  history,
  projectIn,
  send,
  start,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

describe('the next run', () => {
  test('the next run is of the project with the highest priority, then of the oldest', async () => {
    await using rig = await supervised();
    const plain = await send(rig, '# Plain');
    const urgent = await send(rig, '---\npriority: 5\n---\n# Urgent');
    const second = await send(rig, '# Second');
    const order = [await start(rig), await start(rig), await start(rig), await start(rig)];
    expect(order.map((started) => started?.project.id)).toEqual([urgent.id, plain.id, second.id, undefined]);
  });

  test('the next run is recorded before anything can be spawned, and its project is claimed', async () => {
    await using rig = await supervised();
    const { id, workspace } = await send(rig, '---\nmodel: opus\n---\n# A');
    const started = await start(rig, { model: 'sonnet' });
    if (!started) throw new Error('nothing started');
    const { run, project, earlier, spent } = started;
    expect(run).toMatchObject({
      projectId: id,
      kind: 'execute',
      round: 1,
      workspace,
      model: 'opus',
      pid: null,
    });
    expect(project).toMatchObject({ id, status: 'in_progress', claimedBy: 'supervisor' });
    expect(project).toEqual(await current(rig.bridge, id));
    expect(project.sessionId).toBe(run.sessionId);
    expect([earlier, spent.usd]).toEqual([[], 0]);
    expect(await findRun(databaseOf(await rig.connect()).read, run.id)).toEqual(run);
    const events = await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 10, id);
    expect(events.map(({ type, runId }) => [type, runId])).toEqual([
      ['project.sent', null],
      ['project.claimed', null],
      ['run.started', run.id],
    ]);
  });

  test("the next run is never in a folder that overlaps another run's workspace; those behind it go on", async () => {
    await using rig = await supervised();
    const repository = join(rig.workspace, 'repo');
    const part = join(repository, 'packages', 'one');
    await mkdir(part, { recursive: true });
    const outer = await send(rig, `---\nworkspace: ${repository}\n---\n# Outer`);
    const inner = await send(rig, `---\nworkspace: ${part}\n---\n# Inner`);
    const elsewhere = await send(rig, '# Elsewhere');
    const next = () => start(rig, { findOverlap });
    const first = await next();
    expect(first?.project.id).toBe(outer.id);
    expect((await next())?.project.id).toBe(elsewhere.id);
    expect(await next()).toBeUndefined();
    if (!first) throw new Error('nothing started');
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'interrupted' }, ending);
    await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, outer.id, { priority: -1 }));
    expect((await next())?.project.id).toBe(inner.id);
    expect(await next()).toBeUndefined();
  });

  test('the next run is found at once, though a hundred thousand plans for busy folders wait before it', async () => {
    await using rig = await supervised();
    const busy = join(rig.workspace, 'busy');
    await mkdir(busy);
    const { id } = await send(rig, `---\nworkspace: ${busy}\n---\n# A`);
    expect((await start(rig, { findOverlap }))?.project.id).toBe(id);
    const columns = 'title, status, priority, round, tries, created_at, updated_at';
    rig.tamper(`INSERT INTO projects (id, workspace, ${columns})
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      SELECT printf('%012x', i), workspace || '/p' || i, title, 'pending', priority, round, 0, created_at, updated_at
      FROM n, (SELECT * FROM projects LIMIT 1)`);
    const last = await send(rig, '# Elsewhere');
    let looks = 0;
    const started = await start(rig, {
      findOverlap: (folder, others) => {
        looks += 1;
        return findOverlap(folder, others);
      },
    });
    expect(started?.project.id).toBe(last.id);
    expect(looks).toBe(2);
  });

  test('the next run in a workspace waits for the one before', async () => {
    await using rig = await supervised();
    const shared = `---\nworkspace: ${rig.workspace}\n---\n# A`;
    const first = await send(rig, shared);
    await send(rig, shared);
    const elsewhere = await send(rig);
    expect((await start(rig))?.project.id).toBe(first.id);
    expect((await start(rig))?.project.id).toBe(elsewhere.id);
    expect(await start(rig)).toBeUndefined();
  });

  test('the next run is of work that was begun while no new plan may be', async () => {
    await using rig = await supervised();
    const begun = await send(rig, '# Begun');
    const first = await start(rig);
    if (!first) throw new Error('nothing is ready');
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'interrupted' }, ending);
    await send(rig, '---\npriority: 9\n---\n# New');
    expect((await start(rig, { isPendingHeld: true }))?.project.id).toBe(begun.id);
    expect(await start(rig, { isPendingHeld: true })).toBeUndefined();
    expect(await start(rig)).toBeDefined();
  });

  test('the next run is not in a workspace that has as many as its owner lets it have', async () => {
    await using rig = await supervised();
    const policy = {
      workspaces: { app: { path: rig.workspace, concurrency: 2 } },
      workspace_roots: [],
    };
    const titles = ['A', 'B', 'C', 'D'];
    for (const title of titles) {
      const { id } = await send(rig, `---\nworkspace: ${rig.workspace}\n---\n# ${title}`);
      await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, id, { isolation: 'worktree' }));
    }
    const started = [await start(rig, { policy }), await start(rig, { policy })];
    expect(started.map((one) => one?.project.title)).toEqual(['A', 'B']);
    expect(await start(rig, { policy })).toBeUndefined();
    const [first] = started;
    if (!first) throw new Error('nothing is ready');
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'cancelled' }, ending);
    expect(await start(rig, { policy })).toBeDefined();
    expect(await start(rig, { policy })).toBeUndefined();
  });

  test('the next run leaves out models whose limit is reached', async () => {
    await using rig = await supervised();
    await send(rig, '---\nmodel: claude-opus-4-1\npriority: 9\n---\n# Held');
    const other = await send(rig, '---\nmodel: sonnet\n---\n# Free');
    const unnamed = await send(rig, '# Default');
    expect((await start(rig, { heldFamilies: ['opus'], model: 'haiku' }))?.project.id).toBe(other.id);
    expect(await start(rig, { heldFamilies: ['opus'], model: 'opus' })).toBeUndefined();
    expect((await start(rig, { heldFamilies: ['opus'], model: 'haiku' }))?.project.id).toBe(unnamed.id);
  });

  test('the next run without a named model waits only if the model that Claude used last is held', async () => {
    await using rig = await supervised();
    const first = await send(rig, '# First');
    const started = await start(rig, { heldFamilies: ['fable'], model: null });
    expect(started?.project.id).toBe(first.id);
    if (!started) throw new Error('nothing is ready');
    const facts = { model: 'claude-fable-5', claudeVersion: '2.1.329' };
    await recordReady({ bridge: rig.bridge, token: TOKEN }, started.run, facts);
    const second = await send(rig, '# Second');
    expect(await start(rig, { heldFamilies: ['fable'], model: null })).toBeUndefined();
    expect((await start(rig, { heldFamilies: ['opus'], model: null }))?.project.id).toBe(second.id);
  });

  test('the next run waits while a person has paused, even when it was on its way', async () => {
    await using rig = await supervised();
    await send(rig);
    await pause(rig.bridge, 'lunch', 'person');
    expect(await changingNothing(rig.bridge, () => start(rig))).toBeUndefined();
    await resume(rig.bridge, 'person');
    expect(await start(rig)).toBeDefined();
  });

  test('the next run uses the default model when the plan names none', async () => {
    await using rig = await supervised();
    await send(rig);
    expect((await start(rig, { model: 'sonnet' }))?.run.model).toBe('sonnet');
  });

  test('the next run is none when nothing is ready, and then nothing is written', async () => {
    await using rig = await supervised();
    await projectIn(rig, 'awaiting_approval');
    expect(await changingNothing(rig.bridge, () => start(rig))).toBeUndefined();
  });
});

describe('reason of a run', () => {
  test('the first run executes the plan, one after a rejection revises, in the same session', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const first = await begin(rig);
    await recordReady({ bridge: rig.bridge, token: TOKEN }, first.run, {
      model: 'claude-opus-4-1',
      claudeVersion: '2.1.0',
    });
    await recordAnswered({ bridge: rig.bridge, token: TOKEN }, first.run);
    await submit(rig, id, first.run);
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));

    const second = await start(rig, { model: 'haiku' });
    expect(second?.run).toMatchObject({ kind: 'revise', round: 2, sessionId: first.run.sessionId });
    // A session goes on with the model that has answered it, whatever the default is now.
    expect(second?.run.model).toBe('claude-opus-4-1');
    expect(second?.earlier.map((run) => run.id)).toEqual([first.run.id]);
    expect(second?.spent.usd).toBe(0.5);
    expect((await history(rig.bridge, id)).slice(-2)).toEqual(['project.revision_started', 'run.started']);
  });

  test('a run after one that ended too early resumes', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'interrupted' }, ending);
    expect((await begin(rig)).run).toMatchObject({
      kind: 'resume',
      round: 1,
      sessionId: first.run.sessionId,
    });
  });

  test('a run after one that never had a process is not the second', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await start(rig);
    if (!first) throw new Error('nothing started');
    await endRun(
      { bridge: rig.bridge, token: TOKEN },
      first.run,
      { kind: 'never_spawned', message: 'no memory' },
      ending,
    );
    rig.clock.advance(60_000);
    const second = await start(rig);
    expect(second).toMatchObject({ run: { kind: 'execute' }, earlier: [] });
  });

  test('a run after a person put the project back goes on in its round', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'refused' }, ending);
    accepted(await retry(rig.bridge, id, 'person'));
    expect((await begin(rig)).run).toMatchObject({ kind: 'resume', round: 1, sessionId: run.sessionId });
  });
});
