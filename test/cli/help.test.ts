import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from './rig.ts';

const COMMANDS = [
  'start',
  'stop',
  'restart',
  'status',
  'logs',
  'run',
  'install',
  'uninstall',
  'send',
  'list',
  'show',
  'evidence',
  'watch',
  'approve',
  'reject',
  'steer',
  'cancel',
  'retry',
  'pause',
  'resume',
  'budget',
  'worktree',
  'backup',
  'restore',
  'import',
  'dashboard',
  'doctor',
  'demo',
  'mcp',
];

test('the help names every command in groups, and fits 80 columns', async ({ rig }) => {
  const { code, stdout, stderr } = await rig.run('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  expect(stdout).toMatchSnapshot();
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.for(COMMANDS)('the help of %s says what it does, with every option and an example', async (command, {
  rig,
}) => {
  const { code, stdout, stderr } = await rig.run(command, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatchSnapshot();
  if (command !== 'mcp') expect(stdout).toContain('Examples:');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('the program called without arguments shows the help', async ({ rig }) => {
  const [bare, help] = await Promise.all([rig.run(), rig.run('--help')]);
  expect(bare).toEqual(help);
});

test('--version prints the version alone', async ({ rig }) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await rig.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('help and version create no state folder', async ({ rig }) => {
  await rig.run('--help');
  await rig.run('status', '--help');
  await expect(rig.run('--version')).resolves.toMatchObject({ code: 0 });

  expect(existsSync(rig.home)).toBe(false);
});
