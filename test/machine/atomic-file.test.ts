import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../src/machine/atomic-file.ts';
import { onWindows } from '../platform.ts';
import { canTrace, traced } from '../traced.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('an atomic write replaces the text, with exactly these permissions', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'old', { mode: 0o644 });
  await writeAtomically(file, 'new', 0o600);
  expect(await readFile(file, 'utf8')).toBe('new');
  if (!onWindows) expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a failed atomic write leaves no draft', async () => {
  const file = join(folder, 'a');
  await mkdir(file);
  await expect(writeAtomically(file, 'new', 0o600)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a']);
});

test.skipIf(onWindows)('an atomic write refuses to replace a pipe or a device (needs mkfifo)', async () => {
  const file = join(folder, 'a');
  execFileSync('mkfifo', [file]);
  await expect(writeAtomically(file, 'new', 0o600)).rejects.toThrow(`${file} is not a file`);
  expect((await stat(file)).isFIFO()).toBe(true);
});

// Whoever writes into a folder of others, as root does for a user, must not be led elsewhere by them.
test.skipIf(onWindows)('an atomic write follows no link that lies where a draft could be', async () => {
  const [file, prey] = [join(folder, 'a'), join(folder, 'prey')];
  await writeFile(prey, 'mine');
  await symlink(prey, `${file}.${process.pid}.tmp`);
  await symlink(prey, file);
  await writeAtomically(file, 'new', 0o600);
  expect(await readFile(prey, 'utf8')).toBe('mine');
  expect(await readFile(file, 'utf8')).toBe('new');
});

test.skipIf(!canTrace)('an atomic write is on disk before the rename (needs strace)', () => {
  const module = new URL('../../src/machine/atomic-file.ts', import.meta.url);
  const file = join(folder, 'a');
  const script = `
    const { writeAtomically } = await import(${JSON.stringify(module.href)});
    await writeAtomically(${JSON.stringify(file)}, 'new', 0o600);`;
  const [sync, rename, ...others] = traced(script, folder);
  expect(sync).toMatch(/^f(data)?sync .*a\.[-\w]+\.tmp$/);
  expect(rename).toBe(`rename ${sync?.split(' ')[1]} ${file}`);
  expect(others).toEqual([]);
});
