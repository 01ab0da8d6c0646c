import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase, StoreError } from '../../src/store/database.ts';
import { appendEvent, eventsAfter } from '../../src/store/events.ts';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { countByStatus, findProject, listProjects } from '../../src/store/projects.ts';
import { createRig, type Rig } from '../rig.ts';
import { addProject, id, NOW } from './rows.ts';

const opener = new URL('fixtures/open.ts', import.meta.url);

/** A folder with a database of 200 projects that nobody has open. */
async function savedStore(rig: Rig): Promise<{ home: string; file: string }> {
  const home = join(rig.workspace, 'saved');
  const database = openDatabase(home);
  await database.write(async (trx) => {
    for (let n = 1; n <= 200; n++) await addProject(trx, n, {}, `# Project ${n}\n${'words '.repeat(200)}`);
  });
  await database.close();
  return { home, file: database.file };
}

/** What is in the folder, byte by byte. SQLite may leave an empty log beside a database. */
function contents(home: string): Record<string, string> {
  const files = readdirSync(home).filter((name) => !/-(wal|shm)$/.test(name));
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(home, name)))
      .digest('hex');
  return Object.fromEntries(files.map((name) => [name, digest(name)]));
}

/** Opens, reads and writes; the error it meets. */
async function useStore(home: string): Promise<unknown> {
  let database: Database | undefined;
  try {
    database = openDatabase(home);
    await listProjects(database.read, { limit: 1_000 });
    await database.write((trx) => addProject(trx, 1_000, {}, 'words '.repeat(5_000)));
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await database?.close();
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof StoreError)) throw new Error('no StoreError', { cause: error });
  expect(error.message).toMatch(/^\S+/);
  return error.problem;
}

describe('what cannot be used is refused in words, and left as it is', () => {
  test.each<[string, string, RegExp, (file: string) => void]>([
    [
      'a text file under our name',
      'not-a-database',
      /not a bridge-supervisor database.*move it away/,
      (file) => writeFileSync(file, 'a shopping list\n'.repeat(1_000)),
    ],
    [
      'a damaged header',
      'not-a-database',
      /not a bridge-supervisor database/,
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0x58, 0, 64);
        writeFileSync(file, bytes);
      },
    ],
    [
      'a damaged page',
      'corrupt',
      /damaged.*put a backup in its place/,
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0xff, 4_096);
        writeFileSync(file, bytes);
      },
    ],
    [
      'a file that was cut off',
      'corrupt',
      /damaged.*put a backup in its place/,
      (file) => truncateSync(file, 40_960),
    ],
    [
      'a database of a newer version',
      'newer-schema',
      /newer bridge-supervisor.*Upgrade bridge-supervisor; nothing was changed/,
      (file) => change(file, `PRAGMA user_version = ${MIGRATIONS.length + 1}`),
    ],
    [
      'the database of another program, with tables',
      'not-a-database',
      /another program.*move it away, or set BRIDGE_HOME/,
      (file) => {
        rmSync(file);
        change(file, 'CREATE TABLE projects (id TEXT)');
      },
    ],
    [
      'the database of another program, with a version',
      'not-a-database',
      /another program/,
      (file) => {
        rmSync(file);
        change(file, 'PRAGMA user_version = 1');
      },
    ],
  ])('%s', async (_, problem, words, damage) => {
    await using rig = await createRig();
    const { home, file } = await savedStore(rig);
    damage(file);
    const before = contents(home);
    const error = await useStore(home);
    expect(problemOf(error)).toBe(problem);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).toContain(file);
    expect(contents(home)).toEqual(before);
  });

  test('a state folder that is a file, or lies below one', async () => {
    await using rig = await createRig();
    const file = join(rig.workspace, 'file');
    writeFileSync(file, 'precious');
    for (const home of [file, join(file, 'below')]) {
      const error = await useStore(home);
      expect(problemOf(error)).toBe('unwritable');
      expect((error as Error).message).toMatch(/cannot be written.*set BRIDGE_HOME to another folder/);
    }
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  function change(file: string, statement: string): void {
    const sqlite = new Sqlite(file);
    sqlite.exec(statement);
    sqlite.close();
  }
});

/** Root may write everywhere: then the process that tries it gives up that right first. Undefined: it cannot. */
const withoutRights = ((): readonly string[] | undefined => {
  if (process.platform === 'win32') return undefined;
  if (process.getuid?.() !== 0) return [];
  return existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', '--inh-caps=-all', '--bounding-set=-all']
    : undefined;
})();

describe.runIf(withoutRights)('a store that may not be written is refused, and left as it is', () => {
  test.each<[string, (home: string, file: string) => string]>([
    [
      'a folder that may only be read',
      (home) => {
        chmodSync(home, 0o500);
        return home;
      },
    ],
    [
      'a folder that may not even be read',
      (home) => {
        chmodSync(home, 0o000);
        return home;
      },
    ],
    [
      'a database that may only be read',
      (home, file) => {
        chmodSync(file, 0o400);
        return home;
      },
    ],
    [
      'a new folder in one that may only be read',
      (home) => {
        chmodSync(home, 0o500);
        return join(home, 'new');
      },
    ],
  ])('%s', async (_, protect) => {
    await using rig = await createRig();
    const { home, file } = await savedStore(rig);
    const before = contents(home);
    const chosen = protect(home, file);
    const result = await rig.process(opener, [chosen], withoutRights).go();
    chmodSync(home, 0o700);
    expect(result).toMatchObject({
      problem: 'unwritable',
      message: expect.stringMatching(/cannot be written. Check the rights/),
    });
    expect(contents(home)).toEqual(before);
  });
});

describe('a database that is taken away while it is in use', () => {
  test.runIf(process.platform !== 'win32').each<[string, (file: string) => void]>([
    ['deleted', (file) => rmSync(file)],
    ['moved', (file) => renameSync(file, `${file}.old`)],
    [
      'replaced by a copy',
      (file) => {
        copyFileSync(file, `${file}.copy`);
        renameSync(`${file}.copy`, file);
      },
    ],
  ])('is not written to any more: %s', async (_, take) => {
    await using rig = await createRig();
    const { database } = rig.bridge;
    await database.write((trx) => addProject(trx, 1));
    take(database.file);
    const error = await database.write((trx) => addProject(trx, 2)).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toBe('replaced');
    expect((error as Error).message).toMatch(/deleted, moved or replaced.*Nothing was changed/);
    // What was committed is still there for who has it open.
    expect(await findProject(database.read, id(1))).toBeDefined();
    expect(await findProject(database.read, id(2))).toBeUndefined();
  });
});

describe('a database that another program holds', () => {
  test('is waited for, and then said to be busy; nothing is changed', async () => {
    await using rig = await createRig();
    const { database } = rig.bridge;
    const holder = new Sqlite(database.file);
    holder.exec('BEGIN IMMEDIATE');
    const error = await database.write((trx) => addProject(trx, 1)).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toBe('busy');
    expect(await countByStatus(database.read)).toEqual({});
    holder.close();
    await database.write((trx) => addProject(trx, 1));
    expect(await countByStatus(database.read)).toEqual({ pending: 1 });
  });

  test('is written as soon as it is free, and reading goes on meanwhile', async () => {
    await using rig = await createRig();
    const { database } = rig.bridge;
    const holder = new Sqlite(database.file);
    holder.exec('BEGIN IMMEDIATE');
    const waiting = database.write((trx) => addProject(trx, 1));
    expect(await countByStatus(rig.connect().database.read)).toEqual({});
    holder.close();
    await waiting;
    expect(await countByStatus(database.read)).toEqual({ pending: 1 });
  });
});

describe.runIf(mayMount())('a full disk', () => {
  test('costs nothing that was committed; half of a change is never there; writing goes on when there is room', async () => {
    await using rig = await createRig();
    const disk = join(rig.workspace, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
    try {
      const home = join(disk, 'state');
      const ballast = join(disk, 'ballast');
      const database = openDatabase(home);
      writeFileSync(ballast, Buffer.alloc(1_000_000));
      let committed = 0;
      let error: unknown;
      while (!error && committed < 1_000) {
        error = await database
          .write(async (trx) => {
            await addProject(trx, committed + 1, {}, 'words '.repeat(10_000));
            await appendEvent(trx, { ...event, data: { n: committed + 1 } });
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
      expect(await eventsAfter(database.read, 0, 1_000)).toHaveLength(committed);

      rmSync(ballast);
      await database.write((trx) => addProject(trx, committed + 1));
      expect(await countByStatus(database.read)).toEqual({ pending: committed + 1 });
      await database.close();
      const sqlite = new Sqlite(join(home, 'bridge.db'));
      expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
      sqlite.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  test('from the beginning is said to be one', async () => {
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

  const event = { projectId: null, runId: null, type: 'grown', actor: 'person', createdAt: NOW };
});

/** Root on Linux, outside of a container that forbids it. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
