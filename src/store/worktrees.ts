/** The worktree of each project that has one. */
import type { ProjectId } from '../project/ids.ts';
import { CLOSED_STATUSES } from '../project/project.ts';
import { type ProjectWorktree, WORKTREE_STATES, type Worktree } from '../project/worktree.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import { findProject } from './projects.ts';
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

/** Those that stand, oldest first. */
export async function worktreesThatStand(db: Reader): Promise<ProjectWorktree[]> {
  const rows = await standing(db).execute();
  return withProjects(db, rows.map(toWorktree));
}

/** Those of projects that were closed before this time and have no run. */
export async function worktreesClosedBefore(db: Reader, time: string): Promise<ProjectWorktree[]> {
  const rows = await standing(db)
    .where('projects.status', 'in', CLOSED_STATUSES)
    .where('projects.run_id', 'is', null)
    .where('projects.updated_at', '<', time)
    .execute();
  return withProjects(db, rows.map(toWorktree));
}

function standing(db: Reader) {
  return db
    .selectFrom('worktrees')
    .innerJoin('projects', 'projects.id', 'worktrees.project_id')
    .selectAll('worktrees')
    .where('worktrees.state', '!=', 'removed')
    .orderBy('worktrees.created_at')
    .orderBy('worktrees.project_id');
}

async function withProjects(db: Reader, worktrees: readonly Worktree[]): Promise<ProjectWorktree[]> {
  const found: ProjectWorktree[] = [];
  for (const worktree of worktrees) {
    const project = await findProject(db, worktree.projectId);
    if (project) found.push({ project, worktree });
  }
  return found;
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
