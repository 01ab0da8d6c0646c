/** Folders that Claude works in: shared by several plans, away, in the way. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { init, result, submit, wait } from './puppet.ts';
import { test } from './rig.ts';

describe('workspaces that share files', () => {
  test('a repository and a folder in it: one run after the other, and what waits keeps nobody else waiting', async ({
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
