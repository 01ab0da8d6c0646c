import { chmod, mkdir, readdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { prepareStateFolder } from '../../src/control/prepare-state-folder.ts';
import { onWindows } from '../platform.ts';
import { type Rig, test } from './rig.ts';

/** Without the cache that the tests share. */
const help = (rig: Rig) => rig.runWith({ env: { NODE_COMPILE_CACHE: '' } }, '--help');

/** A cache as a supervisor of the built program makes it. */
async function cacheFolder({ home, run }: Rig): Promise<string> {
  const version = (await run('--version')).stdout.trim();
  const folder = join(home, 'cache', version);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  return folder;
}

describe.skipIf(onWindows)('the compile cache (needs file modes)', () => {
  test('the compile cache is filled once a supervisor has made its folder', async ({ rig }) => {
    const folder = await cacheFolder(rig);
    expect((await help(rig)).code).toBe(0);
    expect(await readdir(folder)).not.toEqual([]);
  });

  test('the compile cache is never begun by a command alone', async ({ rig }) => {
    await mkdir(rig.home, { mode: 0o700 });
    expect((await help(rig)).code).toBe(0);
    expect(await readdir(rig.home)).toEqual([]);
  });

  test('the compile cache is left alone where others may write to it', async ({ rig }) => {
    const folder = await cacheFolder(rig);
    await chmod(join(rig.home, 'cache'), 0o777);
    expect((await help(rig)).code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  test('the compile cache is left alone where it is a link', async ({ rig }) => {
    const folder = await cacheFolder(rig);
    const elsewhere = join(rig.root, 'elsewhere');
    await rename(folder, elsewhere);
    await symlink(elsewhere, folder);
    expect((await help(rig)).code).toBe(0);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test('the compile cache is made by a supervisor that starts, which removes those of other versions', async ({
    rig,
  }) => {
    await mkdir(join(rig.home, 'cache', '0.0.1'), { recursive: true, mode: 0o700 });
    expect(await prepareStateFolder(rig.home)).toMatchObject({ ok: true });
    const [only, ...others] = await readdir(join(rig.home, 'cache'));
    expect(others).toEqual([]);
    expect(only).not.toBe('0.0.1');
  });
});
