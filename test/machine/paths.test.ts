import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { freeSpace } from '../../src/machine/disk.ts';
import { ensurePrivateFolder } from '../../src/machine/paths.ts';
import { isRoot, onWindows } from '../platform.ts';
import { test } from './rig.ts';

describe.skipIf(onWindows)('private folder (needs file modes)', () => {
  test('a private folder is created with its parents, closed to others', async ({ rig }) => {
    const path = join(rig.folder, 'a', 'b');
    await ensurePrivateFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await chmod(path, 0o755);
    await ensurePrivateFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test('a private folder cannot replace a file', async ({ rig }) => {
    const file = join(rig.folder, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      await expect(ensurePrivateFolder(path)).rejects.toThrow(
        `${path} cannot be used as a folder: a file is in the way`,
      );
    }
  });

  test('a private folder is never one that others need', async ({ rig }) => {
    const shared = join(rig.folder, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o1777);
    await expect(ensurePrivateFolder(shared)).rejects.toThrow('is shared with other users');
    expect((await stat(shared)).mode & 0o7777).toBe(0o1777);
  });

  test.skipIf(isRoot)('a private folder must be writable (needs an ordinary user)', async ({ rig }) => {
    const path = join(rig.folder, 'read-only');
    await mkdir(path, { mode: 0o500 });
    await expect(ensurePrivateFolder(path)).rejects.toThrow(`${path} is not writable`);
    await expect(ensurePrivateFolder(join(path, 'below'))).rejects.toThrow('could not be created (EACCES)');
  });
});

test('the free space of a disk is known', async ({ rig }) => {
  expect((await freeSpace(rig.folder)).bytes).toBeGreaterThan(0);
  await expect(freeSpace(join(rig.folder, 'gone'))).rejects.toThrow('ENOENT');
});
