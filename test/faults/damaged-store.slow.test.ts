/** The database is damaged, lost, replaced, held or cut off: before a start, and under a supervisor at work. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { openBridge } from '../../src/bridge/bridge.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { systemClock } from '../../src/clock.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { Rig } from '../e2e/rig.ts';
import { exit, init, result, submit, update, wait, work } from './puppet.ts';
import { test } from './rig.ts';

/** A start would not help, says its exit code to a service manager. */
const GIVE_UP = 78;

type Damage = readonly [what: string, inflict: (file: string) => Promise<void>];

const DAMAGES: readonly Damage[] = [
  ['whose header is garbage', (file) => overwrite(file, 0, 100)],
  ['that was cut short', (file) => truncate(file, 10_000)],
  ['that is empty', (file) => truncate(file, 0)],
  ['that is gone', (file) => rm(file)],
  ['that is a text', (file) => writeFile(file, 'Dear diary, today I deleted a database.\n'.repeat(200))],
  ['of another program', (file) => foreign(file)],
  ['of a newer bridge-supervisor', (file) => newer(file)],
  [
    'that is a folder',
    async (file) => {
      await rm(file);
      await mkdir(file);
    },
  ],
];

describe('damaged database', () => {
  test.for(
    DAMAGES,
  )('a database %s starts no supervisor, one line says why, and nothing is written over it', async ([
    ,
    inflict,
  ], { rig, puppet }) => {
    const id = await rig.send('# Kept\nDo it.');
    const damaged = join(rig.root, 'damaged');
    await saveStore(rig, damaged);
    await inflict(join(damaged, 'bridge.db'));
    rig.environment.BRIDGE_HOME = damaged;
    const before = await contents(damaged);
    for (const command of [['run'], ['list']]) {
      const { code, stderr } = await rig.command(...command);
      expect(code).toBe(command[0] === 'run' ? GIVE_UP : 1);
      expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(join(damaged, 'bridge.db'))]);
    }
    expect(await contents(damaged)).toEqual(before);
    expect(await puppet.witness()).toEqual([]);
    expect((await rig.details(id)).project.status).toBe('pending');
  });

  test('a database whose tables are garbage ends the supervisor where it meets them, and starts nothing', async ({
    rig,
    puppet,
  }) => {
    await rig.send('# Kept\nDo it.');
    const damaged = join(rig.root, 'damaged');
    await saveStore(rig, damaged);
    await overwrite(join(damaged, 'bridge.db'), 4_096, 40_000);
    rig.environment.BRIDGE_HOME = damaged;
    const { code, stderr } = await rig.command('run');
    expect(code).toBe(GIVE_UP);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('the database is damaged')]);
    expect(await puppet.witness()).toEqual([]);
  });
});

describe('database of a working supervisor', () => {
  test('a database that is moved away ends the supervisor without a write; put back, all goes on', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('moved'), submit(), result()]);
    const supervisor = rig.launch(['run']);
    const id = await rig.send('# Moved\nDo it.');
    await puppet.reached('moved');
    await rig.happened('run.ready', id);
    await moveStore(rig.home, join(rig.root, 'elsewhere'));
    expect((await supervisor.ended).code).toBe(1);
    expect((await supervisor.output).stderr).toContain('deleted, moved or replaced');
    expect(existsSync(join(rig.home, 'bridge.db'))).toBe(false);
    const refused = await rig.command('run');
    expect(refused.code).toBe(GIVE_UP);
    expect(refused.stderr).toContain('restore');
    expect(existsSync(join(rig.home, 'bridge.db'))).toBe(false);
    await moveStore(join(rig.root, 'elsewhere'), rig.home);
    await rig.startSupervisor();
    await puppet.open('moved');
    await rig.until(id, 'awaiting_approval');
    expect((await rig.details(id)).runs.length).toBe(1);
  });

  test('a database that is replaced by another one gets no write', async ({ rig, puppet }) => {
    await puppet.plays([init(), wait('replaced'), submit(), result()]);
    await rig.send('# In both\nDo it.');
    const other = join(rig.root, 'other');
    await saveStore(rig, other);
    const supervisor = rig.launch(['run']);
    await puppet.reached('replaced');
    await moveStore(rig.home, join(rig.root, 'elsewhere'));
    await cp(join(other, 'bridge.db'), join(rig.home, 'bridge.db'));
    expect((await supervisor.ended).code).toBe(1);
    expect(digest(await readFile(join(rig.home, 'bridge.db')))).toBe(
      digest(await readFile(join(other, 'bridge.db'))),
    );
    await rm(join(rig.home, 'bridge.db'));
    await moveStore(join(rig.root, 'elsewhere'), rig.home);
    await rig.startSupervisor();
    await puppet.open('replaced');
    await rig.happened('run.ended');
  });

  test('a database overwritten with garbage is reported to everybody who looks, and no supervisor starts again', async ({
    rig,
    puppet,
    aftermath,
  }) => {
    aftermath.storeIsGone();
    const supervisor = rig.launch(['run']);
    const id = await rig.send('# Overwritten\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    await rig.bridge.close();
    for (const name of ['bridge.db', 'bridge.db-wal'])
      await overwrite(join(rig.home, name), 0, (await readFile(join(rig.home, name))).length);
    for (const command of [['list'], ['status'], ['approve', id]]) {
      const { code, stderr } = await rig.command(...command);
      expect(code).toBe(1);
      expect(stderr).toContain(join(rig.home, 'bridge.db'));
    }
    // What it has read before it goes on believing: only a new reader sees the garbage.
    await supervisor.end('SIGKILL');
    expect((await rig.command('run')).code).toBe(GIVE_UP);
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });

  test('a database held by another program for longer than anyone waits is reported, and nothing is lost', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), update('Before'), wait('held'), exit(1)], work);
    const supervisor = rig.launch(['run']);
    const id = await rig.send('# Held\nDo it.');
    await puppet.reached('held');
    await rig.happened('run.ready', id);
    const holder = new Sqlite(join(rig.home, 'bridge.db'));
    holder.exec('BEGIN IMMEDIATE');
    await puppet.open('held');
    await supervisor.says('store.unavailable');
    const refused = await rig.command('cancel', id, '--yes');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is locked by another process'),
    });
    holder.exec('ROLLBACK');
    holder.close();
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind).slice(0, 1)).toEqual(['crashed']);
    await supervisor.says('store.available');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe('power failure', () => {
  test('a power failure that garbles or cuts what was not yet durable loses nothing acknowledged', async ({
    rig,
  }) => {
    const acknowledged: { id: ProjectId; log: number }[] = [];
    const wal = join(rig.home, 'bridge.db-wal');
    for (let n = 0; n < 8; n++) {
      const id = await rig.send(`# Durable ${n}\nDo it.`);
      acknowledged.push({ id, log: (await readFile(wal)).length });
    }
    const whole = await readFile(wal);
    for (const [n, { log }] of acknowledged.entries()) {
      // Beyond what was made durable for the n-th answer, the disk holds half of the next change, or rubbish.
      for (const tail of [0, 1_000, 4_500].flatMap((bytes) => [
        whole.subarray(log, log + bytes),
        Buffer.alloc(bytes, 0x5a),
      ])) {
        const home = join(rig.root, 'after');
        await mkdir(home);
        await cp(join(rig.home, 'bridge.db'), join(home, 'bridge.db'));
        await writeFile(join(home, 'bridge.db-wal'), Buffer.concat([whole.subarray(0, log), tail]));
        const bridge = await openBridge(home, systemClock);
        for (const { id } of acknowledged.slice(0, n + 1)) {
          expect(await projectDetails(bridge, id)).toMatchObject({ ok: true });
          expect(await approve(bridge, id, 'desktop')).toMatchObject({ ok: false });
        }
        await bridge.close();
        await rm(home, { recursive: true });
      }
    }
  });
});

async function overwrite(file: string, from: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(bytes, 0x5a), 0, bytes, from);
  await handle.close();
}

async function foreign(file: string): Promise<void> {
  await rm(file);
  const store = new Sqlite(file);
  store.exec('CREATE TABLE bookmarks (url TEXT)');
  store.close();
}

async function newer(file: string): Promise<void> {
  const store = new Sqlite(file);
  store.exec('PRAGMA user_version = 999; UPDATE meta SET compatible_from = 999');
  store.close();
}

/** A copy of the state folder, its database whole in one file that nobody has open. */
async function saveStore(rig: Rig, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await cp(join(rig.home, 'plans'), join(to, 'plans'), { recursive: true });
  const store = new Sqlite(join(rig.home, 'bridge.db'));
  await store.backup(join(to, 'bridge.db'));
  store.close();
}

async function moveStore(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('bridge.db')) await rename(join(from, name), join(to, name));
  }
}

/** Every file of the database, byte by byte. SQLite may leave an empty log beside it. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith('bridge.db') && !/-(wal|shm)$/.test(name),
  );
  const entries = names.map(async (name) => {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    return [name, bytes ? digest(bytes) : 'a folder'] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
