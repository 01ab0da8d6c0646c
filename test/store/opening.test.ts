import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { PROJECT_STATUSES } from '../../src/project/project.ts';
import type { Database } from '../../src/store/database.ts';
import { eventsAfter } from '../../src/store/events.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { findProject } from '../../src/store/projects.ts';
import { runsOf } from '../../src/store/runs.ts';
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts';
import { onWindows } from '../platform.ts';
import { createRig } from '../rig.ts';
import { addProject, id } from './rows.ts';

const opener = new URL('fixtures/open.ts', import.meta.url);

async function pragma(database: Database, name: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(database.read);
  return Object.values(rows[0] ?? {})[0];
}

describe('every connection', () => {
  test('keeps what it commits, also at power loss, and checks references', async () => {
    await using rig = await createRig();
    // The first connection creates the database: the later ones are those that would be lax by default.
    for (const { database } of [rig.bridge, rig.connect(), rig.connect()]) {
      expect(await pragma(database, 'journal_mode')).toBe('wal');
      expect(await pragma(database, 'synchronous')).toBe(2);
      expect(await pragma(database, 'foreign_keys')).toBe(1);
    }
  });

  test('runs a SQLite that two writers cannot corrupt', async () => {
    // Releases before 3.51.3 could lose frames of the log when two connections wrote and checkpointed at once.
    const sqlite = new Sqlite(':memory:');
    const version = String(sqlite.prepare('SELECT sqlite_version()').pluck().get());
    sqlite.close();
    expect(version.localeCompare('3.51.3', 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  });

  test('closes, whether it was used or not', async () => {
    await using rig = await createRig();
    const unused = openDatabase(rig.home);
    await unused.close();
    const used = openDatabase(rig.home);
    await findProject(used.read, id(1));
    await used.close();
    // The rig finds a file that stayed open.
  });
});

describe('a new state folder', () => {
  test.skipIf(onWindows)('is made for its owner alone (needs file modes)', async () => {
    await using rig = await createRig();
    expect(statSync(rig.home).mode & 0o777).toBe(0o700);
  });

  test('is made with the folders above it', async () => {
    await using rig = await createRig();
    const home = join(rig.workspace, 'a', 'b', 'c');
    await openDatabase(home).close();
    expect(existsSync(join(home, 'bridge.db'))).toBe(true);
  });

  test('is made once by several processes that begin together', async () => {
    await using rig = await createRig();
    const home = join(rig.workspace, 'new');
    const others = Array.from({ length: 4 }, () => rig.process(opener, [home]));
    await Promise.all(others.map(({ ready }) => ready));
    const results = await Promise.all(others.map((other) => other.go()));
    expect(results).toEqual(others.map(() => ({ problem: null })));
    const database = openDatabase(home);
    expect(await eventsAfter(database.read, 0, 10)).toHaveLength(4);
    expect(await pragma(database, 'integrity_check')).toBe('ok');
    await database.close();
  });
});

describe('a migration', () => {
  test('leads from every older schema to the one of today', async () => {
    await using rig = await createRig();
    const today = await pragma(rig.bridge.database, 'user_version');
    expect(today).toBe(MIGRATIONS.length);
    for (let version = 0; version < MIGRATIONS.length; version++) {
      const home = join(rig.workspace, `from-${version}`);
      mkdirSync(home);
      const old = new Sqlite(join(home, 'bridge.db'));
      for (const step of MIGRATIONS.slice(0, version)) old.exec(step);
      if (version > 0) old.pragma(`application_id = ${await pragma(rig.bridge.database, 'application_id')}`);
      old.pragma(`user_version = ${version}`);
      old.close();
      const database = openDatabase(home);
      expect(await pragma(database, 'user_version')).toBe(today);
      await database.write((trx) => addProject(trx, 1));
      await database.close();
    }
  });

  test('keeps every row of the first schema, what refers to it, and the order of runs', async () => {
    await using rig = await createRig();
    const home = join(rig.workspace, 'first');
    mkdirSync(home);
    const old = new Sqlite(join(home, 'bridge.db'));
    old.exec(MIGRATIONS[0] ?? '');
    const project = `INSERT INTO projects VALUES (?, 'T', ?, '/w', 5, NULL, 3, 60000, 1.5, 'supervisor', 's', 2, 1, NULL, NULL, ?, 'a', 'b')`;
    for (const [n, status] of PROJECT_STATUSES.entries())
      old.prepare(project).run(id(n), status, `request ${n}`);
    const run = `INSERT INTO runs VALUES (?, ?, ?, 'execute', 1, ?, 's', NULL, 'sonnet', 7, 'x', '2', '{}', NULL, ?, ?, '{}', 'a', 'b', ?, 'z')`;
    old.prepare(run).run(7, 'run-b', id(0), '/w', 0.25, 'submitted', 'ready b');
    old.prepare(run).run(9, 'run-a', id(0), '/w', 0, 'crashed', 'ready a');
    old.exec(`INSERT INTO updates VALUES (1, '${id(0)}', 'run-b', 'hello', 'r', 'a')`);
    old.exec(`INSERT INTO events VALUES (41, '${id(0)}', 'run-b', 'run.started', 'supervisor', '{}', 'a')`);
    old.exec(`INSERT INTO holds VALUES ('billing', '', 'why', 'a', NULL)`);
    old.pragma(`application_id = ${await pragma(rig.bridge.database, 'application_id')}`);
    old.pragma('user_version = 1');
    const before = Object.fromEntries(
      ['projects', 'updates', 'events', 'holds'].map((table) => [
        table,
        old.prepare(`SELECT * FROM ${table}`).all(),
      ]),
    );
    old.close();

    const database = openDatabase(home);
    for (const [table, rows] of Object.entries(before)) {
      const now = await sql.raw(`SELECT * FROM ${table}`).execute(database.read);
      expect(now.rows).toEqual(rows);
    }
    expect(
      (await runsOf(database.read, id(0))).map(({ id, costUsd, answeredAt }) => ({
        id,
        costUsd,
        answeredAt,
      })),
    ).toEqual([
      { id: 'run-b', costUsd: 0.25, answeredAt: 'ready b' },
      { id: 'run-a', costUsd: 0, answeredAt: null },
    ]);
    expect(await pragma(database, 'foreign_key_check')).toBeUndefined();
    expect(await pragma(database, 'foreign_keys')).toBe(1);
    await database.close();
  });

  test('is not repeated, and loses nothing', async () => {
    await using rig = await createRig();
    await rig.bridge.database.write((trx) => addProject(trx, 1));
    expect(await findProject(rig.connect().database.read, id(1))).toBeDefined();
  });
});
