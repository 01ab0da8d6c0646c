import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claudeVersion, keepsSettingsOut } from '../../src/claude/version.ts';
import type { RunProgram } from '../../src/machine/program.ts';

/** A program that says these versions, one at each call. */
async function program(...versions: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'claude-version-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'claude');
  await writeFile(path, '');
  const calls: (readonly string[])[] = [];
  const run: RunProgram = async (_, args) => {
    calls.push(args);
    const version = versions[calls.length - 1];
    return {
      code: version === undefined ? 1 : 0,
      stdout: `${version} (Claude Code)`,
      stderr: '',
      failure: null,
    };
  };
  return { path, run, calls };
}

test("the program's version is asked once, and again when its file is another one", async () => {
  const { path, run, calls } = await program('2.1.313', '2.1.329');
  expect(await claudeVersion(path, {}, run)).toBe('2.1.313');
  expect(await claudeVersion(path, {}, run)).toBe('2.1.313');
  expect(calls).toEqual([['--version']]);
  await utimes(path, new Date(0), new Date(0));
  expect(await claudeVersion(path, {}, run)).toBe('2.1.329');
});

test('a program that does not say its version is asked again', async () => {
  const { path, run, calls } = await program();
  expect(await claudeVersion(path, {}, run)).toBeUndefined();
  expect(await claudeVersion(path, {}, run)).toBeUndefined();
  expect(calls).toHaveLength(2);
});

test.each([
  ['2.1.313', false],
  ['2.1.314', true],
  ['2.2.0', true],
  ['2.1.313-beta.1', false],
  ['unknown', true],
])('%s leaves out the settings of a repository: %j', (version, answer) => {
  expect(keepsSettingsOut(version)).toBe(answer);
});
