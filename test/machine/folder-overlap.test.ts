import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { findOverlap, liesIn, pathFrom } from '../../src/machine/folder-overlap.ts';

const test = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  root: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'overlap-')));
    for (const folder of ['repo/packages/one', 'repo-2', 'other'])
      await mkdir(join(root, folder), { recursive: true });
    await use(root);
    await rm(root, { recursive: true });
  },
});

const overlaps = async (one: string, other: string) => [
  (await findOverlap(one, [other])) !== undefined,
  (await findOverlap(other, [one])) !== undefined,
];

describe('overlapping folders', () => {
  test('folders overlap when they are the same, or one is inside the other at any depth', async ({
    root,
  }) => {
    const repo = join(root, 'repo');
    expect(await overlaps(repo, repo)).toEqual([true, true]);
    expect(await overlaps(repo, join(repo, 'packages/one'))).toEqual([true, true]);
    expect(await overlaps(join(root, 'other'), '/')).toEqual([true, true]);
  });

  test('folders do not overlap when they are neighbours, or share only the beginning of a name', async ({
    root,
  }) => {
    expect(await overlaps(join(root, 'repo'), join(root, 'repo-2'))).toEqual([false, false]);
    expect(await overlaps(join(root, 'repo/packages'), join(root, 'other'))).toEqual([false, false]);
  });

  test('folders overlap through a link', async ({ root }) => {
    await symlink(join(root, 'repo'), join(root, 'link'));
    expect(await overlaps(join(root, 'link'), join(root, 'repo/packages'))).toEqual([true, true]);
    expect(await overlaps(join(root, 'link/packages/one'), join(root, 'repo'))).toEqual([true, true]);
    expect(await overlaps(join(root, 'link'), join(root, 'other'))).toEqual([false, false]);
  });

  test('folders overlap when one does not exist yet', async ({ root }) => {
    expect(await overlaps(join(root, 'repo/new/er'), join(root, 'repo'))).toEqual([true, true]);
    expect(await overlaps(join(root, 'new'), join(root, 'newer'))).toEqual([false, false]);
  });

  test('the report of an overlap names the folder below which everything overlaps', async ({ root }) => {
    const repo = join(root, 'repo');
    expect(await findOverlap(join(repo, 'packages/one'), [join(root, 'other'), repo])).toEqual({
      folder: repo,
      wholeTree: true,
    });
    expect(await findOverlap(root, [repo])).toEqual({ folder: root, wholeTree: false });
  });
});

const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0 && process.getuid?.() === 0;

describe.skipIf(!mayMount)('bind mounts (needs the right to mount)', () => {
  const bindMount = async (from: string, to: string, work: () => Promise<void>) => {
    await mkdir(to);
    expect(spawnSync('mount', ['--bind', from, to]).status).toBe(0);
    try {
      await work();
    } finally {
      spawnSync('umount', [to]);
    }
  };

  test('a bind-mounted folder overlaps with itself, with what is in it and with what it is in', async ({
    root,
  }) => {
    const mounted = join(root, 'mounted');
    await bindMount(join(root, 'repo'), mounted, async () => {
      expect(await overlaps(mounted, join(root, 'repo'))).toEqual([true, true]);
      expect(await overlaps(mounted, join(root, 'repo/packages'))).toEqual([true, true]);
      expect(await overlaps(join(mounted, 'packages'), join(root, 'repo'))).toEqual([true, true]);
      expect(await overlaps(mounted, join(root, 'other'))).toEqual([false, false]);
      expect(await findOverlap(join(mounted, 'packages/one'), [join(root, 'repo')])).toEqual({
        folder: mounted,
        wholeTree: true,
      });
    });
  });

  test('a bind-mounted folder is reached by its mount path', async ({ root }) => {
    const mounted = join(root, 'mounted');
    await bindMount(join(root, 'repo'), mounted, async () => {
      const inner = join(root, 'repo/packages/one');
      expect(await pathFrom(mounted, inner)).toBe(join(mounted, 'packages/one'));
      expect(await pathFrom(join(mounted, 'packages'), inner)).toBe(join(mounted, 'packages/one'));
    });
  });

  test('a bind-mounted part of a folder overlaps with the folder', async ({ root }) => {
    const mounted = join(root, 'mounted');
    await bindMount(join(root, 'repo/packages'), mounted, async () => {
      expect(await overlaps(mounted, join(root, 'repo'))).toEqual([true, true]);
      expect(await overlaps(join(mounted, 'one'), join(root, 'repo'))).toEqual([true, true]);
      expect(await liesIn(join(mounted, 'one'), join(root, 'repo'))).toBe(true);
      expect(await overlaps(mounted, join(root, 'repo-2'))).toEqual([false, false]);
    });
  });
});

test('the path of a folder below one that holds it is found', async ({ root }) => {
  const inner = join(root, 'repo/packages');
  await symlink(inner, join(root, 'link'), 'junction');
  for (const folder of [inner, join(root, 'link')]) expect(await pathFrom(root, folder)).toBe(inner);
  expect(await pathFrom(inner, inner)).toBe(inner);
  for (const outer of [join(root, 'other'), join(root, 'nowhere'), join(inner, 'one')])
    expect(await pathFrom(outer, inner)).toBeUndefined();
});

test('a folder lies in another by any path, but never in its own child', async ({ root }) => {
  const outer = join(root, 'repo');
  const link = join(root, 'link');
  await symlink(outer, link, 'junction');
  for (const folder of [
    outer,
    join(outer, 'packages'),
    link,
    join(link, 'packages/one'),
    join(outer, 'not/there'),
  ])
    expect(await liesIn(folder, outer)).toBe(true);
  for (const folder of [root, join(root, 'repo-2'), join(root, 'nowhere')])
    expect(await liesIn(folder, outer)).toBe(false);
});
