import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Check, Inconclusive, ok } from '../../src/doctor/check.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { hurriedClock, shown, test } from './rig.ts';

test('a healthy machine gets ok on every line', async ({ rig }) => {
  const findings = await rig.doctor();
  expect(findings.filter(({ verdict }) => !['ok', 'skipped'].includes(verdict))).toEqual([]);
  expect(findings.length).toBeGreaterThan(30);
  expect(shown(rig, findings)).toMatchSnapshot();
});

test('the doctor before the first start finds no problem, and creates nothing', async ({ rig }) => {
  const home = join(rig.root, 'not-there');
  rig.machine = {
    ...rig.machine,
    stateDir: home,
    env: { ...rig.machine.env, BRIDGE_HOME: home, BRIDGE_CLAUDE: rig.claude },
    service: null,
    desktopConfigs: [],
  };
  const findings = await rig.doctor();
  expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
  expect(await stat(home).catch(() => undefined)).toBeUndefined();
  expect(shown(rig, findings)).toMatchSnapshot();
});

test('the doctor changes nothing by looking', async ({ rig }) => {
  await writeFile(join(rig.home, 'config.schema.json'), 'old');
  await writeFile(join(rig.home, 'status.tmp'), 'half');
  await writeFile(join(rig.home, 'start.log'), 'something failed\n');
  await mkdir(join(rig.home, 'runs'));
  const before = await fingerprint(rig.root);
  await rig.doctor();
  expect(await fingerprint(rig.root)).toEqual(before);
});

describe('end of the doctor', () => {
  const checks: Check[] = [
    {
      name: 'hangs',
      subject: 'a dead drive',
      timeoutMs: 200,
      graceMs: 100,
      run: () => new Promise(() => undefined),
    },
    { name: 'throws', subject: 'a broken thing', run: () => Promise.reject(new Error('out of order')) },
    {
      name: 'waits',
      subject: 'a thing',
      run: () => Promise.reject(new Inconclusive('no_database', 'See there.')),
    },
    { name: 'works', subject: 'a thing', run: async () => ok('a thing', 'It works') },
  ];
  const group = { name: 'test', title: 'Test', checks };

  test('a check that hangs or throws is a finding, and the others are made', async () => {
    const { signal } = new AbortController();
    const tell = vi.fn();
    const findings = await runChecks([group], { clock: systemClock, signal, onGroup: tell });
    expect(findings.map(({ check, verdict, message }) => ({ check, verdict, message }))).toEqual([
      {
        check: 'test.hangs',
        verdict: 'problem',
        message: 'a dead drive: timed out after 0.2 s.',
      },
      {
        check: 'test.throws',
        verdict: 'problem',
        message: 'a broken thing: check failed: out of order',
      },
      { check: 'test.waits', verdict: 'skipped', message: 'See there.' },
      { check: 'test.works', verdict: 'ok', message: 'It works' },
    ]);
    expect(tell).toHaveBeenCalledExactlyOnceWith(group, findings);
  });

  test('a check that is late is asked to stop, and has time to clean up', async () => {
    const put = vi.fn();
    const tidy: Check = {
      name: 'tidy',
      subject: 'a thing',
      timeoutMs: 10,
      graceMs: 60_000,
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            put();
            resolve(ok('a thing', 'put away'));
          });
        }),
    };
    const { signal } = new AbortController();
    const one = [{ name: 'test', title: 'Test', checks: [tidy] }];
    await runChecks(one, { clock: systemClock, signal });
    expect(put).toHaveBeenCalledOnce();
  });

  test('an interrupted doctor makes no further check', async () => {
    const stop = new AbortController();
    const second = vi.fn();
    const groups = [
      { name: 'one', title: 'One', checks: [{ name: 'a', subject: 'a', run: async () => ok('a', 'a') }] },
      { name: 'two', title: 'Two', checks: [{ name: 'b', subject: 'b', run: second }] },
    ];
    const tell = () => stop.abort();
    await runChecks(groups, { clock: systemClock, signal: stop.signal, onGroup: tell });
    expect(second).not.toHaveBeenCalled();
  });

  test('a Claude that hangs is reported, and ended', async ({ rig }) => {
    await rig.script('claude', 'exec sleep 1000');
    const run = rig.machine.run;
    rig.machine = {
      ...rig.machine,
      clock: hurriedClock,
      run: (command, args, { timeoutMs = 0, ...options }) =>
        run(command, args, { ...options, timeoutMs: timeoutMs / 20 }),
    };
    const findings = await rig.doctor(['claude']);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'claude.program',
        verdict: 'problem',
        message: expect.stringContaining('timed out after'),
      }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'claude.login',
        verdict: 'warning',
        message: expect.stringContaining('it timed out'),
      }),
    );
    expect(shown(rig, findings)).toMatchSnapshot();
  });
});

/** Every file with its content, rights and time; less what SQLite keeps beside a database that is read. */
async function fingerprint(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (/bridge\.db-(shm|wal)$/.test(name)) continue;
    const path = join(folder, name);
    const { mode, mtimeMs } = await stat(path);
    const isFile = (await stat(path)).isFile();
    const sum = isFile
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : '';
    found[name] = `${mode.toString(8)} ${isFile ? mtimeMs : ''} ${sum}`;
  }
  return found;
}
