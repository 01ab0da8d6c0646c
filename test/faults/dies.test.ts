/** Supervisor and Claude die, alone and together, and at every moment of a run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { identify } from '../../src/machine/identity.ts';
import { processesIn, waitUntil } from '../e2e/rig.ts';
import { exit, hang, init, result, submit, update, wait, work } from './puppet.ts';
import { tamper, test } from './rig.ts';

describe('a killed supervisor', () => {
  test('Claude works on after its supervisor is killed; the next supervisor adopts it, and nothing runs twice', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('adopted'), submit(), result()]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Orphan\nDo it.');
    await puppet.reached('adopted');
    await first.end('SIGKILL');
    expect((await puppet.living()).length).toBe(1);
    await rig.startSupervisor();
    await puppet.open('adopted');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
  });

  test('a supervisor killed five times in one run leaves the same process, and one submission', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('the end'), submit(), result()]);
    const id = await rig.send('# Much disturbed\nDo it.');
    for (let n = 0; n < 5; n++) {
      const supervisor = await rig.startSupervisor();
      await puppet.reached('the end');
      await rig.happened('run.ready', id);
      await supervisor.end('SIGKILL');
    }
    await rig.startSupervisor();
    await puppet.open('the end');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });

  test('a supervisor killed together with Claude, as by a power cut, resumes the same session and tells it so', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), update('Half way'), wait('never')], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Both at once\nDo it.');
    await puppet.reached('never');
    await first.end('SIGKILL');
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await rig.startSupervisor();
    const { runs, project } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'lost' });
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
    expect(project.tries).toBe(0);
    expect((await puppet.prompts(id))[1]).toContain('cut short');
  });

  test('a submission stored before the supervisor was killed is not repeated', async ({ rig, puppet }) => {
    await puppet.plays([init(), wait('nobody watches'), submit(), result()]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Unseen\nDo it.');
    await puppet.reached('nobody watches');
    await first.end('SIGKILL');
    await puppet.open('nobody watches');
    await rig.until(id, 'verifying');
    await waitUntil(async () => (await puppet.living()).length === 0, 'Claude to end');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
  });

  test('a failure of Claude that no supervisor saw is read from its output, with what follows', async ({
    rig,
    puppet,
  }) => {
    const overloaded = { is_error: true, api_error_status: 500, result: 'Overloaded' };
    await puppet.plays([init(), wait('nobody watches'), result(overloaded), exit(1)], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Failed unseen\nDo it.');
    await puppet.reached('nobody watches');
    await first.end('SIGKILL');
    await puppet.open('nobody watches');
    await waitUntil(async () => (await puppet.living()).length === 0, 'Claude to end');
    await rig.startSupervisor();
    await rig.happened('run.ended', id);
    const { runs, project } = await rig.details(id);
    expect(runs[0]?.outcome).toMatchObject({ kind: 'api_error', status: 500 });
    expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'service_unavailable' }]);
  });

  test('a decision made while the supervisor is down is honoured', async ({ rig, puppet }) => {
    const first = await rig.startSupervisor();
    const id = await rig.send('# Approved meanwhile\nDo it.');
    const again = await rig.send('# Rejected meanwhile\nDo it.');
    for (const one of [id, again]) {
      await rig.until(one, 'awaiting_approval');
      await rig.happened('run.ended', one);
    }
    await first.end('SIGKILL');
    await approve(rig.bridge, id, 'desktop');
    await reject(rig.bridge, again, 'Not yet', 'desktop');
    await rig.startSupervisor();
    await rig.until(id, 'complete');
    const { project } = await rig.until(again, 'awaiting_approval');
    expect(project.round).toBe(2);
    expect((await puppet.prompts(again))[1]).toContain('Not yet');
  });

  test('a stranger with the process number of a killed supervisor’s Claude is not touched', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('never')], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Recycled\nDo it.');
    await puppet.reached('never');
    await first.end('SIGKILL');
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await beside(async (stranger) => {
      // Numbers are given away anew too seldom to wait for.
      tamper(rig, 'UPDATE runs SET pid = ?', stranger);
      await rig.startSupervisor();
      await rig.until(id, 'awaiting_approval');
    });
  });

  test('a process of the same number and start after a reboot is not Claude', async ({ rig, puppet }) => {
    await puppet.plays([init(), wait('never')], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Rebooted\nDo it.');
    await puppet.reached('never');
    await first.end('SIGKILL');
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await beside(async (stranger) => {
      const startedAt = (await identify(stranger))?.startedAt.replace(/^[^:]*/, 'another-boot');
      tamper(rig, 'UPDATE runs SET pid = ?, pid_started_at = ?', stranger, startedAt);
      tamper(rig, 'UPDATE supervisor SET pid = ?, pid_started_at = ?', stranger, startedAt);
      await rig.startSupervisor();
      const { runs } = await rig.until(id, 'awaiting_approval');
      expect(runs.map(({ kind }) => kind)).toEqual(['execute', 'resume']);
    });
  });
});

describe('a killed Claude', () => {
  test('a killed Claude is resumed in the same session at once, and the try counts', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays(
      [init(), update('Half way'), wait('the shot'), hang],
      [init(), wait('seen'), submit(), result()],
    );
    await rig.startSupervisor();
    const id = await rig.send('# Shot\nDo it.');
    await puppet.reached('the shot');
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).project).toMatchObject({ status: 'in_progress', tries: 1 });
    await puppet.open('seen');
    const { runs, project } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' });
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
    expect(project.tries).toBe(0);
  });

  test('a killed Claude leaves no MCP server behind, even while no supervisor runs', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), update('Connected'), wait('the shot'), hang], work);
    const first = await rig.startSupervisor();
    await rig.send('# Deserted server\nDo it.');
    await puppet.reached('the shot');
    await first.end('SIGKILL');
    const servers = async () =>
      (await processesIn(rig.root)).filter(({ command }) => command.endsWith('mcp code'));
    expect((await servers()).length).toBe(1);
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await waitUntil(async () => (await servers()).length === 0, 'the server to end');
  });
});

/** A process that is none of ours; fails when it does not live to the end of `work`. */
async function beside(work: (pid: number) => Promise<void>): Promise<void> {
  const stranger = spawn('tail', ['-f', '/dev/null'], { detached: true, stdio: 'ignore' });
  const ended = once(stranger, 'exit');
  try {
    await work(stranger.pid ?? 0);
    expect(stranger.exitCode ?? stranger.signalCode, 'the stranger was ended').toBeNull();
  } finally {
    stranger.kill('SIGKILL');
    await ended;
  }
}
