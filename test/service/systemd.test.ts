/** A real systemd, with services that are scripts: what it does with our units is what we say it does. */
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { whyNoSystemd } from './namespace.ts';
import { NAME, test } from './rig.ts';

const why = await whyNoSystemd();
const STAYS = 'echo $$ >"$root/pid"; exec sleep 1000';
const RESTART_IMMEDIATELY = 'RestartSec=50ms';

describe.skipIf(why !== undefined)(`service of a real systemd ${why ? `(${why})` : ''}`, () => {
  test('a real service is there after install, and runs when started', async ({ rig }) => {
    const { service } = rig;
    expect(await service.unavailable()).toBeNull();
    expect(await service.installed()).toBeNull();
    await service.install(await rig.definition(STAYS));
    expect(await service.status()).toEqual({ state: 'stopped', pid: null, startsAt: 'login', cause: null });
    await service.start();
    const { pid } = await rig.until('running');
    expect(await rig.written('pid')).toBe(`${pid}\n`);
    await service.start();
    expect(await service.status()).toMatchObject({ state: 'running', pid });
  });

  test('a real service gets every path as it is, whatever is in it', async ({ rig }) => {
    const hard = String.raw`/50% of "all" & it's $HOME ${'$'}{HOME} \n é %h`;
    const script =
      'printf "%s\\n" "$1" "$BRIDGE_HOME" >"$root/draft"; mv "$root/draft" "$root/said"; exec sleep 1000';
    const { command } = await rig.definition(script);
    await rig.service.install(await rig.definition(script, { command: [...command, hard], stateDir: hard }));
    await rig.service.start();
    expect(await rig.written('said')).toBe(`${hard}\n${hard}\n`);
  });

  test('a real service has the environment that was predicted', async ({ rig }) => {
    await rig.service.install(
      await rig.definition('env >"$root/draft"; mv "$root/draft" "$root/said"; exec sleep 1000'),
    );
    await rig.manager.systemctl('set-environment', "ODD=it's\ta \\ word");
    await rig.service.start();
    const given = (await rig.written('said')).trim().split('\n');
    const foretold = Object.entries(await rig.service.baseEnvironment()).map(
      ([name, value]) => `${name}=${value}`,
    );
    // The shell sets PWD, and a manager without a login, as here, does not know who it is for.
    const unknown = /^(PWD|USER|LOGNAME|SHELL)=/;
    const own = /^(BRIDGE_HOME|INVOCATION_ID|JOURNAL_STREAM|MANAGERPID|SYSTEMD_EXEC_PID|_)=/;
    const rest = (lines: string[]) => lines.filter((line) => !unknown.test(line) && !own.test(line)).sort();
    expect(rest(given)).toEqual(rest(foretold));
    expect(given).toContain("ODD=it's\ta \\ word");
  });

  test('a real service alone is asked to stop, and what it leaves is ended', async ({ rig }) => {
    const child = 'setsid sh -c "trap \\"touch \\$root/told\\" TERM; while :; do sleep 0.1; done"';
    await rig.service.install(
      await rig.definition(
        `export root; ${child} & trap 'echo stopped >"$root/stopped"; exit 0' TERM; echo up >"$root/up"; wait`,
      ),
    );
    await rig.service.start();
    await rig.written('up');
    await rig.service.stop(async () => undefined);
    expect(await rig.service.status()).toEqual({
      state: 'stopped',
      pid: null,
      startsAt: 'login',
      cause: null,
    });
    expect(await rig.written('stopped')).toBe('stopped\n');
    expect(existsSync(join(rig.root, 'told'))).toBe(false);
  });

  test('a real service that does not stop in time is killed, and that is reported', async ({ rig }) => {
    await rig.override('TimeoutStopSec=200ms');
    await rig.service.install(
      await rig.definition('trap "" TERM; echo up >"$root/up"; while :; do sleep 0.1; done'),
    );
    await rig.service.start();
    await rig.written('up');
    await rig.service.stop(async () => undefined);
    expect(await rig.service.status()).toMatchObject({
      state: 'failed',
      cause: { kind: 'exited', end: 'SIGKILL' },
    });
  });

  test('a real service that is killed is restarted after a pause, with nothing left of the old one', async ({
    rig,
  }) => {
    await rig.service.install(await rig.definition(`setsid sleep 1000 & echo $! >"$root/child"; ${STAYS}`));
    await rig.service.start();
    const { pid } = await rig.until('running');
    const child = (await rig.written('child')).trim();
    process.kill(pid ?? 0, 'SIGKILL');
    expect((await rig.until('waiting')).cause).toEqual({ kind: 'exited', end: 'SIGKILL' });
    expect(existsSync(`/proc/${child}`)).toBe(false);
    expect((await rig.until('running')).pid).not.toBe(pid);
  });

  test.for([
    ['echo $$ >>"$root/starts"; exit 3', 'exit code 3'],
    ['echo $$ >>"$root/starts"; exit 0', 'exit code 0'],
    ['echo $$ >>"$root/starts"; kill -9 $$', 'SIGKILL'],
  ] as const)('a real service is given up after five starts that end (%s), until it is started by hand', async ([
    script,
    end,
  ], { rig }) => {
    await rig.override(RESTART_IMMEDIATELY);
    await rig.service.install(await rig.definition(`[ ! -e "$root/mended" ] || exec sleep 1000; ${script}`));
    // It may end before systemd has seen it run, and is tried again all the same.
    await rig.service.start().catch(() => undefined);
    const { cause, pid } = await rig.until('gave-up');
    expect(cause).toEqual({ kind: 'start-limit', end });
    expect(pid).toBeNull();
    expect((await rig.written('starts')).trim().split('\n')).toHaveLength(5);
    await writeFile(join(rig.root, 'mended'), '');
    await rig.service.start();
    expect(await rig.until('running')).toMatchObject({ cause: null });
  });

  test('a real service is not restarted when a restart would not help (exit code 78)', async ({ rig }) => {
    await rig.override(RESTART_IMMEDIATELY);
    await rig.service.install(await rig.definition('echo $$ >>"$root/starts"; exit 78'));
    await rig.service.start().catch(() => undefined);
    expect((await rig.until('failed')).cause).toEqual({ kind: 'permanent-failure' });
    expect((await rig.written('starts')).trim().split('\n')).toHaveLength(1);
  });

  test('a real service that cannot start says why', async ({ rig }) => {
    await rig.service.install(await rig.definition('', { command: ['/not/there', 'run'] }));
    await expect(rig.service.start()).rejects.toThrow(
      /^systemd did not start bridge-supervisor: Job for .*logs$/,
    );
  });

  test('a real service is started at the next login, even when it was stopped before', async ({ rig }) => {
    await rig.service.install(await rig.definition(STAYS));
    await rig.service.start();
    await rig.until('running');
    await rig.service.stop(async () => undefined);
    await rig.loginAgain();
    await rig.until('running');
  });

  test('a real service keeps running while it is upgraded, and is the new one from its next start', async ({
    rig,
  }) => {
    await rig.service.install(await rig.definition(STAYS));
    await rig.service.start();
    const { pid } = await rig.until('running');
    await rig.service.install(await rig.definition(`echo new >"$root/new"; ${STAYS}`, { version: '2.0.0' }));
    expect(await rig.service.installed()).toMatchObject({ version: '2.0.0' });
    expect(await rig.service.status()).toMatchObject({ state: 'running', pid, startsAt: 'login' });
    await rig.service.stop(async () => undefined);
    await rig.service.start();
    expect(await rig.written('new')).toBe('new\n');
  });

  test.for([
    'running before',
    'given up before',
  ])('a real service leaves nothing when uninstalled, %s', async (before, { rig }) => {
    const script = before === 'running before' ? STAYS : 'exit 3';
    await rig.override(RESTART_IMMEDIATELY);
    await rig.service.install(await rig.definition(script));
    await rig.service.start().catch(() => undefined);
    await rig.until(before === 'running before' ? 'running' : 'gave-up');
    await rig.service.stop(async () => undefined);
    await rm(join(rig.units, `${NAME}.service.d`), { recursive: true });
    await rig.service.uninstall();
    expect(await rig.service.installed()).toBeNull();
    expect(await rig.service.status()).toEqual({ state: 'stopped', pid: null, startsAt: null, cause: null });
    expect(await readdir(rig.units)).toEqual([]);
    expect(await rig.manager.systemctl('list-units', '--all', `${NAME}*`)).toContain('0 loaded units');
    await rig.service.uninstall();
  });
});
