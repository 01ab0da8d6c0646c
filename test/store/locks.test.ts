import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { expect, test } from 'vitest';
import { LOCAL_MACHINE } from '../../src/project/ids.ts';
import type { Writer } from '../../src/store/database.ts';
import { lockProject } from '../../src/store/projects.ts';
import { lockNextReady } from '../../src/store/queue.ts';
import type { Tables } from '../../src/store/schema.ts';
import { id, NOW } from './rows.ts';

/** How PostgreSQL would be asked. */
async function sqlOf(work: (trx: Writer) => Promise<unknown>): Promise<string[]> {
  const queries: string[] = [];
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void queries.push(query.sql),
  });
  await db.transaction().execute(work);
  return queries;
}

test('a project about to be changed is locked where rows can be locked', async () => {
  expect(await sqlOf((trx) => lockProject(trx, id(1)))).toEqual([
    'select * from "projects" where "id" = $1 for no key update',
  ]);
});

test('a claim locks its project, and waits for no other claim', async () => {
  const held = { families: [], model: null, pending: false };
  const [query] = await sqlOf((trx) =>
    lockNextReady(trx, LOCAL_MACHINE, NOW, held, { folders: [], projects: [], full: [], trees: [] }),
  );
  expect(query).toMatch(/ limit \$\d+ for no key update skip locked$/);
});
