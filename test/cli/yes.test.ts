/** Scripts give --yes to whatever changes something. */
import { expect } from 'vitest';
import { test } from './rig.ts';

const CHANGING: readonly (readonly string[])[] = [
  ['uninstall', '--dry-run'],
  ['pause'],
  ['resume'],
  ['retry', 'aaaa'],
  ['approve', 'aaaa'],
  ['reject', 'aaaa', '--reason', 'x'],
  ['steer', 'aaaa', 'x'],
  ['cancel', 'aaaa'],
  ['amend', 'aaaa', '/no/where.md'],
  ['answer', 'aaaa', 'x'],
  ['allow', 'aaaa'],
  ['deny', 'aaaa', '--reason', 'x'],
  ['worktree', 'remove', 'aaaa'],
  ['token', 'revoke', 'aaaa'],
  ['schedule', 'run', 'aaaa'],
  ['schedule', 'pause', 'aaaa'],
  ['schedule', 'remove', 'aaaa'],
  ['stop'],
  ['send', '/no/where.md'],
  ['backup', '/no/where/x.db'],
  ['restore', '/no/where/x.db'],
  ['install', '--dry-run'],
  ['setup', '--dry-run', '--no-code'],
];

test.for(CHANGING)('%j takes --yes, and -y, whether it asks or not', async (args, { rig }) => {
  for (const yes of ['--yes', '-y']) {
    const { code, stderr } = await rig.run(...args, yes);
    // 2 is a call that is not understood.
    expect({ code, stderr }).not.toMatchObject({ code: 2 });
    expect(stderr).not.toContain('unknown option');
  }
});

test('a command that only looks has no option --yes', async ({ rig }) => {
  expect(await rig.run('status', '--yes')).toMatchObject({ code: 2 });
});
