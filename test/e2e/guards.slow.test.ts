/** What guards the supervisor against itself, the disk against Claude, and the person against a night in vain. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds, resume } from '../../src/bridge/holds.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { deaf, errors, hang, init, result, submit, wait, work, write } from '../faults/puppet.ts';
import { tamper, test } from '../faults/rig.ts';
import { processesIn, type Rig, waitUntil } from './rig.ts';

describe('blocked event loop', () => {
  test('a blocked event loop ends the supervisor, which says so; Claude works on, and the next start adopts it', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ loop_timeout: '1s' });
    await puppet.plays([init(), wait('meanwhile'), submit(), result()]);
    const preload = new URL('fixtures/stuck-on-signal.mjs', import.meta.url).href;
    rig.environment.NODE_OPTIONS = `--import=${preload}`;
    const stuck = rig.launch(['run', '--quiet']);
    const id = await rig.send('# Outlives it\nDo it.');
    await puppet.reached('meanwhile');
    process.kill(stuck.pid, 'SIGUSR2');
    expect(await stuck.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const { stderr } = await stuck.output;
    expect(stderr).toMatch(/^\S+ ERROR supervisor\.stuck pid=\d+ seconds=1 ".*"\n$/);
    await rig.logged(stderr);
    expect((await puppet.living()).length).toBe(1);

    await rig.startSupervisor();
    await rig.logged(/run\.adopted .*alive=true/);
    await puppet.open('meanwhile');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.length).toBe(1);
  });
});

describe('a run that writes without end', () => {
  const event = (text: string) =>
    `${JSON.stringify({ type: 'assistant', message: { id: 'm', content: [{ type: 'text', text }] } })}\n`;
  const megabyte = event('x'.repeat(9_900)).repeat(100);

  test('a run may write 300 MB, and 20 MB on one line, and the next such run takes no more memory', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([
      init(),
      write(megabyte, 300),
      write('x'.repeat(1_000_000), 20),
      write('\n'),
      submit(),
      result({ total_cost_usd: 0.25 }),
    ]);
    const supervisor = await rig.startSupervisor();
    const peaks: number[] = [];
    for (const title of ['First', 'Second']) {
      const id = await rig.send(`# ${title}\nDo it.`);
      await rig.happened('run.ended', id);
      peaks.push(await peakMemory(supervisor.pid));
      const { runs } = await rig.details(id);
      expect(runs).toMatchObject([{ outcome: { kind: 'submitted' }, costUsd: 0.25 }]);
      expect((await stat(outputOf(rig, runs[0]?.id))).size).toBeGreaterThan(310e6);
      await rig.logged(new RegExp(`run\\.lines_skipped run=${runs[0]?.id} lines=1`));
    }
    const [first = 0, second = 0] = peaks;
    expect(first).toBeLessThan(400e6);
    expect(second - first).toBeLessThan(80e6);
  });

  const floods = { output: write(megabyte, 8), 'error output': errors('y'.repeat(8_000_000)) };
  for (const [where, flood] of Object.entries(floods)) {
    test(`a run that writes more than the owner allows on its ${where} is ended at once, kept, and a person decides`, async ({
      rig,
      puppet,
    }) => {
      await rig.configure({ run_output_max_mb: 5 });
      await puppet.plays([init(), deaf, flood, hang], work);
      await rig.startSupervisor();
      const id = await rig.send('# Flood\nDo it.');
      await rig.happened('project.needs_attention', id);
      const { runs, project } = await rig.details(id);
      expect(runs[0]?.outcome).toEqual({ kind: 'output_too_large', writtenMb: 8, maxMb: 5 });
      expect(project.attention).toContain('8 MB of output; run_output_max_mb allows 5 MB');
      // Nobody asked it to go: what floods the disk has no time for that.
      expect((await puppet.witness()).map(({ event }) => event)).not.toContain('ignored');
      expect(await puppet.living()).toEqual([]);
      const files = await readdir(join(rig.home, 'runs'));
      expect(files.sort()).toEqual([`${runs[0]?.id}.jsonl`, `${runs[0]?.id}.stderr.log`]);
      await rig.command('retry', id);
      await rig.until(id, 'awaiting_approval');
    });
  }
});

describe('login', () => {
  test('a missing login at the start holds the queue before any run; `resume` retries now', async ({
    rig,
    puppet,
  }) => {
    await logOut(rig);
    const id = await rig.send('# Nobody there\nDo it.');
    await rig.startSupervisor();
    await rig.happened('hold.set');
    const [hold] = await currentHolds(rig.bridge);
    expect(hold).toMatchObject({ kind: 'not_logged_in', until: null });
    const { stdout } = await rig.command('status');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('not_logged_in: Claude is not logged in');
    expect(await rig.details(id)).toMatchObject({ project: { status: 'pending' }, runs: [] });
    expect(await puppet.witness()).toEqual([]);

    await resume(rig.bridge, 'person');
    await rig.until(id, 'awaiting_approval');
  });

  test('a missing login that is back at the next start ends the hold by itself', async ({ rig, puppet }) => {
    await logOut(rig);
    const first = await rig.startSupervisor();
    await rig.happened('hold.set');
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await rm(join(rig.root, 'puppet', 'logged-out'));
    const id = await rig.send('# Back again\nDo it.');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    expect(await currentHolds(rig.bridge)).toEqual([]);
    await rig.logged(/INFO {2}login\.checked method=puppet\n/);
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });

  test('a login check that Claude does not answer in time does not delay the stop of the supervisor', async ({
    rig,
  }) => {
    const silent = join(rig.root, 'silent-claude');
    await writeFile(silent, '#!/bin/sh\nexec tail -f /dev/null\n', { mode: 0o755 });
    rig.environment.BRIDGE_CLAUDE = silent;
    const supervisor = await rig.startSupervisor();
    await waitUntil(
      async () => (await processesIn(rig.root)).some(({ command }) => command.startsWith('tail ')),
      'Claude to be asked',
    );
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await readdir(join(rig.home, 'runs'))).toEqual([]);
  });
});

describe('output of runs', () => {
  test('the output of a finished project is removed in its time: one line says how much, `show` says so, the rest stays', async ({
    rig,
  }) => {
    const first = await rig.startSupervisor();
    const done = await rig.send('# Done\nDo it.');
    const open = await rig.send('# Open\nDo it.');
    for (const id of [done, open]) await rig.until(id, 'awaiting_approval');
    for (const id of [done, open]) await rig.happened('run.ended', id);
    await approve(rig.bridge, done, 'desktop');
    await rig.until(done, 'complete');
    await first.end('SIGTERM');

    await rig.configure({ keep_runs_mb: 0 });
    await rig.startSupervisor();
    await rig.happened('runs.output_removed');
    await rig.logged('runs.output_removed');
    expect((await rig.log()).match(/runs\.output_removed .*/g)).toEqual([
      // What Claude wrote, its errors, and the patch of the round.
      'runs.output_removed runs=1 files=3 mb=0',
    ]);
    const { runs } = await rig.details(open);
    const files = await readdir(join(rig.home, 'runs'));
    expect(files.filter((name) => name.endsWith('.jsonl'))).toEqual([`${runs[0]?.id}.jsonl`]);
    const shown = async (id: string) => (await rig.command('show', id)).stdout.replaceAll(/\s+/g, ' ');
    expect(await shown(done)).toContain('its output is no longer kept');
    expect(await shown(open)).not.toContain('its output is no longer kept');
    const { stdout } = await rig.command('show', done, '--json');
    expect(JSON.parse(stdout).runs).toMatchObject([{ outcome: { kind: 'submitted' }, output: null }]);
    for (const folder of ['plans', 'status']) expect((await readdir(join(rig.home, folder))).length).toBe(2);
  });
});

describe('unexpected errors', () => {
  test('an unexpected error at the end of a run stays with that run, is reported, and all else goes on', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('gate'), submit(), result()], work);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# One\nDo it.');
    await rig.happened('run.ready', id);
    // A file that the end of the run removes is a folder now.
    const file = join(rig.home, 'runs', `${(await rig.details(id)).runs[0]?.id}.mcp.json`);
    await rm(file);
    await mkdir(file);
    await puppet.open('gate');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
    await rig.logged(/WARN {2}run\.secrets_left .*mcp\.json/);
    await rm(file, { recursive: true });
    const next = await rig.send('# Two\nDo it.');
    await rig.until(next, 'awaiting_approval');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('an unexpected error in the store ends the supervisor once, with 1 and one line, and loses nothing', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ concurrency: 3 });
    await puppet.plays([init(), wait('both'), submit(), result()]);
    const failing = rig.launch(['run', '--quiet']);
    const ids = [await rig.send('# One\nDo it.'), await rig.send('# Two\nDo it.')];
    for (const id of ids) await rig.happened('run.ready', id);
    tamper(
      rig,
      `INSERT INTO events (project_id, run_id, type, actor, data, created_at)
       SELECT project_id, run_id, type, actor, '{', created_at FROM events LIMIT 1`,
    );
    expect(await failing.ended).toEqual({ code: 1, signal: null });
    const { stderr } = await failing.output;
    expect(stderr).toMatch(/^bridge-supervisor: unexpected error: .*JSON.*\n$/);
    expect((await rig.log()).match(/supervisor\.failed/g)).toEqual(['supervisor.failed']);

    tamper(rig, "DELETE FROM events WHERE data = '{'");
    expect((await rig.command('status')).code).toBe(3);
    await rig.startSupervisor();
    await puppet.open('both');
    for (const id of ids) {
      await rig.happened('run.ended', id);
      const { runs } = await rig.details(id);
      expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
    }
  });
});

async function logOut(rig: Rig): Promise<void> {
  await writeFile(join(rig.root, 'puppet', 'logged-out'), '');
}

function outputOf(rig: Rig, runId: string | undefined): string {
  return join(rig.home, 'runs', `${runId}.jsonl`);
}

/** The most memory that a process ever took, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_000;
}
