/** What projects wait for, and what has become of it. */
import type { Dependency } from '../project/dependency.ts';
import type { ProjectId } from '../project/ids.ts';
import { PROJECT_STATUSES } from '../project/project.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';

const statusWord = knownWord('projects.status', PROJECT_STATUSES);

/** Makes a project wait for these. */
export async function insertDependencies(
  trx: Writer,
  projectId: ProjectId,
  ids: readonly ProjectId[],
): Promise<void> {
  if (ids.length === 0) return;
  const rows = ids.map((id) => ({ project_id: projectId, depends_on: id }));
  await trx.insertInto('dependencies').values(rows).execute();
}

/** What each of these projects waits for, oldest first; those that are complete are left out. */
export async function openDependencies(
  db: Reader,
  projectIds: readonly ProjectId[],
): Promise<ReadonlyMap<ProjectId, readonly Dependency[]>> {
  const found = new Map<ProjectId, Dependency[]>();
  if (projectIds.length === 0) return found;
  const rows = await db
    .selectFrom('dependencies')
    .innerJoin('projects', 'projects.id', 'dependencies.depends_on')
    .select(['dependencies.project_id', 'projects.id', 'projects.title', 'projects.status'])
    .where('dependencies.project_id', 'in', projectIds)
    .where('projects.status', '!=', 'complete')
    .orderBy('projects.created_at')
    .orderBy('projects.id')
    .execute();
  for (const { project_id, id, title, status } of rows)
    found.set(project_id, [...(found.get(project_id) ?? []), { id, title, status: statusWord(status) }]);
  return found;
}

/** Pending projects that wait for one that was cancelled, oldest first. */
export async function waitingInVain(db: Reader, limit: number): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('dependencies')
    .innerJoin('projects', 'projects.id', 'dependencies.project_id')
    .innerJoin('projects as needed', 'needed.id', 'dependencies.depends_on')
    .select('projects.id')
    .distinct()
    .where('projects.status', '=', 'pending')
    .where('needed.status', '=', 'cancelled')
    .orderBy('projects.created_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Lets a project wait no more for what was cancelled. */
export async function dropCancelled(trx: Writer, projectId: ProjectId): Promise<void> {
  await trx
    .deleteFrom('dependencies')
    .where('project_id', '=', projectId)
    .where('depends_on', 'in', (query) =>
      query.selectFrom('projects').select('id').where('status', '=', 'cancelled'),
    )
    .execute();
}
