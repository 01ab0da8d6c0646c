/** The command as a person or a script calls it. */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { expect } from 'vitest';
import { unprivileged } from '../cli/privileges.ts';
import { test } from '../cli/rig.ts';
import { onWindows } from '../platform.ts';

/** Room for the path of a folder for temporary files on one line. */
const WIDE = { env: { COLUMNS: '120' } };

test('the doctor shows each group in lines of 80 columns, and what to do about each problem', async ({
  rig,
}) => {
  const { code, stdout, stderr } = await rig.run('doctor');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain(`  problem  No 'claude' on PATH.`);
  expect(stdout).toMatch(/^ {11}Fix: npm install -g @anthropic-ai\/claude-code/m);
  expect(stdout).toMatch(/\n\d+ ok, \d+ warnings?, 1 problem\n$/);
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('the doctor checks only the groups that are named', async ({ rig }) => {
  const { code, stdout } = await rig.run('doctor', 'clock', 'program');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^This program\n.*\nClock\n.*\n\n4 ok, 0 warnings, 0 problems\n$/s);
});

test('an unknown group is a wrong call', async ({ rig }) => {
  expect(await rig.run('doctor', 'cloud')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/unknown group 'cloud'. The groups are: program, .*leftovers/),
  });
});

test('doctor --json prints the findings and a summary', async ({ rig }) => {
  await mkdir(rig.home, { mode: 0o700 });
  const { code, stdout } = await rig.run('doctor', 'folder', 'claude', '--json');
  expect(code).toBe(1);
  const { findings, summary } = JSON.parse(stdout);
  expect(findings).toContainEqual({
    check: 'folder.rights',
    subject: rig.home,
    verdict: 'ok',
    message: `${rig.home} is private`,
    hint: null,
    fixable: false,
  });
  expect(summary).toEqual({
    ok: findings.filter(({ verdict }: { verdict: string }) => verdict === 'ok').length,
    warnings: 0,
    problems: 1,
    skipped: expect.any(Number),
    fixed: 0,
  });
});

test.skipIf(onWindows)(
  'doctor --fix says what it fixed and what remains (needs file modes)',
  async ({ rig }) => {
    await mkdir(rig.home);
    await chmod(rig.home, 0o755);
    const before = await rig.runWith(WIDE, 'doctor', 'folder');
    expect(before).toMatchObject({ code: 1, stdout: expect.stringContaining(`Fix: chmod 700 ${rig.home}`) });
    expect((await stat(rig.home)).mode & 0o777).toBe(0o755);

    const fixed = await rig.runWith(WIDE, 'doctor', 'folder', '--fix');
    expect(fixed.code).toBe(0);
    expect(fixed.stdout).toContain(`  fixed    Made ${rig.home} private (mode 700).`);
    expect(fixed.stdout).toMatch(/\n\d+ ok, 1 fixed, 0 warnings, 0 problems\n$/);
    expect((await stat(rig.home)).mode & 0o777).toBe(0o700);
  },
);

test.skipIf(onWindows || !unprivileged)(
  'doctor --fix opens a state folder that is closed to us (needs file modes)',
  async ({ rig }) => {
    await mkdir(rig.home);
    await chmod(rig.home, 0o000);
    const options = { ...WIDE, wrapper: unprivileged ?? [] };
    expect(await rig.runWith(options, 'doctor', 'folder', 'config', '--fix')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`fixed    Made ${rig.home} private (mode 700).`),
    });
  },
);
