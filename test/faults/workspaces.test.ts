/** Folders that Claude works in: shared by several plans, away, in the way. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { init, result, submit, wait } from './puppet.ts';
import { test } from './rig.ts';

describe('workspaces that share files', () => {
  test('a repository and a folder in it run one after the other, and what waits keeps nobody else waiting', async ({
    rig,
    puppet,
  }) => {
    const repository = await rig.workspace('repository');
    const part = join(repository, 'packages', 'one');
    await mkdir(part, { recursive: true });
    await rig.configure({ workspaces: { repository, part }, concurrency: 3 });
    const outer = await rig.send('---\nworkspace: repository\n---\n# Outer\nDo it.');
    await puppet.playsFor(outer, [init(), wait('outer'), submit(), result()]);
    await rig.startSupervisor();
    await puppet.reached('outer');
    const inner = await rig.send('---\nworkspace: part\n---\n# Inner\nDo it.');
    const elsewhere = await rig.send('# Elsewhere\nDo it.');
    await rig.until(elsewhere, 'awaiting_approval');
    expect((await rig.details(inner)).runs).toEqual([]);
    await puppet.open('outer');
    await rig.until(inner, 'awaiting_approval');
  });
});

describe('folder of a project', () => {
  test('a project’s folder that cannot be made parks that project alone: a person gets its path and the reason', async ({
    rig,
  }) => {
    await writeFile(join(rig.home, 'workspaces'), '');
    await rig.workspace('elsewhere');
    const supervisor = await rig.startSupervisor();
    const own = await rig.send('# Nowhere to go\nDo it.');
    const elsewhere = await rig.send('---\nworkspace: elsewhere\n---\n# Elsewhere\nDo it.');
    await rig.until(elsewhere, 'awaiting_approval');
    await rig.happened('project.needs_attention', own);
    const { project, runs } = await rig.details(own);
    expect(project.attention).toContain(`${join(rig.home, 'workspaces', own)} cannot be created: ENOTDIR`);
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['workspace_missing']);
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a project’s folder that is deleted while its work waits is not made again and empty: a person gets its path', async ({
    rig,
    puppet,
  }) => {
    await rig.startSupervisor();
    const id = await rig.send('# Deleted\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    const folder = join(rig.home, 'workspaces', id);
    await rm(folder, { recursive: true });
    await reject(rig.bridge, id, 'Once more, please', 'person');
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).project.attention).toContain(`${folder} does not exist`);
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });
});

describe('folder of the runs', () => {
  const INSTEAD: [string, (path: string) => Promise<void>][] = [
    ['a file', (path) => writeFile(path, '')],
    ['a link to a disk that is away', (path) => symlink('/nowhere/to/be/found', path)],
  ];
  test.for(
    INSTEAD,
  )('%s in place of the run folder starts no run and spends no try, the reason is shown, and all goes on when that is fixed', async ([
    ,
    make,
  ], { rig, puppet }) => {
    const runs = join(rig.home, 'runs');
    await make(runs);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# Held\nDo it.');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'disk_low', reason: expect.stringContaining(runs) },
    ]);
    const next = await rig.send('# Held too\nDo it.');
    expect((await rig.details(id)).runs).toEqual([]);
    expect(await puppet.witness()).toEqual([]);
    await rm(runs);
    // Whatever wakes it.
    await rig.send('# Wakes it\nDo it.');
    for (const one of [id, next]) await rig.until(one, 'awaiting_approval');
    await rig.noHolds();
    expect((await rig.details(id)).project.tries).toBe(0);
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
