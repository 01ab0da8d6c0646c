import { appendFile, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openLog } from '../../src/log.ts';
import { onWindows } from '../platform.ts';
import { type Rig, test } from './rig.ts';

async function logFile(rig: Rig): Promise<string> {
  await mkdir(rig.home, { recursive: true, mode: 0o700 });
  return join(rig.home, 'loop.log');
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('logs', () => {
  test('logs prints the last lines, across rotated files', async ({ rig }) => {
    const log = await logFile(rig);
    await writeFile(`${log}.2`, `${numbered(1, 10).join('\n')}\n`);
    await writeFile(`${log}.1`, `${numbered(11, 20).join('\n')}\n`);
    await writeFile(log, `${numbered(21, 23).join('\n')}\n`);
    expect((await rig.run('logs', '-n', '2')).stdout).toBe('line 22\nline 23\n');
    expect((await rig.run('logs', '-n', '15')).stdout.trim().split('\n')).toEqual(numbered(9, 23));
    expect((await rig.run('logs', '-n', '1000')).stdout.trim().split('\n')).toEqual(numbered(1, 23));
    expect((await rig.run('logs', '-n', '0')).stdout).toBe('');
    expect((await rig.run('logs')).stdout.trim().split('\n')).toHaveLength(20);
  });

  test('logs without a log says so, and does not fail', async ({ rig }) => {
    const { code, stdout, stderr } = await rig.run('logs');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('Nothing has been logged yet');
  });

  test('logs --json reads back what the log wrote, whatever was in it', async ({ rig }) => {
    const log = openLog({ path: await logFile(rig), clock: systemClock });
    const text = 'a "quoted" \u001b[31m text\nof two lines = more';
    log.warn('run.ended', { project: 'ab12', cost: 1.5, reason: text, empty: '' }, 'the message');
    log.info('bare.event');
    await log.close();
    const { stdout } = await rig.run('logs', '--json');
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-/),
        level: 'warn',
        event: 'run.ended',
        project: 'ab12',
        cost: '1.5',
        reason: text,
        empty: '',
        message: 'the message',
      },
      { time: expect.any(String), level: 'info', event: 'bare.event' },
    ]);
  });

  test('logs keeps the text of a line of another form', async ({ rig }) => {
    await writeFile(await logFile(rig), 'something else\n');
    expect(JSON.parse((await rig.run('logs', '--json')).stdout)).toEqual({ message: 'something else' });
  });
});

describe('logs -f', () => {
  test.skipIf(onWindows)(
    'logs -f follows across rotations, losing and repeating nothing (needs signals)',
    async ({ rig }) => {
      const log = await logFile(rig);
      await writeFile(log, `${numbered(1, 3).join('\n')}\n`);
      const following = rig.start({}, 'logs', '-f', '-n', '2');
      await following.prints(/line 3\n/);
      await appendFile(log, 'line 4\n');
      await following.prints(/line 4\n/);
      await appendFile(log, 'line 5\n');
      await rename(log, `${log}.1`);
      await writeFile(log, 'line 6\n');
      await rename(`${log}.1`, `${log}.2`);
      await rename(log, `${log}.1`);
      await writeFile(log, 'line 7\nline');
      await following.prints(/line 7\n/);
      await appendFile(log, ' 8\n');
      await following.prints(/line 8\n/);
      following.child.kill('SIGINT');
      const { code, stdout } = await following.ended;
      expect(code).toBe(130);
      expect(stdout.trim().split('\n')).toEqual(numbered(2, 8));
    },
  );

  test('logs -f waits for a log that does not exist yet, and goes on after one was emptied', async ({
    rig,
  }) => {
    const log = await logFile(rig);
    const following = rig.start({}, 'logs', '-f');
    await writeFile(log, 'the first\n');
    await following.prints(/the first\n/);
    await truncate(log, 0);
    await appendFile(log, 'anew\n');
    await following.prints(/anew\n/);
    following.child.kill('SIGINT');
    await following.ended;
  });
});
