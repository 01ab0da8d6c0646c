/** The machine stays awake while Claude works, and no longer. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { identify, type ProcessIdentity } from '../../src/machine/identity.ts';
import { init, type Puppet, result, submit, wait } from '../faults/puppet.ts';
import { test as base } from '../faults/rig.ts';
import { waitUntil } from './rig.ts';

interface Call {
  readonly pid: number;
  readonly args: string;
  /** Nothing when it has ended. */
  readonly process: ProcessIdentity | undefined;
}

interface Inhibitor {
  /** All calls so far of the program that keeps the machine awake. */
  calls(): Promise<Call[]>;
  /** Waits until the last of so many calls lives. */
  holds(calls?: number): Promise<Call>;
  /** Waits until none of them lives. */
  letsGo(): Promise<void>;
}

/** A stand-in for `systemd-inhibit` that notes how it is called. */
const test = base.extend<{ inhibitor: Inhibitor }>({
  inhibitor: async ({ rig }, use) => {
    const bin = join(rig.root, 'bin');
    const record = join(rig.root, 'inhibited');
    await mkdir(bin);
    await writeFile(join(bin, 'systemd-inhibit'), `#!/bin/sh\necho "$$ $*" >> '${record}'\nexec cat\n`);
    await chmod(join(bin, 'systemd-inhibit'), 0o755);
    rig.environment.PATH = [bin, rig.environment.PATH].join(delimiter);
    rig.environment.BRIDGE_KEEP_AWAKE = 'true';
    const calls = async () => {
      const text = await readFile(record, 'utf8').catch(() => '');
      const lines = [...text.matchAll(/^(\d+) (.*)$/gm)];
      return Promise.all(
        lines.map(async ([, pid, args = '']) => ({
          pid: Number(pid),
          args,
          process: await identify(Number(pid)),
        })),
      );
    };
    await use({
      calls,
      async holds(count = 1) {
        let last: Call | undefined;
        const isHeld = async () => {
          const all = await calls();
          last = all.at(-1);
          return all.length === count && last?.process !== undefined;
        };
        await waitUntil(isHeld, 'the machine to be kept awake', rig.log);
        if (!last) throw new Error('nobody called');
        return last;
      },
      letsGo: () =>
        waitUntil(async () => (await calls()).every(({ process }) => !process), 'the machine to be let go'),
    });
  },
});

/** Claude stands still in the midst of its work. */
async function stillAtWork(puppet: Puppet): Promise<void> {
  await puppet.plays([init(), wait('more'), submit(), result()]);
}

test('the system is kept awake while a run is under way, and not while its work waits for a person', async ({
  rig,
  puppet,
  inhibitor,
}) => {
  await stillAtWork(puppet);
  await rig.startSupervisor();
  const id = await rig.send('# Awake\nDo it.');
  const { args, pid } = await inhibitor.holds();
  expect(args).toBe('--what=sleep:idle --mode=block --who=bridge-supervisor --why=Claude is at work cat');
  // It is none of the run's processes: no sweep is to end it.
  expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('BRIDGE_');
  await puppet.reached('more');
  await puppet.open('more');
  await rig.until(id, 'awaiting_approval');
  await inhibitor.letsGo();
  expect((await inhibitor.calls()).length).toBe(1);
  expect(await rig.log()).not.toContain('awake.');
});

test('the system is kept awake until the supervisor has stopped its runs, and no longer than it lives', async ({
  rig,
  puppet,
  inhibitor,
}) => {
  await stillAtWork(puppet);
  const supervisor = await rig.startSupervisor();
  await rig.send('# Stopped\nDo it.');
  await inhibitor.holds();
  await puppet.reached('more');
  expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect((await inhibitor.calls()).map(({ process }) => process)).toEqual([undefined]);
});

test('the system may sleep after the supervisor was killed, until the next one adopts its runs', async ({
  rig,
  puppet,
  inhibitor,
}) => {
  await stillAtWork(puppet);
  const first = await rig.startSupervisor();
  const id = await rig.send('# Killed\nDo it.');
  await inhibitor.holds();
  await puppet.reached('more');
  await rig.happened('run.ready', id);
  await first.end('SIGKILL');
  await inhibitor.letsGo();
  expect((await puppet.living()).length).toBe(1);
  await rig.startSupervisor();
  await inhibitor.holds(2);
  await puppet.open('more');
  await rig.until(id, 'awaiting_approval');
  await inhibitor.letsGo();
});

test('the system may sleep when the owner does not want it kept awake', async ({ rig, inhibitor }) => {
  rig.environment.BRIDGE_KEEP_AWAKE = 'false';
  await rig.startSupervisor();
  await rig.until(await rig.send('# Asleep\nDo it.'), 'awaiting_approval');
  expect(await inhibitor.calls()).toEqual([]);
});

test('a system that cannot be kept awake is reported once, and the work is done', async ({
  rig,
  inhibitor,
}) => {
  rig.environment.PATH = dirname(process.execPath);
  await rig.startSupervisor();
  for (const title of ['First', 'Second']) {
    const id = await rig.send(`# ${title}\nDo it.`);
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
  }
  await rig.logged('awake.');
  const said = (await rig.log()).split('\n').filter((line) => line.includes('awake.'));
  expect(said).toEqual([
    expect.stringMatching(/ WARN {2}awake\.unavailable reason="there is no systemd-inhibit here" /),
  ]);
  expect(await inhibitor.calls()).toEqual([]);
});

test("the work is done with this system's own sleep inhibitor, whatever it answers", async ({
  rig,
  puppet,
}) => {
  rig.environment.BRIDGE_KEEP_AWAKE = 'true';
  await stillAtWork(puppet);
  const supervisor = await rig.startSupervisor();
  const id = await rig.send('# Real\nDo it.');
  await puppet.reached('more');
  await puppet.open('more');
  await rig.until(id, 'awaiting_approval');
  await supervisor.end('SIGTERM');
  const said = (await rig.log()).split('\n').filter((line) => line.includes('awake.'));
  expect(said.length).toBeLessThanOrEqual(1);
});
