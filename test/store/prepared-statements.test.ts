import { Kysely, sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Tables } from '../../src/store/schema.ts';
import { BridgeSqliteDialect } from '../../src/store/sqlite/driver.ts';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts';
import { withPreparedStatements } from '../../src/store/sqlite/prepared-statements.ts';

function opened() {
  const sqlite = openSqlite(':memory:', {});
  onTestFinished(() => void sqlite.close());
  sqlite.exec('create table words (word text); insert into words values (1), (2)');
  return { sqlite, database: withPreparedStatements(sqlite), prepare: vi.spyOn(sqlite, 'prepare') };
}

test('a query is prepared once, and reads the store each time', () => {
  const { database, prepare } = opened();
  for (const word of ['1', '2', '3']) {
    const rows = database.prepare('select word from words where word = ?').all([word]);
    expect(rows).toEqual(word === '3' ? [] : [{ word }]);
  }
  expect(prepare).toHaveBeenCalledTimes(1);
});

test('a query sees a column that was added after it was prepared', () => {
  const { sqlite, database } = opened();
  database.prepare('select * from words').all([]);
  sqlite.exec("alter table words add column language text default 'en'");
  expect(database.prepare('select * from words').all([])[0]).toEqual({ word: '1', language: 'en' });
});

test('a query can be asked again while its rows are still being read', () => {
  const { database } = opened();
  for (const row of database.prepare('select word from words').iterate([])) {
    expect(row).toHaveProperty('word');
    expect(database.prepare('select word from words').all([])).toHaveLength(2);
  }
});

test('the least recently used of more than two hundred queries is prepared again', () => {
  const { database, prepare } = opened();
  const ask = (number: number) => database.prepare(`select ${number}`).all([]);
  for (let number = 0; number < 200; number++) ask(number);
  ask(0);
  ask(200);
  prepare.mockClear();
  ask(0);
  expect(prepare).not.toHaveBeenCalled();
  ask(1);
  expect(prepare).toHaveBeenCalledOnce();
});

test('a limit stands in the text of a query, since SQLite prepares a statement again for each limit that is bound', async () => {
  const { sqlite } = opened();
  const db = new Kysely<Tables>({ dialect: new BridgeSqliteDialect(sqlite) });
  const words = db.selectFrom(sql<{ word: string }>`words`.as('w')).select('word').orderBy('word');
  const { sql: text, parameters } = words.limit(1).compile();
  expect(text).toMatch(/ limit 1$/);
  expect(parameters).toEqual([]);
  expect(await words.limit(1).execute()).toEqual([{ word: '1' }]);
  expect(await words.limit(2).execute()).toHaveLength(2);
  // What is no whole number is bound, and refused by SQLite.
  const hostile = words.limit('1; drop table words' as never);
  expect(hostile.compile().parameters).toEqual(['1; drop table words']);
  await expect(hostile.execute()).rejects.toThrow(/mismatch/);
});
