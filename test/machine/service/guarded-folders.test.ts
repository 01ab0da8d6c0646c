import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { guardAdvice, guardedBy } from '../../../src/machine/service/guarded-folders.ts';
import { onWindows } from '../../platform.ts';
import { test as everywhere } from './rig.ts';

/** Windows has no such paths. */
const test = everywhere.skipIf(onWindows);

async function adviceFor(home: string, path: string): Promise<string | undefined> {
  const guard = await guardedBy('macos', home, path);
  return guard ? guardAdvice(path, guard) : undefined;
}

describe('guarded folders of macOS', () => {
  test.for([
    ['Desktop', /Desktop folder/],
    ['Documents/work/app', /Documents folder/],
    ['documents', /Documents folder/],
    ['Downloads/../Documents/x', /Documents folder/],
    ['Downloads', /Downloads folder/],
    ['Library/Mobile Documents/com~apple~CloudDocs/app', /iCloud Drive/],
    ['Library/CloudStorage/Dropbox/app', /cloud storage/],
  ] as const)('macOS guards %s in the home', async ([folder, name], { rig }) => {
    const why = await adviceFor(rig.home, join(rig.home, folder));
    expect(why).toMatch(name);
    expect(why).toMatch(/Full Disk Access\.$/);
  });

  test.for(['/Volumes/Backup/app', '/System/Volumes/Data/Volumes/Backup'])('macOS guards %s', async (path, {
    rig,
  }) => {
    expect(await adviceFor(rig.home, path)).toMatch(/external and network disks/);
  });

  test('macOS guards a folder behind a link, and one whose home is reached by a link', async ({ rig }) => {
    const home = join(rig.home, 'ann');
    await mkdir(join(home, 'Documents/app'), { recursive: true });
    await symlink(join(home, 'Documents/app'), join(home, 'app'));
    await symlink(home, join(rig.home, 'linked'));
    expect(await adviceFor(home, join(home, 'app/not-there-yet'))).toMatch(/Documents folder/);
    expect(await adviceFor(join(rig.home, 'linked'), join(home, 'Documents/app'))).toMatch(/Documents/);
  });
});

describe('folders that nothing guards', () => {
  test.for([
    '',
    'Projects/app',
    'DocumentsOld',
    '.claude-bridge',
  ])('macOS does not guard "%s" in the home', async (folder, { rig }) => {
    expect(await guardedBy('macos', rig.home, join(rig.home, folder))).toBeNull();
  });

  test('other systems guard no folder of these names', async ({ rig }) => {
    expect(await guardedBy('linux', rig.home, join(rig.home, 'Documents'))).toBeNull();
    expect(await guardedBy('windows', rig.home, join(rig.home, 'Desktop'))).toBeNull();
  });
});
