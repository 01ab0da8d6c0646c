/** Queries that are built once, and asked again and again. */
import { Kysely, SqliteQueryCompiler } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keptQuery } from '../../src/store/kept-query.ts';
import type { Tables } from '../../src/store/schema.ts';
import { BridgeSqliteDialect } from '../../src/store/sqlite/driver.ts';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts';

function opened() {
  const sqlite = openSqlite(':memory:', {});
  sqlite.exec(
    "create table projects (id text, title text); insert into projects values ('1', 'a'), ('2', 'b')",
  );
  const db = new Kysely<Tables>({ dialect: new BridgeSqliteDialect(sqlite) });
  onTestFinished(() => db.destroy());
  return { sqlite, db };
}

/** How often a query was made into SQL. */
function compilations() {
  const compile = vi.spyOn(SqliteQueryCompiler.prototype, 'compileQuery');
  onTestFinished(() => compile.mockRestore());
  return compile;
}

/** A query, and how often it was built. */
function newestTitles() {
  const built = vi.fn<(limit: number) => void>();
  const query = keptQuery((db, limit: number) => {
    built(limit);
    return db.selectFrom('projects').select('title').orderBy('id', 'desc').limit(limit);
  });
  return { built, query };
}

test('a kept query is built and compiled once, and reads the store each time', async () => {
  const { sqlite, db } = opened();
  const compiled = compilations();
  const { built, query } = newestTitles();
  expect(await query(db, 1).execute()).toEqual([{ title: 'b' }]);
  sqlite.exec("insert into projects values ('3', 'c')");
  expect(await query(db, 1).execute()).toEqual([{ title: 'c' }]);
  expect(built).toHaveBeenCalledOnce();
  expect(compiled).toHaveBeenCalledOnce();
});

test('a kept query answers each way in which it is asked, and each reader, by itself', async () => {
  const [first, second] = [opened(), opened()];
  second.sqlite.exec('delete from projects');
  const { query } = newestTitles();
  expect(await query(first.db, 1).execute()).toEqual([{ title: 'b' }]);
  expect(await query(first.db, 2).execute()).toEqual([{ title: 'b' }, { title: 'a' }]);
  expect(await query(second.db, 2).execute()).toEqual([]);
  expect(await query(first.db, 1).execute()).toEqual([{ title: 'b' }]);
});

test('a query that is asked in very many ways is answered, and no more than fifty of them are kept', async () => {
  const { db } = opened();
  const { built, query } = newestTitles();
  for (let limit = 1; limit <= 60; limit++)
    expect(await query(db, limit).execute()).toHaveLength(Math.min(limit, 2));
  built.mockClear();
  for (let limit = 1; limit <= 60; limit++) await query(db, limit).execute();
  expect(built.mock.calls.map(([limit]) => limit)).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
});

test('a query that is not kept is compiled each time', async () => {
  const { db } = opened();
  const compiled = compilations();
  const query = db.selectFrom('projects').select('title');
  await query.execute();
  await query.execute();
  expect(compiled).toHaveBeenCalledTimes(2);
});
