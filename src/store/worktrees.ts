/** The worktree of each project that has one. */
import type { ProjectId } from '../project/ids.ts';
import { WORKTREE_STATES, type Worktree } from '../project/worktree.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** Records a worktree. Returns false when the project has one already. */
export async function insertWorktree(trx: Writer, row: NewRow<'worktrees'>): Promise<boolean> {
  const inserted = await trx
    .insertInto('worktrees')
    .values(row)
    .onConflict((conflict) => conflict.column('project_id').doNothing())
    .returning('project_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function updateWorktree(
  trx: Writer,
  projectId: ProjectId,
  changes: Partial<Omit<Row<'worktrees'>, 'project_id' | 'created_at'>>,
): Promise<void> {
  await trx.updateTable('worktrees').set(changes).where('project_id', '=', projectId).execute();
}

export async function findWorktree(db: Reader, projectId: ProjectId): Promise<Worktree | undefined> {
  const row = await db
    .selectFrom('worktrees')
    .selectAll()
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return row && toWorktree(row);
}

const stateWord = knownWord('worktrees.state', WORKTREE_STATES);

function toWorktree(row: Row<'worktrees'>): Worktree {
  return {
    projectId: row.project_id,
    repo: row.repo,
    path: row.path,
    subdir: row.subdir,
    branch: row.branch,
    baseRef: row.base_ref,
    baseOid: row.base_oid,
    measureDir: row.measure_dir,
    configDigest: row.config_digest,
    refsDigest: row.refs_digest,
    state: stateWord(row.state),
    preparedAt: row.prepared_at,
    prepareExit: row.prepare_exit,
    createdAt: row.created_at,
    removedAt: row.removed_at,
  };
}
