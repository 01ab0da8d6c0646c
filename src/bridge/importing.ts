/** What every import from another program needs: a transaction that can be taken back. */
import type { Writing } from '../store/database.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** Runs a transaction, or, for a dry run, one that is taken back. */
export async function perform<T>(
  bridge: Bridge,
  isDry: boolean,
  work: (writing: Writing) => Promise<T>,
): Promise<T> {
  if (!isDry) return databaseOf(bridge).write(work);
  let seen: T | undefined;
  const takenBack = new Error('taken back');
  try {
    await databaseOf(bridge).write(async (writing) => {
      seen = await work(writing);
      throw takenBack;
    });
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  return seen as T;
}
