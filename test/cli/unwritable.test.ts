/** A supervisor whose store cannot be written at this moment does nothing: nobody may be told that it runs. */

import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { holdStore } from '../store/raw.ts';
import { type Rig, test } from './rig.ts';
import { holdLease, thisProcess } from './stories.ts';

async function expectHonest(rig: Rig, why: RegExp): Promise<void> {
  const { code, stdout } = await rig.run('status');
  expect(stdout).toMatch(/^Supervisor: cannot write the store \(pid /);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(why);
  expect(code).toBe(3);
  const json = await rig.run('status', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    supervisor: { state: 'running', store_writable: false },
  });
  expect(json.code).toBe(3);
  const doctor = await rig.run('doctor', 'supervisor');
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /problem The supervisor \(pid \d+\) cannot write to its database: /,
  );
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(why);
  expect(doctor.code).toBe(1);
}

async function expectWell(rig: Rig): Promise<void> {
  expect((await rig.run('status')).stdout).toMatch(/^Supervisor: running for /);
}

test('status and doctor say so while another program holds the store, and no longer', async ({ rig }) => {
  await holdLease(await rig.bridge, await thisProcess());
  {
    using _held = holdStore(rig.home);
    await expectHonest(rig, /bridge\.db: the database is locked by another process/);
  }
  await expectWell(rig);
});

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args).status === 0;
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-mount-'));
  const mounted = mount('-t', 'tmpfs', 'tmpfs', folder);
  if (mounted) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted;
}

describe.skipIf(!canMount())('a disk of its own (needs to mount one)', () => {
  async function withDisk(rig: Rig, work: () => Promise<void>): Promise<void> {
    mkdirSync(rig.home, { mode: 0o700 });
    expect(mount('-t', 'tmpfs', '-o', 'size=40m,mode=0700', 'tmpfs', rig.home)).toBe(true);
    try {
      await holdLease(await rig.bridge, await thisProcess());
      await work();
    } finally {
      await (await rig.bridge).close();
      spawnSync('umount', [rig.home]);
    }
  }

  test('status and doctor say so while the disk is full', async ({ rig }) => {
    await withDisk(rig, async () => {
      const filler = join(rig.home, 'filler');
      const { bavail, bsize } = statfsSync(rig.home);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      await expectHonest(rig, /bridge\.db: the disk is full/);
      rmSync(filler);
      await expectWell(rig);
    });
  });

  test('status and doctor say so while the disk is read-only', async ({ rig }) => {
    await withDisk(rig, async () => {
      // With the database open the kernel would refuse it.
      await (await rig.bridge).close();
      expect(mount('-o', 'remount,ro', rig.home)).toBe(true);
      for (const command of [['status'], ['status', '--json'], ['doctor', 'database', 'supervisor']]) {
        const { code, stdout, stderr } = await rig.run(...command);
        expect(code).not.toBe(0);
        expect(stdout).not.toMatch(/running|works/);
        expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain('cannot be written');
      }
      expect(mount('-o', 'remount,rw', rig.home)).toBe(true);
      await expectWell(rig);
    });
  });
});

test('a store with a second name is refused by every command that would write it, and doctor says how to repair it', async ({
  rig,
}) => {
  await rig.send('# One\n\nx\n');
  await (await rig.bridge).close();
  linkSync(join(rig.home, 'bridge.db'), join(rig.root, 'snapshot.db'));
  for (const command of [['run', '--quiet'], ['status'], ['list'], ['start']]) {
    const { code, stdout, stderr } = await rig.run(...command);
    expect(code).toBe(command[0] === 'run' ? 78 : 1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^bridge-supervisor: .*bridge\.db: this file has 2 names \(hard links\).*\n$/);
  }
  const doctor = await rig.run('doctor', 'database');
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(/problem .*this file has 2 names .* restore COPY\)/);
  const copy = join(rig.root, 'copy.db');
  expect((await rig.run('backup', copy)).code).toBe(0);
  expect((await rig.run('restore', copy)).code).toBe(0);
  expect((await rig.run('list')).stdout).toContain('One');
});
