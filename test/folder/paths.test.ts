/** Which paths lead into the shared folder, and which are refused, whatever is done with them. */
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  editFile,
  fileInfo,
  listFolder,
  makeFolderIn,
  moveEntry,
  readExcludes,
  readGlob,
  readMedia,
  readText,
  searchFolder,
  writeText,
} from '../../src/folder/operations.ts';
import type { SharedFolder } from '../../src/folder/shared-folder.ts';
import type { Result } from '../../src/result.ts';
import { onWindows } from '../platform.ts';
import { granted, type Place, refusalOf, sharedPlace } from './rig.ts';

const LIMITS = { clock: systemClock, signal: new AbortController().signal };

/** Everything that takes a path. */
const OPERATIONS: readonly [name: string, (root: SharedFolder, path: string) => Promise<Result<unknown>>][] =
  [
    ['reading', (root, path) => readText(root, path, {}, 1_000)],
    ['reading media', readMedia],
    ['writing', (root, path) => writeText(root, path, 'overwritten')],
    ['editing', (root, path) => editFile(root, path, [{ oldText: 'top', newText: 'no' }], false)],
    ['listing', listFolder],
    ['asking about', fileInfo],
    ['making', makeFolderIn],
    ['moving away', (root, path) => moveEntry(root, path, 'stolen')],
    ['moving to', (root, path) => moveEntry(root, 'own.txt', path)],
    [
      'searching',
      (root, path) =>
        searchFolder(
          root,
          {
            path,
            isMatch: granted(readGlob('**')),
            isExcluded: granted(readExcludes([])),
            after: undefined,
            take: () => true,
          },
          LIMITS,
        ),
    ],
  ];

async function expectRefused(place: Place, path: string, why: RegExp): Promise<void> {
  writeFileSync(place.at('own.txt'), 'mine');
  for (const [name, operation] of OPERATIONS) {
    const result = await operation(place.root, path);
    expect(result.ok, `${name} ${JSON.stringify(path)}`).toBe(false);
    expect(refusalOf(result), name).toMatch(why);
  }
  expect(readFileSync(place.secret, 'utf8')).toBe('top secret');
  expect(existsSync(join(place.outside, 'new.txt'))).toBe(false);
  expect(readFileSync(place.at('own.txt'), 'utf8')).toBe('mine');
}

const OUTSIDE = /^Access denied - path outside allowed directories: /;

describe('paths that lead out of the shared folder', () => {
  test.each([
    ['..', OUTSIDE],
    ['../shared-secrets/secret.txt', OUTSIDE],
    ['a/../../shared-secrets/secret.txt', OUTSIDE],
    ['./a/b/../../../shared-secrets/new.txt', OUTSIDE],
    ['/', OUTSIDE],
    ['/etc/passwd', OUTSIDE],
    ['~', OUTSIDE],
    ['a\0b', /NUL/],
    ['x'.repeat(5_000), /too long/],
  ])('every operation refuses %j', async (path, why) => {
    await expectRefused(sharedPlace(), path, why);
  });

  test('a folder whose name only begins like that of the shared one is outside', async () => {
    const place = sharedPlace();
    await expectRefused(place, place.secret, OUTSIDE);
    await expectRefused(place, `${place.root.real}-secrets/secret.txt`, OUTSIDE);
  });

  test.skipIf(onWindows).each([
    ['a link to a file', (place: Place) => symlinkSync(place.secret, place.at('x')), 'x'],
    ['a link to a folder', (place: Place) => symlinkSync(place.outside, place.at('d')), 'd/secret.txt'],
    ['a relative link', (place: Place) => symlinkSync('../shared-secrets', place.at('d')), 'd/secret.txt'],
    [
      'a link to what is not there',
      (place: Place) => symlinkSync(join(place.outside, 'new.txt'), place.at('n')),
      'n',
    ],
    [
      'a chain of links',
      (place: Place) => {
        symlinkSync(place.outside, place.at('three'));
        symlinkSync('three', place.at('two'));
        symlinkSync(place.at('two'), place.at('one'));
      },
      'one/secret.txt',
    ],
    [
      'a link behind a link within',
      (place: Place) => {
        mkdirSync(place.at('inner'));
        symlinkSync('inner', place.at('in'));
        symlinkSync('../../shared-secrets', place.at('inner/out'));
      },
      'in/out/secret.txt',
    ],
  ])('no operation follows %s out of the folder', async (_, make, path) => {
    const place = sharedPlace();
    make(place);
    // A link itself may be moved and made a target: nothing is followed then.
    const operations = OPERATIONS.filter(([name]) => !name.startsWith('moving'));
    for (const [name, operation] of operations)
      expect(refusalOf(await operation(place.root, path)), name).toMatch(/symlink target outside/);
    expect(readFileSync(place.secret, 'utf8')).toBe('top secret');
    expect(existsSync(join(place.outside, 'new.txt'))).toBe(false);
  });

  test.skipIf(onWindows)('links that lead round in a circle are refused', async () => {
    const place = sharedPlace();
    symlinkSync('b', place.at('a'));
    symlinkSync('a', place.at('b'));
    expect(refusalOf(await readText(place.root, 'a', {}, 100))).toMatch(/too many symbolic links/);
  });
});

describe('paths within the shared folder', () => {
  test('relative and absolute paths, by either name of the folder, lead to the same file', async () => {
    const place = sharedPlace();
    const link = join(place.outside, 'link');
    symlinkSync(place.root.real, link, 'junction');
    const root = { path: link, real: place.root.real };
    mkdirSync(place.at('sub'));
    writeFileSync(place.at('sub/a.txt'), 'x');
    for (const path of [
      'sub/a.txt',
      './sub//a.txt',
      'sub/../sub/a.txt',
      place.at('sub/a.txt'),
      join(link, 'sub', 'a.txt'),
    ])
      expect(granted(await readText(root, path, {}, 100)).text, path).toBe('x');
  });

  test.skipIf(onWindows)('links that stay within are followed, and writing keeps them', async () => {
    const place = sharedPlace();
    mkdirSync(place.at('real'));
    writeFileSync(place.at('real/a.txt'), 'old');
    symlinkSync('real', place.at('dir'));
    symlinkSync(place.at('real/a.txt'), place.at('file'));
    symlinkSync('real/new.txt', place.at('dangling'));
    expect(granted(await readText(place.root, 'dir/a.txt', {}, 100)).text).toBe('old');
    granted(await writeText(place.root, 'file', 'new'));
    expect(readFileSync(place.at('real/a.txt'), 'utf8')).toBe('new');
    granted(await writeText(place.root, 'dangling', 'made'));
    expect(readFileSync(place.at('real/new.txt'), 'utf8')).toBe('made');
    expect(granted(await readText(place.root, 'dir/../real/a.txt', {}, 100)).text).toBe('new');
  });

  test.each([
    'ünïcode – 文件.txt',
    ' leading and trailing ',
    '"quoted"',
    '-rf',
    'é composed',
    'e\u0301 decomposed',
  ])('a file may be called %j', async (name) => {
    const place = sharedPlace();
    granted(await writeText(place.root, name, 'x'));
    expect(granted(await listFolder(place.root, '.'))).toEqual([{ name, isFolder: false }]);
    expect(granted(await readText(place.root, name, {}, 10)).text).toBe('x');
  });
});

describe('what is closed in the shared folder', () => {
  test.each([
    '.git',
    '.GIT',
    '.git.',
    'git~1',
    '.g\u200cit',
    '.git::$INDEX_ALLOCATION',
    'sub/.git',
    '.git/config',
  ])('no operation touches %j', async (path) => {
    const place = sharedPlace();
    mkdirSync(place.at('sub'));
    mkdirSync(place.at('.git'));
    writeFileSync(place.at('.git/config'), 'token');
    await expectRefused(place, path, /closed to these tools/);
  });

  test('names that only look like that of git are open', async () => {
    const place = sharedPlace();
    for (const name of ['.gitignore', '.github', 'git', '.gitattributes', 'x.git'])
      granted(await writeText(place.root, name, 'x'));
  });

  test.skipIf(onWindows)(
    'a pipe, a socket and a device are refused at once, and not waited for',
    async () => {
      const place = sharedPlace();
      execFileSync('mkfifo', [place.at('pipe')]);
      const server = createServer().listen(place.at('socket'));
      onTestFinished(() => {
        server.close();
      });
      await new Promise((resolve) => server.once('listening', resolve));
      for (const [name, operation] of OPERATIONS.filter(([name]) => /^(reading|writing|editing)/.test(name)))
        for (const [path, kind] of [
          ['pipe', 'a pipe'],
          ['socket', 'a socket'],
        ] as const)
          expect(refusalOf(await operation(place.root, path)), name).toContain(
            `but ${kind}: it is not opened`,
          );
    },
  );

  test.skipIf(onWindows)('writing over one name of a file leaves what its other name holds', async () => {
    const place = sharedPlace();
    linkSync(place.secret, place.at('hard'));
    granted(await writeText(place.root, 'hard', 'mine'));
    expect(readFileSync(place.secret, 'utf8')).toBe('top secret');
  });
});
