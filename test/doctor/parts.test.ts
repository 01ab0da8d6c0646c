import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ok } from '../../src/doctor/check.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { commandOf } from '../../src/doctor/service-command.ts';
import { sizeText } from '../../src/doctor/wording.ts';
import { folderSize } from '../../src/machine/folder-size.ts';
import { isAtLeast, versionIn } from '../../src/machine/program-output.ts';
import { plistText } from '../../src/machine/service/launchd-plist.ts';
import { unitText } from '../../src/machine/service/systemd-unit.ts';
import { launcherText } from '../../src/machine/service/task-scheduler-files.ts';

const command = [
  '/opt/my node/bin/node',
  '/opt/100%/a "b" \\c $HOME & <d>/cli.js',
  'run',
  '--environment',
  '/s/service.env',
];

const definition = {
  version: '1.2.3',
  command,
  stateDir: '/s',
  writable: [],
  stopMs: 1_000,
  hardened: false,
};
const account = { name: 'ann', uid: 1234, homeDir: '/home/ann' };

function read(text: string): readonly string[] | undefined {
  return commandOf([{ path: '', text, mode: 0o600 }]);
}

test('what a systemd unit of ours starts is read as it was written', () => {
  expect(read(unitText(definition, { name: 'bridge-supervisor', scope: 'user', account }))).toEqual(command);
});

test('what a launchd agent of ours starts is read as it was written', () => {
  expect(read(plistText(definition, 'bridge-supervisor'))).toEqual([...command, '--give-up']);
});

test('what the launcher of our task on Windows starts is read as it was written', () => {
  const words = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\100%\\cli.js', 'run'];
  expect(read(launcherText({ ...definition, command: words }))).toEqual(words);
});

test('a file that starts nothing gives no start', () => {
  expect(commandOf([])).toBeUndefined();
  expect(commandOf([{ path: '', text: '[Service]\nRestart=no\n', mode: 0o644 }])).toBeUndefined();
});

test.for([
  ['2.1.329', '2.1.197', true],
  ['2.1.197', '2.1.197', true],
  ['2.1.96', '2.1.197', false],
  ['2.2', '2.1.197', true],
  ['22.12.0', '22.12', true],
  ['22.2.0', '22.12', false],
] as const)('a version %s is at least %s: %s', ([version, least, answer]) => {
  expect(isAtLeast(version, least)).toBe(answer);
});

test('a version is found in what a program says', () => {
  expect(versionIn('2.1.329 (Claude Code)\n')).toBe('2.1.329');
  expect(versionIn('no such command')).toBeUndefined();
});

test.for([
  [0, '0 kB'],
  [1, '1 kB'],
  [1_500_000, '2 MB'],
  [4_000_000_000, '4.0 GB'],
] as const)('a size of %i bytes is shown as %s', ([bytes, text]) => {
  expect(sizeText(bytes)).toBe(text);
});

test('the size of a folder counts what lies in it, follows no link, and ends when it must', async () => {
  const root = await mkdtemp(join(tmpdir(), 'size-'));
  try {
    await mkdir(join(root, 'a', 'b'), { recursive: true });
    await writeFile(join(root, 'a', 'one'), Buffer.alloc(1_000));
    await writeFile(join(root, 'a', 'b', 'two'), Buffer.alloc(500));
    await symlink(root, join(root, 'a', 'b', 'loop'));
    const { signal } = new AbortController();
    expect(await folderSize(root, systemClock, signal)).toEqual({ bytes: 1_500, files: 2, cut: false });
    expect(await folderSize(root, systemClock, AbortSignal.abort())).toMatchObject({ cut: true });
    expect(await folderSize(join(root, 'none'), systemClock, signal)).toMatchObject({ bytes: 0, cut: false });
  } finally {
    await rm(root, { recursive: true });
  }
});

test('what a finding quotes of another program is shown without its secrets, however long it is', async () => {
  const run = async () => ok('claude', `${'x'.repeat(1_990)} key=1 x-api-key: ${'hunter2'.repeat(100)}`);
  const group = { name: 'g', title: 'G', checks: [{ name: 'c', subject: 'claude', run }] };
  const options = {
    clock: systemClock,
    signal: AbortSignal.any([]),
  };
  const [finding] = await runChecks([group], options);
  expect(finding?.message).toMatch(/^x+ key/);
  expect(finding?.message).not.toContain('hunter2');
});
