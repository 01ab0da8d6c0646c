/** Which service belongs to a state folder. */
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSameFolder } from '../../../src/machine/service/find.ts';
import { markOf, readMark } from '../../../src/machine/service/marker.ts';
import { onWindows } from '../../platform.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'find-')));
});
afterEach(() => rm(folder, { recursive: true }));

// Symbolic links are for administrators there.
test.skipIf(onWindows)('a state folder reached by a link is the same one (not on Windows)', async () => {
  const [home, link, other] = [join(folder, 'home'), join(folder, 'link'), join(folder, 'other')];
  for (const path of [home, other]) await mkdir(join(path, 'state'), { recursive: true });
  await symlink(home, link);
  expect(await isSameFolder(join(home, 'state'), join(link, 'state'))).toBe(true);
  expect(await isSameFolder(join(home, 'state'), join(other, 'state'))).toBe(false);
  expect(await isSameFolder(join(home, 'gone'), join(other, 'gone'))).toBe(false);
});

test('the mark in a file names the state folder, whatever its name; a damaged mark names none', () => {
  const stateDir = '/home/ann/50% -- "a" état \\ #1';
  expect(readMark(`<!-- ${markOf({ version: '1.2.3', stateDir })} -->`)).toEqual({
    version: '1.2.3',
    stateDir,
  });
  expect(readMark('# bridge-supervisor service, version 1.2.3, state folder /home/50%')).toBeUndefined();
});
