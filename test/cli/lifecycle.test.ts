import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openBridge } from '../../src/bridge/bridge.ts';
import { currentLease } from '../../src/bridge/lease.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { openOutput } from '../../src/cli/terminal/output.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startSupervisor } from '../../src/control/start-background.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/machine/identity.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { granted, type Rig, test } from './rig.ts';
import { beginRun, holdLease, NOBODY } from './stories.ts';

async function pidOfSupervisor(rig: Rig): Promise<number | undefined> {
  return (await currentLease(await rig.bridge))?.pid;
}

async function identityOf(child: { pid?: number | undefined }): Promise<ProcessIdentity> {
  const identity = await identify(child.pid ?? 0);
  if (!identity) throw new Error('it does not live');
  return identity;
}

/** Something that is started like claude, says nothing, and stays; whether it is logged in, it does not know. */
async function silentClaude(rig: Rig): Promise<Record<string, string>> {
  const file = await rig.file('claude', '#!/bin/sh\n[ "$1" = auth ] || exec sleep 10000\n');
  await chmod(file, 0o700);
  return { BRIDGE_CLAUDE: file };
}

/** Waits until the project's run has a process, and returns that. */
async function claudeOf(rig: Rig, projectId: ProjectId): Promise<ProcessIdentity> {
  return eventually(async () => {
    const [run] = granted(await projectDetails(await rig.bridge, projectId)).runs;
    if (!run?.pid || !run.pidStartedAt) throw new Error('its run has no process yet');
    return { pid: run.pid, startedAt: run.pidStartedAt };
  });
}

describe('start, status, stop', () => {
  test('start returns when the supervisor works, stop when it has ended', async ({ rig }) => {
    const started = await rig.run('start');
    const pid = await pidOfSupervisor(rig);
    expect(started).toEqual({
      code: 0,
      stdout: `The supervisor is running (pid ${pid}).\nLog: ${join(rig.home, 'loop.log')}\nNext: bridge-supervisor send plan.md, or bridge-supervisor status\n`,
      stderr: '',
    });
    if (!onWindows) expect((await stat(rig.home)).mode & 0o777).toBe(0o700);
    expect(await rig.run('status')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^Supervisor: running for .* \\(pid ${pid}, version `)),
    });
    expect(await rig.run('stop')).toEqual({
      code: 0,
      stdout: `Stopped the supervisor (pid ${pid}).\n`,
      stderr: '',
    });
    expect(await identify(pid ?? 0)).toBeUndefined();
    expect(await pidOfSupervisor(rig)).toBeUndefined();
    expect((await rig.run('status')).code).toBe(3);
    const log = await readFile(join(rig.home, 'loop.log'), 'utf8');
    expect(log).toContain('supervisor.started');
    expect(log).toContain('supervisor.stopped');
  });

  test('a second start says that one runs already, a second stop that none does', async ({ rig }) => {
    await rig.run('start');
    const pid = await pidOfSupervisor(rig);
    const again = await rig.run('start');
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`was already running (pid ${pid})`),
    });
    expect(await pidOfSupervisor(rig)).toBe(pid);
    await rig.run('stop');
    expect(await rig.run('stop')).toEqual({
      code: 0,
      stdout: 'The supervisor was not running.\n',
      stderr: '',
    });
  });

  test('several starts at once leave one supervisor', async ({ rig }) => {
    const results = await Promise.all([rig.run('start'), rig.run('start'), rig.run('start')]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    const pid = await pidOfSupervisor(rig);
    for (const { stdout } of results) expect(stdout).toContain(`(pid ${pid})`);
    await rig.run('stop');
  });

  test('start fails when the supervisor ends at once, with its last words', async ({ rig }) => {
    const selfCommand = [process.execPath, '-e', 'console.error("no luck\\ntoday"); process.exit(7)', '--'];
    const cli = { env: rig.environment, clock: systemClock, out: openOutput({}), exitCode: 0 };
    await rig.run('list');
    const result = await startSupervisor(
      { ...cli, stateDir: rig.home, selfCommand },
      await rig.bridge,
      20_000,
    );
    expect(result).toEqual({ kind: 'failed', message: 'it exited immediately. It printed: no luck / today' });
  });

  test('start fails when the supervisor does not come up in time, and says where to look', async ({
    rig,
  }) => {
    const { code, stdout, stderr } = await rig.run('start', '--timeout', '0s');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^bridge-supervisor: the supervisor did not start: it is running \(pid \d+\) but .*start\.log\n$/,
    );
    await eventually(async () => expect(await pidOfSupervisor(rig)).toBeDefined());
    await rig.run('stop');
  });

  test('restart replaces the supervisor, or starts one', async ({ rig }) => {
    const first = await rig.run('restart');
    expect(first.stdout).toMatch(/^The supervisor was not running\.\nThe supervisor is running/);
    const before = await pidOfSupervisor(rig);
    const second = await rig.run('restart');
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(
      new RegExp(`^Stopped the supervisor \\(pid ${before}\\)\\.\nThe supervisor is running`),
    );
    expect(await pidOfSupervisor(rig)).not.toBe(before);
    await rig.run('stop');
  });

  test('restart with a configuration that cannot be used stops nothing', async ({ rig }) => {
    await rig.run('start');
    const pid = await pidOfSupervisor(rig);
    await rig.configure('{"concurrency": 0}');
    expect((await rig.run('restart')).code).toBe(1);
    expect(await pidOfSupervisor(rig)).toBe(pid);
    expect(await identify(pid ?? 0)).toBeDefined();
    await rig.run('stop');
  });
});

describe.skipIf(onWindows)('stop of a supervisor (needs signals)', () => {
  test('stop signals a supervisor that does not hear the request', async ({ rig }) => {
    const deaf = rig.sleeper();
    await holdLease(await rig.bridge, await identityOf(deaf));
    const { code, stdout } = await rig.run('stop', '--timeout', '100ms');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Stopped the supervisor (pid ${deaf.pid}, ended by SIGINT).\n`,
    });
    expect(deaf.signalCode).toBe('SIGINT');
  });

  test('stop does not wait long for a supervisor that does not renew its lease, and start points to restart', async ({
    rig,
  }) => {
    const frozen = rig.sleeper();
    const past: Clock = { ...systemClock, now: () => new Date(Date.now() - 90_000) };
    const early = await openBridge(rig.home, past);
    await holdLease(early, await identityOf(frozen));
    await early.close();
    const refused = await rig.run('start');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('bridge-supervisor restart');
    expect((await rig.run('stop')).stdout).toContain(`(pid ${frozen.pid}, ended by SIGINT)`);
  });

  test('stop spares a stranger that was given the pid of a supervisor', async ({ rig }) => {
    const stranger = rig.sleeper();
    await holdLease(await rig.bridge, { pid: stranger.pid ?? 0, startedAt: 'another start' });
    expect(await rig.run('stop')).toMatchObject({ code: 0, stdout: 'The supervisor was not running.\n' });
    expect(await identify(stranger.pid ?? 0)).toBeDefined();
  });

  test('stop ends runs that a dead supervisor left behind, and names them', async ({ rig }) => {
    await holdLease(await rig.bridge, NOBODY);
    await rig.send('# A\n\nx\n');
    const claude = rig.sleeper();
    const run = await beginRun(await rig.bridge, await identityOf(claude));
    const grandchild = rig.sleeper({ BRIDGE_RUN_ID: run.id });
    const stranger = rig.sleeper({ BRIDGE_RUN_ID: 'another run' });
    const { code, stdout } = await rig.run('stop');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `The supervisor was not running.\nStopped a run it left behind: ${run.id} of project ${run.projectId} (SIGINT).\n`,
    );
    await eventually(() => expect(grandchild.signalCode).toBe('SIGTERM'));
    expect(await identify(stranger.pid ?? 0)).toBeDefined();
  });

  test('stop finds a run whose process was never recorded by its mark', async ({ rig }) => {
    await holdLease(await rig.bridge, NOBODY);
    await rig.send('# A\n\nx\n');
    const run = await beginRun(await rig.bridge, NOBODY);
    const claude = rig.sleeper({ BRIDGE_RUN_ID: run.id });
    expect((await rig.run('stop')).stdout).toContain(`Stopped a run it left behind: ${run.id}`);
    await eventually(() => expect(claude.signalCode).not.toBeNull());
  });

  test('stop ends a run under way with its supervisor, and its project keeps its place', async ({ rig }) => {
    const { id } = await rig.send('# A\n\nx\n');
    await rig.runWith({ env: await silentClaude(rig) }, 'start');
    const claude = await claudeOf(rig, id);
    const { code, stdout } = await rig.run('stop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stopped the supervisor \(pid \d+\)\.\n$/);
    expect(await isAlive(claude)).toBe(false);
    const { project, runs } = granted(await projectDetails(await rig.bridge, id));
    expect(project.status).toBe('in_progress');
    expect(runs).toMatchObject([{ outcome: { kind: 'interrupted' } }]);
  });
});

describe.skipIf(onWindows)('run (needs signals)', () => {
  test('run works in the foreground, repeats its log on stdout, and exits 0 on SIGTERM', async ({ rig }) => {
    const running = rig.start({}, 'run');
    await running.prints(/supervisor\.started/);
    expect(await pidOfSupervisor(rig)).toBe(running.child.pid);
    const schema = JSON.parse(await readFile(join(rig.home, 'config.schema.json'), 'utf8'));
    expect(schema.properties).toHaveProperty('concurrency');
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(await readFile(join(rig.home, 'loop.log'), 'utf8'));
    expect(await pidOfSupervisor(rig)).toBeUndefined();
  });

  test('run --quiet prints nothing', async ({ rig }) => {
    const running = rig.start({}, 'run', '--quiet');
    await eventually(async () => expect(await pidOfSupervisor(rig)).toBe(running.child.pid));
    running.child.kill('SIGINT');
    expect(await running.ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('run refuses a second supervisor with the pid of the first', async ({ rig }) => {
    const first = rig.start({}, 'run');
    await first.prints(/supervisor\.started/);
    const second = await rig.run('run');
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: `bridge-supervisor: another supervisor (pid ${first.child.pid}) is already running on ${rig.home}. Look with: bridge-supervisor status\n`,
    });
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });

  test('run goes on when nobody reads its stdout any more', async ({ rig }) => {
    const running = rig.start({}, 'run');
    await running.prints(/supervisor\.started/);
    running.child.stdout?.destroy();
    await rig.run('pause');
    await rig.run('resume');
    await eventually(async () =>
      expect(await readFile(join(rig.home, 'loop.log'), 'utf8')).toContain('hold.ended'),
    );
    expect((await rig.run('status')).code).toBe(0);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('run ends at once at a second signal; stop ends what it leaves', async ({ rig }) => {
    await rig.configure({ drain_timeout: '10m' });
    const { id } = await rig.send('# A\n\nx\n');
    const running = rig.start({ env: await silentClaude(rig) }, 'run');
    const claude = await claudeOf(rig, id);
    running.child.kill('SIGTERM');
    await running.prints(/supervisor\.stopping/);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toBe('bridge-supervisor: stopped immediately; the next supervisor adopts running work\n');
    expect(await isAlive(claude)).toBe(true);
    expect((await rig.run('stop')).stdout).toContain('Stopped a run it left behind');
    expect(await isAlive(claude)).toBe(false);
  });
});

test('an MCP server ends when its client is gone, having written nothing', async ({ rig }) => {
  for (const side of ['desktop', 'code'])
    expect(await rig.run('mcp', side)).toEqual({ code: 0, stdout: '', stderr: '' });
});
