/** What is written to `service.env` is what is read from it, whatever it is. */
import { chmod, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { test as base, describe, expect } from 'vitest';
import { isWindows } from '../../../src/machine/platform.ts';
import {
  EnvironmentFileError,
  environmentFileOf,
  environmentText,
  isOpenToOthers,
  mergeEnvironment,
  readEnvironmentFile,
  readEnvironmentText,
  serviceEnvironment,
  writeEnvironmentFile,
} from '../../../src/machine/service/environment-file.ts';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  folder: async ({}, use) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'environment-')));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

const PIECES = [
  'a',
  ' ',
  '#',
  '=',
  '\n',
  '\\',
  '\\n',
  '$HOME',
  '$(A)',
  "'",
  '"',
  '`',
  '\t',
  'é',
  '日本',
  'export B=1',
  '\nB=2\n',
  '#!/bin/sh',
  '%',
  'C:\\Users\\Ann',
];

/** Every piece, every two and every three of them in a row. */
const VALUES = [
  '',
  ...PIECES,
  ...PIECES.flatMap((one) => PIECES.map((two) => one + two)),
  ...PIECES.flatMap((one) => PIECES.flatMap((two) => PIECES.map((three) => one + two + three))),
];

const hasAllQuotes = (value: string) =>
  ["'", '`'].every((mark) => value.includes(mark)) && (value.includes('"') || value.includes('\\n'));

describe('environment file', () => {
  test('an environment file holds any value as it is for the parser of Node', () => {
    const values = Object.fromEntries(
      VALUES.filter((value) => !hasAllQuotes(value)).map((value, index) => [`V${index}`, value]),
    );
    expect(Object.keys(values).length).toBeGreaterThan(8_000);
    const text = environmentText(values);
    expect(readEnvironmentText(text)).toEqual(values);
    expect(parseEnv(text)).toEqual(values);
  });

  test('an environment file refuses by name, without the value, what its format cannot hold', () => {
    const odd = { ONE: 'secret\r', TWO: '\'"`', THREE: "'`\\n", 'NO NAME=': 'x', FINE: 'x' };
    expect(() => environmentText(odd)).toThrow(EnvironmentFileError);
    expect(() => environmentText(odd)).toThrow(/^NO NAME=, ONE, THREE, TWO cannot be written/);
    expect(() => environmentText(odd)).not.toThrow(/secret/);
  });

  test.for(
    VALUES.filter(hasAllQuotes).slice(0, 5),
  )('an environment file refuses %j rather than writing something else', (value) => {
    expect(() => environmentText({ A: value })).toThrow(/^A cannot be written/);
  });

  test('an environment file may be edited: comments, blank lines, quotes of either kind, a byte order mark', () => {
    expect(readEnvironmentText('\uFEFFA=1\r\n\r\n# B=2\r\nC="x y"\r\nexport D=\'z\'\r\n')).toEqual({
      A: '1',
      C: 'x y',
      D: 'z',
    });
  });

  test('an environment file is closed to others, and one opened to them is reported', async ({ folder }) => {
    const file = environmentFileOf(folder);
    await writeEnvironmentFile(file, environmentText({ A: '1' }));
    expect(await readEnvironmentFile(file)).toEqual({ A: '1' });
    expect(await isOpenToOthers(file)).toBe(false);
    if (isWindows) return;
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o640);
    expect(await isOpenToOthers(file)).toBe(true);
  });

  test('an environment file that is missing or unreadable is refused in one sentence', async ({ folder }) => {
    const file = environmentFileOf(folder);
    await expect(readEnvironmentFile(file)).rejects.toThrow(
      `the environment file ${file} is missing. Create it with: bridge-supervisor install`,
    );
    await expect(readEnvironmentFile(folder)).rejects.toThrow(EnvironmentFileError);
    expect(await readEnvironmentFile(file, { optional: true })).toEqual({});
  });
});

test("a service gets its manager's environment, overridden by its file, and its own state folder", async ({
  folder,
}) => {
  const manager = { baseEnvironment: async () => ({ PATH: '/bin', HOME: '/home/ann' }) };
  expect(await serviceEnvironment(manager, folder)).toEqual({
    PATH: '/bin',
    HOME: '/home/ann',
    BRIDGE_HOME: folder,
  });
  await writeFile(environmentFileOf(folder), 'PATH=/opt/bin\nTZ=UTC\nBRIDGE_HOME=/elsewhere\n');
  expect(await serviceEnvironment(manager, folder)).toEqual({
    PATH: '/opt/bin',
    HOME: '/home/ann',
    TZ: 'UTC',
    BRIDGE_HOME: folder,
  });
});

test('the upper of two environments wins, in any letter case on Windows', () => {
  const merged = mergeEnvironment({ Path: 'a', B: '1' }, { PATH: 'b' });
  expect(merged).toEqual(isWindows ? { PATH: 'b', B: '1' } : { Path: 'a', PATH: 'b', B: '1' });
});
