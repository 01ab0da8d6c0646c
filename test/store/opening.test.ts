import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { findProject } from '../../src/store/projects.ts';
import type { Tables } from '../../src/store/schema.ts';
import { onWindows } from '../platform.ts';
import { createRig } from '../rig.ts';
import { id } from './rows.ts';

const opener = new URL('fixtures/open.ts', import.meta.url);

async function pragma(database: Database, name: string): Promise<unknown> {
  const { rows } = await sql
    .raw<Record<string, unknown>>(`PRAGMA ${name}`)
    .execute(database.read as Kysely<Tables>);
  return Object.values(rows[0] ?? {})[0];
}

describe('every connection', () => {
  test('a connection keeps what it commits, even at power loss, and checks references', async () => {
    await using rig = await createRig();
    // The first connection creates the database: the later ones are those that would be lax by default.
    for (const database of [rig.bridge, await rig.connect(), await rig.connect()].map(databaseOf)) {
      expect(await pragma(database, 'journal_mode')).toBe('wal');
      expect(await pragma(database, 'synchronous')).toBe(2);
      expect(await pragma(database, 'foreign_keys')).toBe(1);
    }
  });

  test('a connection runs a SQLite that two writers cannot corrupt', async () => {
    // Releases before 3.51.3 could lose frames of the log when two connections wrote and checkpointed at once.
    const sqlite = new Sqlite(':memory:');
    const version = String(sqlite.prepare('SELECT sqlite_version()').pluck().get());
    sqlite.close();
    expect(version.localeCompare('3.51.3', 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  });

  test('a connection closes, whether it was used or not', async () => {
    await using rig = await createRig();
    const unused = await openDatabase(rig.home, systemClock);
    await unused.close();
    const used = await openDatabase(rig.home, systemClock);
    await findProject(used.read, id(1));
    await used.close();
    // The rig finds a file that stayed open.
  });
});

describe('new state folder', () => {
  test.skipIf(onWindows)('a new state folder is made for its owner alone (needs file modes)', async () => {
    await using rig = await createRig();
    expect(statSync(rig.home).mode & 0o777).toBe(0o700);
  });

  test('a new state folder is made with its parents', async () => {
    await using rig = await createRig();
    const home = join(rig.workspace, 'a', 'b', 'c');
    await (await openDatabase(home, systemClock)).close();
    expect(existsSync(join(home, 'bridge.db'))).toBe(true);
  });

  test('a new state folder is made once by several processes that begin together', async () => {
    await using rig = await createRig();
    const home = join(rig.workspace, 'new');
    const others = Array.from({ length: 4 }, () => rig.process(opener, [home]));
    await Promise.all(others.map(({ ready }) => ready));
    const results = await Promise.all(others.map((other) => other.go()));
    expect(results).toEqual(others.map(() => ({ problem: null })));
    const database = await openDatabase(home, systemClock);
    expect(await eventsAfter(database.read, BEGINNING, 10)).toHaveLength(4);
    expect(await pragma(database, 'integrity_check')).toBe('ok');
    await database.close();
  });
});
