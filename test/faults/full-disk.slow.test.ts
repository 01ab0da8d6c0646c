/** The disk is full, nearly full, or takes no writes at all: on a small file system of its own, made by the superuser. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import type { Prepare } from '../e2e/rig.ts';
import { init, result, submit, update, wait, work, write } from './puppet.ts';
import { test as faults } from './rig.ts';

const SIZE_MB = 12;

function mount(folder: string): boolean {
  return (
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,nr_inodes=2k,mode=0700`, 'tmpfs', folder])
      .status === 0
  );
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-mount-'));
  const mounted = mount(folder);
  if (mounted) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted;
}

const test = faults.extend<{ prepare: Prepare }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  prepare: async ({}, use) => {
    await use((home) => {
      mount(home);
      return () => void spawnSync('umount', [home]);
    });
  },
});

describe.skipIf(!canMount())('faults of the disk (needs to mount a small one)', () => {
  test('a full disk claims nothing new, keeps the run under way, and all goes on when there is room', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ disk_min_mb: 0 });
    await puppet.plays(
      [init(), wait('full'), update('Into a full disk'), wait('room'), submit(), result()],
      work,
    );
    const supervisor = rig.launch(['run']);
    const id = await rig.send('# Full\nDo it.');
    await puppet.reached('full');
    await rig.happened('run.ready', id);
    const free = fill(rig.home);
    await expect(rig.send(`# Refused\n${'words '.repeat(20_000)}`)).rejects.toMatchObject({
      problem: 'full',
    });
    await puppet.open('full');
    await puppet.reached('room');
    expect((await puppet.living()).length).toBe(1);
    free();
    const next = await rig.send('# Next\nDo it.');
    await puppet.open('room');
    await rig.until(id, 'awaiting_approval');
    await rig.until(next, 'awaiting_approval');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a full disk delays the record of a run’s end until there is room, and the log says so', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ disk_min_mb: 0 });
    await puppet.plays([init(), wait('full'), write('x'.repeat(1_000_000), 2 * SIZE_MB)], work);
    const supervisor = rig.launch(['run']);
    const id = await rig.send('# Full at its end\nDo it.');
    await puppet.reached('full');
    await rig.happened('run.ready', id);
    const free = fill(rig.home);
    await puppet.open('full');
    await supervisor.says('store.unavailable');
    free();
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind)[0]).toBe('output_truncated');
    await rig.logged('store.available');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a nearly full disk holds the queue with the reason before it is too late, until there is room', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ disk_min_mb: SIZE_MB / 2 });
    const free = fill(rig.home, 2_000_000);
    await rig.startSupervisor();
    const id = await rig.send('# Held\nDo it.');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'disk_low', reason: expect.stringContaining(rig.home) },
    ]);
    expect(await puppet.witness()).toEqual([]);
    free();
    const next = await rig.send('# Wakes it\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.until(next, 'awaiting_approval');
    expect(await currentHolds(rig.bridge)).toEqual([]);
  });

  test('a disk with room for bytes but for no more files holds the queue with the reason and spends no try, until there is room', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ disk_min_mb: 0 });
    const supervisor = await rig.startSupervisor();
    const taken = join(rig.home, 'taken');
    mkdirSync(taken);
    const leave = 3;
    for (let n = statfsSync(rig.home).ffree; n > leave; n = statfsSync(rig.home).ffree)
      writeFileSync(join(taken, String(n)), '');
    const id = await rig.send('# Held\nDo it.');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'disk_low', reason: expect.stringContaining('inodes') },
    ]);
    expect(await puppet.witness()).toEqual([]);
    rmSync(taken, { recursive: true });
    await rig.send('# Wakes it\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.length).toBe(1);
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a disk that takes no writes starts no supervisor, one line says why, and it goes on when it can be written', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ disk_min_mb: 0 });
    const id = await rig.send('# Read-only\nDo it.');
    await rig.bridge.close();
    const remount = (how: string) =>
      expect(spawnSync('mount', ['-o', `remount,${how}`, rig.home]).status).toBe(0);
    remount('ro');
    const { code, stderr } = await rig.command('run');
    expect(code).not.toBe(0);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(rig.home)]);
    expect(await puppet.witness()).toEqual([]);
    remount('rw');
    const supervisor = rig.launch(['run']);
    await expect
      .poll(async () => (await rig.command('show', id, '--json')).stdout, { interval: 500 })
      .toContain('"awaiting_approval"');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

/** Leaves only this many bytes free; what it returns gives the room back. */
function fill(folder: string, leave = 0): () => void {
  const file = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  const bytes = Math.max(bavail * bsize - leave, 0);
  try {
    writeFileSync(file, Buffer.alloc(bytes));
  } catch (error) {
    // A line of the log took some of the room meanwhile: then the disk is as full as it can be.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return () => rmSync(file);
}
