import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/supervisor/run/fingerprint.ts';
import { temporaryFolder } from '../../claude/rig.ts';
import { isRoot, onWindows } from '../../platform.ts';

const THEN = new Date('2026-03-01T12:00:00Z');

async function workspace(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['src', '.git', 'node_modules', join('src', 'dist')]) await mkdir(join(folder, name));
  for (const name of ['a.txt', join('src', 'b.txt'), join('.git', 'index'), join('node_modules', 'c.js')]) {
    await put(join(folder, name), 'text');
  }
  return folder;
}

async function put(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await utimes(path, THEN, THEN);
}

describe('workspaces that look different', () => {
  const CHANGES: Record<string, (folder: string) => Promise<void>> = {
    'a file is longer': (folder) => put(join(folder, 'src', 'b.txt'), 'texts'),
    'a file was written, with as many characters': (folder) => writeFile(join(folder, 'a.txt'), 'tixt'),
    'a file is new': (folder) => put(join(folder, 'src', 'new.txt'), ''),
    'a file is gone': (folder) => rm(join(folder, 'a.txt')),
    'a file has another name': (folder) => rename(join(folder, 'a.txt'), join(folder, 'A2.txt')),
    'a file was moved': (folder) => rename(join(folder, 'a.txt'), join(folder, 'src', 'a.txt')),
  };

  test.each(Object.entries(CHANGES))('the fingerprint of a workspace changes: %s', async (_, change) => {
    const folder = await workspace();
    const before = await fingerprint(folder);
    await change(folder);
    expect(await fingerprint(folder)).not.toBe(before);
  });
});

describe('workspaces that look the same', () => {
  const CHANGES: Record<string, (folder: string) => Promise<void>> = {
    'nothing happened': async () => undefined,
    'something happened in a folder that holds no work of its own': async (folder) => {
      await put(join(folder, '.git', 'index'), 'another text');
      await put(join(folder, 'node_modules', 'new.js'), '');
      await put(join(folder, 'src', 'dist', 'built.js'), '');
    },
    'a file was written as it was': (folder) => put(join(folder, 'a.txt'), 'text'),
  };

  test.each(Object.entries(CHANGES))('the fingerprint of a workspace stays: %s', async (_, change) => {
    const folder = await workspace();
    const before = await fingerprint(folder);
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    await change(folder);
    expect(await fingerprint(folder)).toBe(before);
  });
});

test.skipIf(onWindows)(
  'a fingerprint reads links without following them, into a circle or nowhere (needs symbolic links)',
  async () => {
    const folder = await workspace();
    const before = await fingerprint(folder);
    await symlink(folder, join(folder, 'src', 'circle'));
    await symlink('/nowhere', join(folder, 'broken'));
    expect(await fingerprint(folder)).toMatch(/^[0-9a-f]{16}$/);
    expect(await fingerprint(folder)).not.toBe(before);
  },
);

describe('workspaces without a fingerprint', () => {
  test('a workspace that is missing or a file has no fingerprint', async () => {
    const folder = await workspace();
    expect(await fingerprint(join(folder, 'nowhere'))).toBeNull();
    expect(await fingerprint(join(folder, 'a.txt'))).toBeNull();
  });

  test.skipIf(onWindows || isRoot)(
    'a workspace that cannot be read in part has no fingerprint (needs an ordinary user)',
    async () => {
      const folder = await workspace();
      await chmod(join(folder, 'src'), 0);
      const said = await fingerprint(folder);
      await chmod(join(folder, 'src'), 0o700);
      expect(said).toBeNull();
    },
  );

  test('a workspace that is too large has no fingerprint', async () => {
    const folder = await workspace();
    const names = Array.from({ length: 20_000 }, (_, index) => join(folder, `${index}`));
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map((name) => writeFile(name, '')));
    }
    expect(await fingerprint(folder)).toBeNull();
  });
});
