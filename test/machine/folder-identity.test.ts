import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { folderFate, folderIdentity } from '../../src/machine/folder-identity.ts';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  folder: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'identity-')));
    const folder = join(root, 'above', 'folder');
    await mkdir(folder, { recursive: true });
    await use(folder);
    await rm(root, { recursive: true });
  },
});

describe('folder identity', () => {
  const FATES: [string, 'there' | 'gone' | 'replaced', (folder: string) => Promise<void>][] = [
    ['is not touched', 'there', async () => undefined],
    ['gets files', 'there', (folder) => writeFile(join(folder, 'file'), '')],
    ['is deleted', 'gone', (folder) => rm(folder, { recursive: true })],
    ['is renamed', 'gone', (folder) => rename(folder, `${folder}-renamed`)],
    [
      'lies in one that is a file now',
      'gone',
      async (folder) => {
        await rm(join(folder, '..'), { recursive: true });
        await writeFile(join(folder, '..'), '');
      },
    ],
    [
      'is renamed, with a new one in its place',
      'replaced',
      async (folder) => {
        await rename(folder, `${folder}-renamed`);
        await mkdir(folder);
      },
    ],
    [
      'is renamed, with a file in its place',
      'replaced',
      async (folder) => {
        await rename(folder, `${folder}-renamed`);
        await writeFile(folder, '');
      },
    ],
    [
      'is renamed, with a link to it in its place',
      'there',
      async (folder) => {
        await rename(folder, `${folder}-renamed`);
        await symlink(`${folder}-renamed`, folder, 'junction');
      },
    ],
  ];
  test.for(FATES)('a folder that %s is %s', async ([, fate, change], { folder }) => {
    const identity = await folderIdentity(folder);
    await change(folder);
    expect(await folderFate(folder, identity)).toBe(fate);
  });

  test('a folder that cannot be told from another counts as there while any folder is', async ({
    folder,
  }) => {
    await rename(folder, `${folder}-renamed`);
    expect(await folderFate(folder, null)).toBe('gone');
    await mkdir(folder);
    expect(await folderFate(folder, null)).toBe('there');
  });
});
