/** At most one supervisor works on a state folder, however it is started, frozen, blocked, stopped and hurried. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { cancel, steer } from '../../src/bridge/control.ts';
import { currentLease, requestStop } from '../../src/bridge/lease.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { identify } from '../../src/machine/identity.ts';
import type { ProjectDetails } from '../../src/project/project-details.ts';
import { type Launched, type Rig, waitUntil } from '../e2e/rig.ts';
import { init, type Puppet, result, submit, update, wait, work } from './puppet.ts';
import { has, tamper, test } from './rig.ts';

const PROMPT = fileURLToPath(new URL('../../prompts/execute.md', import.meta.url));

describe('several supervisors', () => {
  test('twenty supervisors started at the same moment leave one working, and nineteen end and name it', async ({
    rig,
    puppet,
  }) => {
    const started = Array.from({ length: 20 }, () => rig.launch(['run']));
    const id = await rig.send('# One of twenty\nDo it.');
    await rig.until(id, 'awaiting_approval');
    const holder = (await currentLease(rig.bridge))?.pid;
    const losers = started.filter(({ pid }) => pid !== holder);
    expect(losers.length).toBe(19);
    for (const { ended, output } of losers) {
      expect(await ended).toEqual({ code: 1, signal: null });
      expect((await output).stderr.trim()).toMatch(
        new RegExp(`^bridge-supervisor: another supervisor \\(pid ${holder}\\) [^\\n]*$`),
      );
    }
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });

  test('a supervisor frozen past its lease and replaced writes nothing more, ends nothing, and exits', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('replaced'), submit(), result()]);
    const frozen = rig.launch(['run']);
    const id = await rig.send('# Frozen\nDo it.');
    await puppet.reached('replaced');
    await rig.happened('run.ready', id);
    await freeze(rig, frozen.pid);
    overdue(rig);
    const holder = await rig.startSupervisor();
    process.kill(frozen.pid, 'SIGCONT');
    expect(await frozen.ended).toEqual({ code: 1, signal: null });
    expect((await frozen.output).stderr.trim().split('\n')).toEqual([
      expect.stringContaining('another supervisor has taken over'),
    ]);
    expect((await currentLease(rig.bridge))?.pid).toBe(holder.pid);
    expect((await puppet.living()).length).toBe(1);
    await puppet.open('replaced');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
  });

  describe('a frozen and replaced supervisor that wakes up', () => {
    const woken = async (frozen: Launched) => {
      process.kill(frozen.pid, 'SIGCONT');
      expect(await frozen.ended).toEqual({ code: 1, signal: null });
      expect((await frozen.output).stderr.trim().split('\n')).toEqual([
        expect.stringContaining('another supervisor has taken over'),
      ]);
    };
    const underWay = async (rig: Rig, puppet: Puppet) => {
      await puppet.plays([init(), wait('gate'), submit(), result()]);
      const frozen = rig.launch(['run']);
      const id = await rig.send('# Frozen\nDo it.');
      await puppet.reached('gate');
      await rig.happened('run.ready', id);
      await freeze(rig, frozen.pid);
      return { frozen, id };
    };
    const events = async (puppet: Puppet) => (await puppet.witness()).map(({ event }) => event);

    test('a replaced supervisor sends Claude no word and no signal when its run was cancelled', async ({
      rig,
      puppet,
    }) => {
      const { frozen, id } = await underWay(rig, puppet);
      replace(rig);
      await cancel(rig.bridge, id, '', 'person');
      await woken(frozen);
      expect(await events(puppet)).toEqual(['start', 'prompt']);
      expect((await puppet.living()).length).toBe(1);
      overdue(rig);
      await rig.startSupervisor();
      await rig.happened('run.ended', id);
      expect((await rig.details(id)).runs.map(({ outcome }) => outcome?.kind)).toEqual(['cancelled']);
    });

    test('a replaced supervisor sends Claude no word and no signal when the time of its run is over', async ({
      rig,
      puppet,
    }) => {
      await rig.configure({ run_timeout: '10s' });
      const { frozen, id } = await underWay(rig, puppet);
      replace(rig);
      await waitUntil(async () => age(await rig.details(id)) > 11_000, 'its time to be over');
      await woken(frozen);
      expect(await events(puppet)).toEqual(['start', 'prompt']);
      overdue(rig);
      await rig.configure({ run_timeout: '1h' });
      await rig.startSupervisor();
      await puppet.open('gate');
      await rig.until(id, 'awaiting_approval');
    });

    test('a replaced supervisor delivers no message that waits for its run', async ({ rig, puppet }) => {
      const { frozen, id } = await underWay(rig, puppet);
      replace(rig);
      await steer(rig.bridge, id, 'Hear, hear', 'person');
      await woken(frozen);
      expect(await events(puppet)).toEqual(['start', 'prompt']);
      overdue(rig);
      await rig.startSupervisor();
      await puppet.open('gate');
      await rig.until(id, 'awaiting_approval');
    });

    test('a replaced supervisor does not complete approved work', async ({ rig }) => {
      const frozen = rig.launch(['run']);
      const id = await rig.send('# Approved\nDo it.');
      await rig.until(id, 'awaiting_approval');
      await rig.happened('run.ended', id);
      await freeze(rig, frozen.pid);
      replace(rig);
      await approve(rig.bridge, id, 'person');
      await woken(frozen);
      expect((await rig.details(id)).project.status).toBe('approved');
      overdue(rig);
      await rig.startSupervisor();
      await rig.until(id, 'complete');
    });

    test('a replaced supervisor does not obey a stop request for its successor', async ({ rig, puppet }) => {
      await rig.configure({ drain_timeout: '30s' });
      const { frozen, id } = await underWay(rig, puppet);
      overdue(rig);
      const successor = rig.launch(['run']);
      await waitUntil(async () => (await currentLease(rig.bridge))?.pid === successor.pid, 'a successor');
      await requestStop(rig.bridge);
      const stopping = async () => (await rig.log()).match(/supervisor\.stopping/g)?.length;
      await waitUntil(async () => (await stopping()) === 1, 'it to stop');
      await woken(frozen);
      expect(await stopping()).toBe(1);
      expect(await events(puppet)).toEqual(['start', 'prompt']);
      await puppet.open('gate');
      expect(await successor.ended).toEqual({ code: 0, signal: null });
      expect((await rig.details(id)).project.status).toBe('verifying');
    });

    test.skipIf(!has('strace'))(
      'a replaced supervisor that has claimed a run does not start Claude any more (needs strace)',
      async ({ rig, puppet }) => {
        // The kernel keeps it for some seconds between the claim and the start, as it reads what to tell Claude.
        const block = ['-P', PROMPT, '-e', 'inject=openat:delay_enter=5000000:when=1'];
        const slow = rig.launch(['run'], ['strace', '-D', '-q', '-o', '/dev/null', ...block]);
        const id = await rig.send('# Claimed\nDo it.');
        await rig.happened('run.started', id);
        replace(rig);
        await woken(slow);
        expect(await puppet.witness()).toEqual([]);
        overdue(rig);
        await rig.startSupervisor();
        await rig.until(id, 'awaiting_approval');
        const { runs } = await rig.details(id);
        expect(runs[0]).toMatchObject({ spawnedAt: null, outcome: { kind: 'never_spawned' } });
        expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
      },
    );
  });

  test('a supervisor that was frozen and not replaced goes on where it was', async ({ rig, puppet }) => {
    await puppet.plays([init(), update('Half way'), wait('thaw'), submit(), result()]);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# Thawed\nDo it.');
    await puppet.reached('thaw');
    await freeze(rig, supervisor.pid);
    overdue(rig);
    await puppet.open('thaw');
    // What was submitted is measured once the run has ended, which nobody sees yet.
    await rig.until(id, 'verifying');
    process.kill(supervisor.pid, 'SIGCONT');
    await rig.until(id, 'awaiting_approval');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test.skipIf(!has('strace'))(
    'a supervisor whose event loop blocks ends itself and says so; the next adopts its run (needs strace)',
    async ({ rig, puppet }) => {
      await rig.configure({ loop_timeout: '1s' });
      const id = await rig.send('# Adopted\nDo it.');
      await puppet.playsFor(id, [init(), wait('adopted'), submit(), result()]);
      // The kernel keeps the main thread, and only that one, for four seconds as it reads what to tell its second Claude.
      const block = ['-P', PROMPT, '-e', 'inject=openat:delay_enter=4000000:when=2'];
      const stuck = rig.launch(['run'], ['strace', '-D', '-q', '-o', '/dev/null', ...block]);
      await puppet.reached('adopted');
      const next = await rig.send('# Stuck\nDo it.');
      expect(await stuck.ended).toEqual({ code: null, signal: 'SIGKILL' });
      await rig.logged('supervisor.stuck');
      await rig.startSupervisor();
      await puppet.open('adopted');
      await rig.until(id, 'awaiting_approval');
      await rig.until(next, 'awaiting_approval');
      expect((await rig.details(id)).runs.length).toBe(1);
    },
  );
});

describe('stopping', () => {
  test('a stop during a run asks Claude to end, interrupts the run and spends no try', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('stop')], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Stopped\nDo it.');
    await puppet.reached('stop');
    await rig.happened('run.ready', id);
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await puppet.witness()).map(({ event }) => event)).toContain('interrupted');
    const { runs, project } = await rig.details(id);
    expect(runs[0]?.outcome).toEqual({ kind: 'interrupted' });
    expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
  });

  test('a stop with time to drain lets the run under way finish and starts no new one', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ drain_timeout: '30s' });
    await puppet.plays([init(), wait('drain'), submit(), result()]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Drained\nDo it.');
    await puppet.reached('drain');
    const ended = first.end('SIGTERM');
    await rig.logged('supervisor.stopping');
    const late = await rig.send('# Too late\nDo it.');
    await puppet.open('drain');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect((await rig.details(id)).project.status).toBe('verifying');
    expect((await rig.details(late)).runs).toEqual([]);
  });

  test('a second stop ends the supervisor at once; Claude works on, and the next supervisor adopts it', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ drain_timeout: '30s' });
    await puppet.plays([init(), wait('hurried'), submit(), result()]);
    const first = rig.launch(['run']);
    const id = await rig.send('# Hurried\nDo it.');
    await puppet.reached('hurried');
    process.kill(first.pid, 'SIGTERM');
    await rig.logged('supervisor.stopping');
    expect(await first.end('SIGTERM')).toEqual({ code: 1, signal: null });
    expect((await puppet.living()).length).toBe(1);
    await rig.startSupervisor();
    await puppet.open('hurried');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.length).toBe(1);
  });

  test('a stop by two people at once tells both that it stopped', async ({ rig, puppet }) => {
    await puppet.plays([init(), wait('never')]);
    const supervisor = rig.launch(['run']);
    await rig.send('# Stopped by two\nDo it.');
    await puppet.reached('never');
    const stops = await Promise.all([rig.command('stop'), rig.command('stop')]);
    expect(stops.map(({ code }) => code)).toEqual([0, 0]);
    expect(await supervisor.ended).toEqual({ code: 0, signal: null });
    expect(await puppet.living()).toEqual([]);
  });

  test.skipIf(!has('strace'))(
    'a stop at any moment of the start leaves nothing that keeps the next supervisor from starting (needs strace)',
    async ({ rig }) => {
      const id = await rig.send('# Started at last\nDo it.');
      for (const [call, n] of STARTING) {
        const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=TERM:when=${n}`];
        const supervisor = rig.launch(['run'], ['strace', '-D', '-q', '-o', '/dev/null', ...inject]);
        const { code, signal } = await supervisor.ended;
        expect([0, 'SIGTERM']).toContain(signal ?? code);
        await nobody(rig);
      }
      await rig.startSupervisor();
      await rig.until(id, 'awaiting_approval');
    },
  );
});

/** Stops it where it holds no lock: in the middle of a change it would keep everybody from the store. */
async function freeze(rig: Rig, pid: number): Promise<void> {
  const store = new Sqlite(join(rig.home, 'bridge.db'), { timeout: 0 });
  await waitUntil(async () => {
    process.kill(pid, 'SIGSTOP');
    try {
      store.exec('BEGIN IMMEDIATE; ROLLBACK');
      return true;
    } catch {
      process.kill(pid, 'SIGCONT');
      return false;
    }
  }, 'it to be between two changes');
  store.close();
}

/** Gives its lease to another one, of which nothing more is there. */
function replace(rig: Rig): void {
  tamper(rig, 'UPDATE supervisor SET token = ?', 'of another supervisor');
}

function age({ runs }: ProjectDetails): number {
  return Date.now() - Date.parse(runs[0]?.spawnedAt ?? '');
}

/** Lets the lease end now, instead of waiting until it is over. */
function overdue(rig: Rig): void {
  tamper(rig, 'UPDATE supervisor SET expires_at = ?', '2000-01-01T00:00:00.000Z');
}

/** Places in a start: before our code is loaded, while it is, as the store is opened, the lease taken, a run claimed. */
const STARTING = [
  ['openat', 10],
  ['openat', 60],
  ['pwrite64', 1],
  ['fsync,fdatasync', 1],
  ['fsync,fdatasync', 2],
  ['fsync,fdatasync', 3],
] as const;

async function nobody(rig: Rig): Promise<void> {
  const lease = await currentLease(rig.bridge);
  expect(lease && (await identify(lease.pid))?.startedAt).not.toBe(lease?.pidStartedAt ?? '');
}
