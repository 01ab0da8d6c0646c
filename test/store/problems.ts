import { expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { listProjects } from '../../src/store/projects.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { addProject } from './rows.ts';

/** Opens, reads and writes; the error it meets. */
export async function useStore(home: string): Promise<unknown> {
  let database: Database | undefined;
  try {
    database = await openDatabase(home, systemClock);
    await listProjects(database.read, { limit: 1_000 });
    await database.write(({ trx }) => addProject(trx, 1_000, {}, 'words '.repeat(5_000)));
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await database?.close();
  }
}

export function problemOf(error: unknown): string {
  if (!(error instanceof StoreError)) throw new Error('no StoreError', { cause: error });
  expect(error.message).toMatch(/^\S+/);
  return error.problem;
}
