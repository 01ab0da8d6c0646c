import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makePrivateFolder } from '../src/make-folder.ts';
import { onLinux, onWindows } from './platform.ts';

test('makeFolder makes a folder with its parents, closed to others, and leaves one that exists', () => {
  const root = mkdtempSync(join(tmpdir(), 'make-'));
  const folder = join(root, 'a', 'b', 'c');
  for (let n = 0; n < 2; n++) makePrivateFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
  writeFileSync(join(root, 'file'), '');
  expect(() => makePrivateFolder(join(root, 'file'))).toThrow('EEXIST');
  expect(() => makePrivateFolder(join(root, 'file', 'x'))).toThrow(/ENOTDIR|EEXIST|ENOENT|EPERM/);
  rmSync(root, { recursive: true });
});

test.skipIf(!onLinux)('makeFolder ends where the system takes no folder (needs /proc)', () => {
  const code = `import('./src/make-folder.ts').then(({ makePrivateFolder }) => makePrivateFolder('/proc/x/y')).catch(({ code }) => console.log(code))`;
  const args = ['--experimental-strip-types', '--no-warnings', '-e', code];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 })).toBe('EPERM\n');
});

test.skipIf(onWindows)(
  'makeFolder makes a folder for all to read by the umask where it is not to be closed (needs rights of POSIX)',
  () => {
    const root = mkdtempSync(join(tmpdir(), 'make-'));
    makeFolder(join(root, 'a', 'b'));
    makePrivateFolder(join(root, 'closed'));
    const rights = (path: string) => statSync(join(root, path)).mode & 0o777;
    const umask = process.umask();
    expect([rights('a'), rights('a/b'), rights('closed')]).toEqual([
      0o777 & ~umask,
      0o777 & ~umask,
      0o700 & ~umask,
    ]);
    rmSync(root, { recursive: true });
  },
);
