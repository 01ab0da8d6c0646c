/** Claude hangs, talks, refuses to go, litters, and writes what no program should. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { makeControlGroup, pidsInControlGroup, removeControlGroup } from '../../src/machine/control-group.ts';
import { identify, isAlive } from '../../src/machine/identity.ts';
import type { Rig } from '../e2e/rig.ts';
import { eventually } from '../eventually.ts';
import {
  closeInput,
  deaf,
  errors,
  exit,
  hang,
  init,
  type Left,
  leave,
  type Puppet,
  result,
  say,
  submit,
  talk,
  update,
  wait,
  work,
  write,
} from './puppet.ts';
import { test } from './rig.ts';

describe('a misbehaving Claude', () => {
  test('a Claude that fails at once is tried a bounded number of times with growing waits, then a person is asked; other plans go on', async ({
    rig,
    puppet,
  }) => {
    const broken = await rig.send('# Broken\nDo it.');
    await puppet.playsFor(broken, [errors('segmentation fault'), exit(139)]);
    await rig.startSupervisor();
    const healthy = await rig.send('# Healthy\nDo it.');
    await rig.until(healthy, 'awaiting_approval');
    await rig.happened('project.needs_attention', broken);
    const { runs, project } = await rig.details(broken);
    expect(runs.length).toBe(3);
    expect(project.attention).toContain('segmentation fault');
    const waits = runs.slice(1).map((run, n) => time(run.createdAt) - time(runs[n]?.endedAt));
    expect(waits[0]).toBeGreaterThanOrEqual(2_000);
    expect(waits[1]).toBeGreaterThanOrEqual(4_000);
  });

  test('a Claude that never says a word is ended, and started again', async ({ rig, puppet }) => {
    await rig.configure({ start_timeout: '3s' });
    await puppet.plays([hang], work);
    await rig.startSupervisor();
    const id = await rig.send('# Mute\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'no_init' });
  });

  test('a Claude that falls silent is ended, and the same session is resumed', async ({ rig, puppet }) => {
    await rig.configure({ silence_timeout: '1s' });
    await puppet.plays([init(), say('Thinking'), hang], work);
    await rig.startSupervisor();
    const id = await rig.send('# Silent\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'stalled' });
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
    expect((await puppet.witness()).map(({ event }) => event)).toContain('interrupted');
  });

  test('a Claude that talks for ever is ended by its time limit, and a person decides', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ run_timeout: '2s' });
    await puppet.plays([init(), talk]);
    await rig.startSupervisor();
    const id = await rig.send('# Chatty\nDo it.');
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).runs[0]?.outcome).toMatchObject({ kind: 'timed_out' });
  });

  test('a Claude that ignores interrupt, SIGINT and SIGTERM is killed after its grace, and the log says so', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ silence_timeout: '1s' });
    await puppet.plays([init(), deaf, hang], work);
    await rig.startSupervisor();
    const id = await rig.send('# Deaf\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'stalled' });
    const ignored = (await puppet.witness()).filter(({ event }) => event === 'ignored');
    expect(ignored.length).toBe(2);
    await rig.logged(new RegExp(`run\\.stopped .*run=${runs[0]?.id} .*by=SIGKILL`));
  });

  test('a Claude that is stopped, as by SIGSTOP, is woken to be ended, and started again', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ silence_timeout: '1s' });
    await puppet.plays([init(), wait('stopped')], work);
    await rig.startSupervisor();
    const id = await rig.send('# Stopped\nDo it.');
    await puppet.reached('stopped');
    await rig.happened('run.ready', id);
    for (const pid of await puppet.living()) process.kill(pid, 'SIGSTOP');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind)[0]).toBe('stalled');
  });

  test('a Claude that does not exit after its result is ended, and what it submitted counts', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ exit_timeout: '1s' });
    await puppet.plays([init(), submit(), result(), hang]);
    await rig.startSupervisor();
    const id = await rig.send('# Lingering\nDo it.');
    await rig.happened('run.ended', id);
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
  });

  test('a Claude that closes its input unread breaks nothing, and its exit code decides', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([closeInput, exit(3)], work);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# Deafened\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'crashed', code: 3 });
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a Claude that exits with 0 and has submitted nothing is no success', async ({ rig, puppet }) => {
    await puppet.plays([init(), say('All done'), result(), exit(0)], work);
    await rig.startSupervisor();
    const id = await rig.send('# Boastful\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'no_completion' });
  });
});

const hasControlGroups = await canMakeControlGroups();

describe('processes that Claude leaves behind', () => {
  const ALL: readonly Left[] = [
    'in the group',
    'in a session of its own',
    'ignoring TERM',
    'holding the output',
    'without its environment',
  ];

  test('processes left in the group, in another session, ignoring SIGTERM, holding the output or without environment end with the run', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), ...ALL.map(leave), wait('seen'), submit(), result()]);
    await rig.startSupervisor();
    const id = await rig.send('# Littering\nDo it.');
    await puppet.reached('seen');
    const left = await leftBehind(puppet);
    expect(left.length).toBe(ALL.length);
    for (const identity of left) expect(await isAlive(identity)).toBe(true);
    await puppet.open('seen');
    await rig.happened('run.ended', id);
    for (const identity of left) expect(await isAlive(identity)).toBe(false);
  });

  test('processes left behind end with the run, even more of them than the supervisor may open files', async ({
    rig,
    puppet,
  }) => {
    const others = Array.from({ length: 60 }, () => spawn('sleep', ['1000'], { stdio: 'ignore' }));
    try {
      await puppet.plays([init(), leave('in a session of its own'), wait('seen'), submit(), result()], work);
      const supervisor = rig.launch(['run'], ['sh', '-c', 'ulimit -n 50 && exec "$@"', 'sh']);
      const id = await rig.send('# Crowded\nDo it.');
      await puppet.reached('seen');
      const left = await leftBehind(puppet);
      await puppet.open('seen');
      await rig.happened('run.ended', id);
      for (const identity of left) expect(await isAlive(identity)).toBe(false);
      expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    } finally {
      for (const child of others) child.kill('SIGKILL');
    }
  });

  test.skipIf(!hasControlGroups)(
    'a daemon without environment, in a session of its own, with no living parent, ends with the run (needs control groups)',
    async ({ rig, puppet }) => {
      await puppet.plays([init(), wait('gathered'), leave('as a daemon'), wait('seen'), submit(), result()]);
      await rig.startSupervisor();
      const id = await rig.send('# Daemon\nDo it.');
      await puppet.reached('gathered');
      const { runId } = await rig.happened('run.started', id);
      // Claude starts its first program some hundred milliseconds after itself; a puppet would do so at once.
      await eventually(async () => expect(await pidsInControlGroup(`bridge-run-${runId}`)).not.toEqual([]));
      await puppet.open('gathered');
      await puppet.reached('seen');
      const [daemon] = await leftBehind(puppet);
      if (!daemon) throw new Error('no daemon');
      try {
        expect(await isAlive(daemon)).toBe(true);
        await puppet.open('seen');
        const ended = await rig.happened('run.ended', id);
        expect(await isAlive(daemon)).toBe(false);
        expect(await pidsInControlGroup(`bridge-run-${ended.runId}`)).toEqual([]);
      } finally {
        if (await isAlive(daemon)) process.kill(daemon.pid, 'SIGKILL');
      }
    },
  );

  test('processes left by a Claude killed while no supervisor runs are ended by the next one', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), leave('ignoring TERM'), leave('in the group'), wait('seen')], work);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Orphans\nDo it.');
    await puppet.reached('seen');
    const left = await leftBehind(puppet);
    await first.end('SIGKILL');
    for (const pid of await puppet.living()) process.kill(pid, 'SIGKILL');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    for (const identity of left) expect(await isAlive(identity)).toBe(false);
  });
});

describe('output that Claude writes', () => {
  test('20 MB on one line are passed over and counted, memory stays flat, the run goes on', async ({
    rig,
    puppet,
  }) => {
    const chunk = `${'x'.repeat(1_000_000)}`;
    await puppet.plays([
      init(),
      wait('before'),
      write(chunk, 20),
      write('\n'),
      wait('after'),
      submit(),
      result(),
    ]);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# Long-winded\nDo it.');
    await puppet.reached('before');
    await puppet.open('before');
    await puppet.reached('after');
    await puppet.open('after');
    const { runs } = await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    await rig.logged(/run\.lines_skipped .*lines=1/);
    expect((await stat(output(rig, runs[0]?.id))).size).toBeGreaterThan(20_000_000);
    expect(await peakMemory(supervisor.pid)).toBeLessThan(250e6);
  });

  test('more output than the owner allows ends the run at once, its output is kept, and a person decides', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ run_output_max_mb: 2 });
    await puppet.plays([init(), write(`${'x'.repeat(1_000_000)}\n`, 4), hang]);
    await rig.startSupervisor();
    const id = await rig.send('# Endless\nDo it.');
    await rig.happened('project.needs_attention', id);
    const { runs, project } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['output_too_large']);
    expect(project.attention).toContain('2 MB');
    expect((await stat(output(rig, runs[0]?.id))).size).toBeGreaterThan(2_000_000);
  });

  test('invalid UTF-8, NUL and escape codes are kept raw in the output, and the log stays clean', async ({
    rig,
    puppet,
  }) => {
    const hostile = Buffer.concat([
      Buffer.from('\x1b[2J\x1b]0;owned\x07'),
      Buffer.of(0xff, 0xfe, 0, 0xc3),
      Buffer.from('\r\n'),
    ]);
    await puppet.plays(
      [init(), write(hostile), update('\x1b[31mred\x00\u202e'), errors('\x1b[2Jdied \x07'), exit(7)],
      [init(), write(hostile), submit('\x1b[2J<script>alert(1)</script>\x00 done'), result()],
    );
    await rig.startSupervisor();
    const id = await rig.send('# Hostile\nDo it.');
    const { runs, completions, updates } = await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await readFile(output(rig, runs[0]?.id))).includes(hostile)).toBe(true);
    expect(runs[0]?.outcome).toMatchObject({
      kind: 'crashed',
      code: 7,
      stderr: expect.stringContaining('died'),
    });
    const shown = [await rig.log(), JSON.stringify([completions, updates, runs])].join('');
    const lines = shown.replaceAll('\n', '');
    expect(lines).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]|\\u00[01]/);
    const listed = await rig.command('show', id);
    expect(listed.stdout).toContain('<script>alert(1)</script> done');
    expect(listed.stdout.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f\u202e]/);
  });

  test('half a line before a good exit is never a success', async ({ rig, puppet }) => {
    await puppet.plays([init(), write('{"type":"assistant","message":{"con'), exit(0)], work);
    await rig.startSupervisor();
    const id = await rig.send('# Cut off\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.outcome).toMatchObject({ kind: 'output_truncated' });
  });

  test('lines that are no events, and events of an unknown kind, are passed over', async ({
    rig,
    puppet,
  }) => {
    const odd = [
      'null',
      '[]',
      '42',
      '"text"',
      '{"type":"system"}',
      '{"type":"result"}',
      '{"type":"assistant"}',
    ];
    const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    await puppet.plays([init(), write(`${odd.join('\n')}\n\n${nested}\nnot json\n`), submit(), result()]);
    await rig.startSupervisor();
    const id = await rig.send('# Odd\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.length).toBe(1);
  });
});

async function canMakeControlGroups(): Promise<boolean> {
  const made = await makeControlGroup('bridge-test');
  const entered = made !== undefined && (await isWritable(join(made, 'cgroup.procs')));
  await removeControlGroup('bridge-test');
  return entered;
}

async function isWritable(file: string): Promise<boolean> {
  return access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function output(rig: Rig, runId: string | undefined): string {
  return join(rig.home, 'runs', `${runId}.jsonl`);
}

function time(text: string | null | undefined): number {
  return Date.parse(text ?? '');
}

async function leftBehind(puppet: Puppet) {
  const left = (await puppet.witness()).flatMap((note) => note.left ?? []);
  return Promise.all(left.map(async (pid) => ({ pid, startedAt: (await identify(pid))?.startedAt ?? '' })));
}

/** The most memory that a process ever took, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_000;
}
