import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { appendEvent, BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { countByStatus } from '../../src/store/projects.ts';
import { isRoot, onLinux } from '../platform.ts';
import { createRig } from '../rig.ts';
import { problemOf, useStore } from './problems.ts';
import { addProject, NOW } from './rows.ts';

describe.runIf(mayMount())('full disk (needs root on Linux)', () => {
  test('a full disk loses nothing committed and stores no half a change; writing goes on when there is room', async () => {
    await using rig = await createRig();
    const disk = join(rig.workspace, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
    try {
      const home = join(disk, 'state');
      const ballast = join(disk, 'ballast');
      const database = await openDatabase(home, systemClock);
      writeFileSync(ballast, Buffer.alloc(1_000_000));
      let committed = 0;
      let error: unknown;
      while (!error && committed < 1_000) {
        error = await database
          .write(async ({ trx }) => {
            await addProject(trx, committed + 1, {}, 'words '.repeat(10_000));
            await appendEvent(trx, { ...event, type: 'run.spawned', data: { pid: committed + 1 } });
          })
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        if (!error) committed += 1;
      }
      expect(problemOf(error)).toBe('full');
      expect((error as Error).message).toMatch(/disk is full.*Nothing was changed/);
      expect(committed).toBeGreaterThan(0);
      // Reading still works, and sees the projects and their events, and nothing else.
      expect(await countByStatus(database.read)).toEqual({ pending: committed });
      expect(await eventsAfter(database.read, BEGINNING, 1_000)).toHaveLength(committed);

      rmSync(ballast);
      await database.write(({ trx }) => addProject(trx, committed + 1));
      expect(await countByStatus(database.read)).toEqual({ pending: committed + 1 });
      await database.close();
      const sqlite = new Sqlite(join(home, 'bridge.db'));
      expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
      sqlite.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  test('a full disk at the start is reported as one', async () => {
    await using rig = await createRig();
    const disk = join(rig.workspace, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]);
    try {
      expect(problemOf(await useStore(join(disk, 'state')))).toBe('full');
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  const event = { projectId: null, runId: null, actor: 'supervisor', createdAt: NOW } as const;
});

/** Root on Linux, outside of a container that forbids it. */
function mayMount(): boolean {
  if (!onLinux || !isRoot) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
