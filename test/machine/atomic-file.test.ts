import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../src/machine/atomic-file.ts';
import { onWindows } from '../platform.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the new text takes the place of the old one, with exactly these rights', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'old', { mode: 0o644 });
  await writeAtomically(file, 'new', 0o600);
  expect(await readFile(file, 'utf8')).toBe('new');
  if (!onWindows) expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a file that cannot be written leaves no draft', async () => {
  const file = join(folder, 'a');
  await mkdir(file);
  await expect(writeAtomically(file, 'new', 0o600)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a']);
});
