import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { systemClock } from '../../src/clock.ts';
import { LOCAL_MACHINE, OWN_ACCOUNT } from '../../src/project/ids.ts';
import { PROJECT_STATUSES } from '../../src/project/project.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { allHolds } from '../../src/store/holds.ts';
import { readLease } from '../../src/store/lease.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { countByStatus, findProject, listProjects } from '../../src/store/projects.ts';
import { quotasOf } from '../../src/store/quota.ts';
import { decisionsOf } from '../../src/store/reviews.ts';
import { openRuns, openRunsOn, runsOf } from '../../src/store/runs.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts';
import { createRig, type Rig } from '../rig.ts';
import { schemaText, versionOf } from './dump.ts';
import { addProject, id } from './rows.ts';

/**
 * The SHA-256 of each step, in order. Of a released step it never changes again: the text of the step is what made the
 * databases that are out there. A step that was not released yet may be edited together with its digest here.
 */
const DIGESTS: readonly { readonly digest: string; readonly releasedIn?: string }[] = [
  { digest: 'c00d4f6cc710044a77a0b5d1f241b2bf1f59adf40ebfb67bb15505a03ac05ba0' },
  { digest: 'bda24e4d594ce830c48ce582541e4ccb92cd681f1be3b22d1385a413bb2d0b47' },
  { digest: '1caa067a8cbd7654d59ad8da254dcac5fc605ac9c60bc6052cd7afe6577d7a8a' },
  { digest: '86e7b1808e79f72e7471ec17bd97dd395de4e44c439bc72e240aa351ebcc3f9e' },
  { digest: '982b9b1e1c9d7dbf52a6052fe1911b1dd3a4408f7a111f5eac09341885ad8150' },
  { digest: '9f9f4c9ee76492f49ad86494dc8d8bddacd96249f180e61dbd3ebcbedeafae1d' },
  { digest: '4dac97eac1518bbf1f6d1219ea4a5cc30ab6d17cfe821a55152804265087919c' },
  { digest: '683e3783b1af97602949b89ac39100075726580d04870252a78b1199da45168e' },
  { digest: '885a6f6c71124f95c9b367ea79e220c3705f1edfd58d024a5834c865638b362e' },
  { digest: '75559e9f1d4d90b91a302e7d5109fb6f4e566873f927c049eff19ba2b2298d30' },
  { digest: '0f96d8090ee7548da68d2867748400635d34f945815d5569294022542272f3e1' },
  { digest: '124468b77e6d4203b609a7c51ca89a04c4763a23d7c6e475b40ca42d6e861831' },
  { digest: '89edf25cbde4bff4772b56e6b5b7952042cab99952aed6664e344db912a14000' },
  { digest: '556e443ebb60f2638bb20fe03f302f128a99a0e47fea92c44303110fc1e07385' },
  { digest: '2b88718014e8da8021ef8f2cfa06128713e52c9e310aa87fb03a376c37852f19' },
  { digest: '3f08d1bf8451a8a2812f10164e99dd8a496625ca69f1cd4879747aa2c30c8a23' },
  { digest: 'b781cd42a2dfaea748bcddcaf93171c5f83368ebf0621e52adf9adec4d9fea05' },
  { digest: '9aac3a852f50a7bde7fd09c885edfd5ea6ca1708d41fa7a00068b42dc70630b3' },
  { digest: 'caa5d626bfea5222d1ea2344d6c60dbb598ccf0216dd45d35becb1d068372403' },
  { digest: 'd3737f40579a898da7435cc0715a1e6ebcfffce26eef47455dddacc6c6dbb49f' },
  { digest: 'af1890f5b26de0200c86f11453494167909b47df7a065f121ba1ab2f60b67476' },
  { digest: 'f3794c21c8693b32530c6dfe67500f5be964c0d67ef81911ab33feb58fb56de7' },
  { digest: 'c80518ecc150ac4d76e46acf7fb8482a6e2c98d5055a5fa3da408cae3a0a4733' },
  { digest: 'fea4b2d62bbca1a0081e6fb1296fe6bd13de2d2baf8e30f0302aea19d8301144' },
  { digest: '273451c30d7316444cf46b5cbb7dfd3ef94cfec8d27da0257d4373c5b8e315dd' },
  { digest: 'e7f6ed9dc85bc246f10427cd3bb9fabf8b6d385edf339189a1e5f3034fb14f52' },
  { digest: '2d40b42f78f4e23a00d4f5697ea9f0ec05ea45a308235edeb7d54dee0a34e7fd' },
];

const SOURCES = new URL('../../src/store/sqlite/', import.meta.url);
const COMMITTED = readFileSync(new URL('schema.sql', SOURCES), 'utf8');

test('every migration is the text whose digest is pinned here', () => {
  expect(MIGRATIONS.map((step) => createHash('sha256').update(step).digest('hex'))).toEqual(
    DIGESTS.map(({ digest }) => digest),
  );
});

test('every migration is literal text: no constant of the program is part of it', () => {
  const names = readdirSync(new URL('migrations/', SOURCES)).sort();
  expect(names).toEqual(MIGRATIONS.map((_, n) => `${String(n + 1).padStart(4, '0')}.ts`));
  for (const name of names) {
    const text = readFileSync(new URL(`migrations/${name}`, SOURCES), 'utf8');
    expect(text).not.toMatch(/\$\{|^import/m);
  }
});

test('the committed schema and the fixtures are what `npm run schema` makes of the migrations', () => {
  const flags = ['--experimental-strip-types', '--no-warnings'];
  expect(
    execFileSync(process.execPath, [...flags, 'scripts/schema.mjs', '--check'], { encoding: 'utf8' }),
  ).toBe('');
});

/** The databases of every schema there was, with rows. */
const VERSIONS = MIGRATIONS.map((_, n) => n + 1);

/** A project in each of these is in every fixture. */
const STATUSES_OF_THEN = PROJECT_STATUSES.filter((status) => status !== 'awaiting_answer');

function fixture(version: number): string {
  return readFileSync(new URL(`fixtures/schema-${version}.sql`, import.meta.url), 'utf8');
}

/** The state folder of a program of an older version, that nobody has open. */
function oldStore(rig: Rig, version: number): string {
  const home = join(rig.workspace, `of-schema-${version}`);
  mkdirSync(home);
  const sqlite = new Sqlite(join(home, 'bridge.db'));
  sqlite.pragma('foreign_keys = OFF');
  sqlite.exec(fixture(version));
  sqlite.close();
  return home;
}

describe('databases of past schemas', () => {
  test.each(VERSIONS)('a database is migrated from schema %i to the committed one', async (version) => {
    await using rig = await createRig();
    const home = oldStore(rig, version);
    await (await openDatabase(home, systemClock)).close();
    const sqlite = new Sqlite(join(home, 'bridge.db'), { readonly: true });
    expect(schemaText(sqlite)).toBe(COMMITTED);
    expect(sqlite.pragma('foreign_key_check')).toEqual([]);
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    sqlite.close();
  });

  test.each(VERSIONS)('a database of schema %i is what the migrations up to it make today', (version) => {
    const [made, kept] = [new Sqlite(':memory:'), new Sqlite(':memory:')];
    migrate(made, ':memory:', MIGRATIONS.slice(0, version));
    kept.pragma('foreign_keys = OFF');
    kept.exec(fixture(version));
    expect(versionOf(kept)).toBe(version);
    expect(schemaText(kept)).toBe(schemaText(made));
    for (const sqlite of [made, kept]) sqlite.close();
  });

  test.each(VERSIONS)('a database keeps all its rows when it is migrated from schema %i', async (version) => {
    await using rig = await createRig();
    const home = oldStore(rig, version);
    const old = new Sqlite(':memory:');
    old.pragma('foreign_keys = OFF');
    old.exec(fixture(version));
    await (await openDatabase(home, systemClock)).close();
    const today = new Sqlite(join(home, 'bridge.db'), { readonly: true });
    for (const table of tablesOf(old)) {
      // A step may raise compatible_from.
      const columns = columnsOf(old, table).filter(
        (column) => column !== 'compatible_from' && columnsOf(today, table).includes(column),
      );
      const query = `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${table} ORDER BY 1, 2`;
      expect({ table, rows: today.prepare(query).all() }).toEqual({ table, rows: old.prepare(query).all() });
    }
    for (const sqlite of [old, today]) sqlite.close();
  });

  test.each(
    VERSIONS,
  )('a database is read and written as usual after it was migrated from schema %i', async (version) => {
    await using rig = await createRig();
    const database = await openDatabase(oldStore(rig, version), systemClock);
    expect(await listProjects(database.read, { limit: 100 })).toHaveLength(STATUSES_OF_THEN.length);
    const each = Object.fromEntries(STATUSES_OF_THEN.map((status) => [status, 1]));
    expect(await countByStatus(database.read)).toEqual(each);
    expect(await runsOf(database.read, id(3))).toMatchObject([{ costUsd: 0.5 }, { costUsd: 0.75 }]);
    expect(await decisionsOf(database.read, id(4))).toMatchObject([{ verdict: 'rejected' }]);
    expect(await allHolds(database.read)).toMatchObject([{ kind: 'paused' }, { kind: 'usage_limit' }]);
    await database.write(({ trx }) => addProject(trx, 100));
    expect(await countByStatus(database.read)).toEqual({ ...each, pending: 2 });
    await database.close();
  });

  test.each(VERSIONS)('the events of a database of schema %i are all known today', async (version) => {
    await using rig = await createRig();
    const database = await openDatabase(oldStore(rig, version), systemClock);
    const events = await eventsAfter(database.read, BEGINNING, 100);
    expect(events.filter(({ type }) => type === 'unknown')).toEqual([]);
    expect(events).toHaveLength(fixture(version).match(/^INSERT INTO events /gm)?.length ?? 0);
    await database.close();
  });

  test('a database of the first schema gains the time of the first answer of runs that were answered', async () => {
    await using rig = await createRig();
    const database = await openDatabase(oldStore(rig, 1), systemClock);
    const runs = [...(await runsOf(database.read, id(3))), ...(await runsOf(database.read, id(6)))];
    expect(runs.map(({ answeredAt, readyAt }) => answeredAt !== null && answeredAt === readyAt)).toEqual([
      true,
      true,
      false,
    ]);
    await database.close();
  });
});

test('a hold of a schema that did not say who set it is given its source', async () => {
  await using rig = await createRig();
  const home = oldStore(rig, 4);
  const sqlite = new Sqlite(join(home, 'bridge.db'));
  const insert = sqlite.prepare('INSERT INTO holds VALUES (?, ?, ?, ?, ?)');
  const until = '2026-03-01T13:00:00.000Z';
  for (const [kind, end] of [
    ['not_logged_in', null],
    ['claude_missing', null],
    ['disk_low', until],
    ['quiet_hours', until],
    ['reserve', null],
    ['billing', until],
  ])
    insert.run(kind, '', 'in the words of then', '2026-03-01T12:20:00.000Z', end);
  sqlite.close();
  const database = await openDatabase(home, systemClock);
  const sources = (await allHolds(database.read)).map(({ kind, source }) => [kind, source]);
  expect(Object.fromEntries(sources)).toEqual({
    paused: 'person',
    usage_limit: 'run',
    not_logged_in: 'preflight',
    claude_missing: 'conditions',
    disk_low: 'run',
    quiet_hours: 'conditions',
    reserve: 'conditions',
    billing: 'run',
  });
  await database.close();
});

test('a project of a schema that did not name its run under way is given it', async () => {
  await using rig = await createRig();
  const database = await openDatabase(oldStore(rig, 5), systemClock);
  const named = (await listProjects(database.read, { limit: 100 })).filter(({ runId }) => runId !== null);
  expect(named).toMatchObject([{ id: id(1), runId: 'a00000000005' }]);
  expect(await openRuns(database.read)).toMatchObject([{ id: 'a00000000005', projectId: id(1) }]);
  await database.close();
});

test('what runs, holds and projects are of is known after a schema that had one machine and one account', async () => {
  await using rig = await createRig();
  const database = await openDatabase(oldStore(rig, 6), systemClock);
  const { read } = database;
  expect(await readLease(read, LOCAL_MACHINE)).toMatchObject({ token: 'token' });
  expect(await openRunsOn(read, LOCAL_MACHINE)).toMatchObject([{ id: 'a00000000005', account: OWN_ACCOUNT }]);
  expect((await runsOf(read, id(3))).map(({ live }) => live.currentTodo)).toEqual(['test', 'test']);
  expect((await allHolds(read)).map(({ subject }) => subject)).toEqual(['fleet', 'account:']);
  expect(await quotasOf(read, OWN_ACCOUNT)).toMatchObject([{ window: 'five_hour' }]);
  await database.close();
});

test('a project of a schema without places has asked for its folder, unless that is its own below the state folder', async () => {
  await using rig = await createRig();
  const home = oldStore(rig, 6);
  const sqlite = new Sqlite(join(home, 'bridge.db'));
  const own = sqlite.prepare('UPDATE projects SET workspace = ? WHERE id = ?');
  own.run(`/state/workspaces/${id(1)}`, id(1));
  own.run(`C:\\state\\workspaces\\${id(2)}`, id(2));
  sqlite.close();
  const database = await openDatabase(home, systemClock);
  const places = [1, 2, 3].map(async (n) => (await findProject(database.read, id(n)))?.place);
  expect(await Promise.all(places)).toEqual([null, null, '/work/3']);
  await database.close();
});

test('a database is not migrated twice, and loses nothing', async () => {
  await using rig = await createRig();
  await databaseOf(rig.bridge).write(({ trx }) => addProject(trx, 1));
  expect(await findProject(databaseOf(await rig.connect()).read, id(1))).toBeDefined();
});

test('a newer schema that allows this program is used, and left at its version', async () => {
  await using rig = await createRig();
  const home = oldStore(rig, MIGRATIONS.length);
  const newer = new Sqlite(join(home, 'bridge.db'));
  newer.exec('ALTER TABLE projects ADD COLUMN mood TEXT');
  newer.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  newer.close();
  const database = await openDatabase(home, systemClock);
  await database.write(({ trx }) => addProject(trx, 100));
  await database.close();
  const after = new Sqlite(join(home, 'bridge.db'), { readonly: true });
  expect(versionOf(after)).toBe(MIGRATIONS.length + 1);
  after.close();
});

function tablesOf(sqlite: Sqlite.Database): string[] {
  const query = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`;
  return sqlite.prepare(query).pluck().all() as string[];
}

function columnsOf(sqlite: Sqlite.Database, table: string): string[] {
  return sqlite.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
}
