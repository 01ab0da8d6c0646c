import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts';
import { isRoot, onWindows } from '../platform.ts';
import { createRig, type Rig } from '../rig.ts';
import { problemOf, useStore } from './problems.ts';
import { storeFile } from './raw.ts';
import { addProject } from './rows.ts';

const opener = new URL('fixtures/open.ts', import.meta.url);

/** A folder with a database of 200 projects that nobody has open. */
async function savedStore(rig: Rig): Promise<{ home: string; file: string }> {
  const home = join(rig.workspace, 'saved');
  const database = await openDatabase(home, systemClock);
  await database.write(async ({ trx }) => {
    for (let n = 1; n <= 200; n++) await addProject(trx, n, {}, `# Project ${n}\n${'words '.repeat(200)}`);
  });
  await database.close();
  return { home, file: storeFile(home) };
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

describe('files that cannot be used', () => {
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
      (file) =>
        change(
          file,
          `PRAGMA user_version = ${MIGRATIONS.length + 1}; UPDATE meta SET compatible_from = ${MIGRATIONS.length + 1}`,
        ),
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
  ])('a file that cannot be used is refused in words, and left as it is: %s', async (_, problem, words, damage) => {
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

  test('a state folder that is a file, or lies below one, is refused in words', async () => {
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
  if (onWindows) return undefined;
  if (!isRoot) return [];
  return existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', '--inh-caps=-all', '--bounding-set=-all']
    : undefined;
})();

describe.runIf(withoutRights)('stores that may not be written (need file modes, and setpriv as root)', () => {
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
  ])('a store that may not be written is refused, and left as it is: %s', async (_, protect) => {
    await using rig = await createRig();
    const { home, file } = await savedStore(rig);
    const before = contents(home);
    const chosen = protect(home, file);
    const result = await rig.process(opener, [chosen], withoutRights).go();
    chmodSync(home, 0o700);
    expect(result).toMatchObject({
      problem: 'unwritable',
      message: expect.stringMatching(/cannot be written. Check the permissions/),
    });
    expect(contents(home)).toEqual(before);
  });
});
