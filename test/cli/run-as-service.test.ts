/** `run` as a service manager starts it: with an environment from a file, and an end to starting it again. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { onWindows } from '../platform.ts';
import { type Rig, test } from './rig.ts';

async function environmentFile(rig: Rig, text: string): Promise<string> {
  await mkdir(rig.home, { recursive: true, mode: 0o700 });
  const file = join(rig.home, 'service.env');
  await writeFile(file, text);
  return file;
}

/** Waits until it works, ends it in good order, and returns what it printed. */
async function runOnce(rig: Rig, ...args: readonly string[]) {
  const running = rig.start({ env: { BRIDGE_LOG_LEVEL: 'error' } }, 'run', ...args);
  await running.prints(/login\.|supervisor\.started/);
  running.child.kill('SIGTERM');
  return running.ended;
}

describe.skipIf(onWindows)('run --environment (ends it by a signal)', () => {
  test('run --environment is read before the configuration, and its values win over inherited ones', async ({
    rig,
  }) => {
    const file = await environmentFile(rig, "BRIDGE_LOG_LEVEL='info'\nTZ=Asia/Tokyo\n");
    const { code, stdout } = await runOnce(rig, '--environment', file);
    expect(code).toBe(0);
    expect(stdout).toContain('supervisor.started');
  });

  test('run --environment with a missing file or a wrong setting exits 78 with one line', async ({ rig }) => {
    const missing = join(rig.home, 'service.env');
    expect(await rig.run('run', '--environment', missing)).toEqual({
      code: 78,
      stdout: '',
      stderr: `bridge-supervisor: the environment file ${missing} is missing. Create it with: bridge-supervisor install\n`,
    });
    const wrong = await environmentFile(rig, 'BRIDGE_CONCURRENCY=many\n');
    const { code, stderr } = await rig.run('run', '--environment', wrong);
    expect(code).toBe(78);
    expect(stderr).toMatch(/^bridge-supervisor: BRIDGE_CONCURRENCY.*\n$/);
  });
});

describe.skipIf(onWindows)('run --give-up (ends it by a signal)', () => {
  const word = async (rig: Rig) => JSON.parse(await readFile(join(rig.home, 'service-gave-up.json'), 'utf8'));
  const tally = (rig: Rig) => join(rig.home, 'service-starts.json');
  const starts = (count: number, minutesAgo: number) =>
    JSON.stringify(Array(count).fill(new Date(Date.now() - minutesAgo * 60_000).toISOString()));

  test('run --give-up exits 0 where a restart would not help, and records why', async ({ rig }) => {
    await rig.configure({ concurrency: 0 });
    const { code, stderr } = await rig.run('run', '--give-up');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /'concurrency'.*\n.*the service gives up: .*'concurrency'.*bridge-supervisor start\n$/s,
    );
    expect(await word(rig)).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      why: expect.stringContaining("'concurrency'"),
    });
    expect(await readFile(join(rig.home, 'loop.log'), 'utf8')).toContain('service.gave_up');
    expect(existsSync(tally(rig))).toBe(false);
  });

  test('run --give-up gives up when it has failed 5 times within 5 minutes', async ({ rig }) => {
    await mkdir(rig.home, { mode: 0o700 });
    await writeFile(tally(rig), starts(5, 1));
    const { code, stderr } = await rig.run('run', '--give-up');
    expect(code).toBe(0);
    expect(stderr).toContain('it failed 5 times within 5 minutes');
    expect(await word(rig)).toMatchObject({ why: 'It failed 5 times within 5 minutes.' });
  });

  test('run --give-up counts each start, and none of more than 5 minutes ago', async ({ rig }) => {
    await mkdir(rig.home, { mode: 0o700 });
    await writeFile(tally(rig), starts(5, 6));
    const running = rig.start({}, 'run', '--give-up');
    await running.prints(/supervisor\.started/);
    expect(JSON.parse(await readFile(tally(rig), 'utf8'))).toHaveLength(1);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(JSON.parse(await readFile(tally(rig), 'utf8'))).toHaveLength(1);
  });

  test('run --give-up works again once it is fixed: the record is gone, and an orderly end clears the count', async ({
    rig,
  }) => {
    await rig.configure({ concurrency: 0 });
    await rig.run('run', '--give-up');
    await rig.configure({});
    const running = rig.start({}, 'run', '--give-up');
    await running.prints(/supervisor\.started/);
    expect(existsSync(join(rig.home, 'service-gave-up.json'))).toBe(false);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    expect(existsSync(tally(rig))).toBe(false);
  });

  test('run --give-up ends orderly, whatever is in the place of the count', async ({ rig }) => {
    await mkdir(tally(rig), { recursive: true });
    await chmod(rig.home, 0o700);
    const running = rig.start({}, 'run', '--give-up');
    await running.prints(/supervisor\.started/);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('run --give-up still exits 1 where a restart may help', async ({ rig }) => {
    const first = rig.start({}, 'run');
    await first.prints(/supervisor\.started/);
    expect((await rig.run('run', '--give-up')).code).toBe(1);
    expect(existsSync(join(rig.home, 'service-gave-up.json'))).toBe(false);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});
