/** The worktrees in a state folder: work that may be nowhere else, for whoever backs it up or is about to delete it. */
import type { ProjectWorktree } from '../project/worktree.ts';
import { inspectDatabase } from '../store/sqlite/inspect.ts';
import { worktreesThatStand } from '../store/worktrees.ts';

/** Reads only; none where the store is missing or cannot be read. */
export async function workInStateFolder(stateDir: string): Promise<ProjectWorktree[]> {
  try {
    const database = inspectDatabase(stateDir);
    if (!database) return [];
    try {
      return await worktreesThatStand(database.read);
    } finally {
      await database.close();
    }
  } catch {
    // Also one of an older schema, which has no worktrees.
    return [];
  }
}
