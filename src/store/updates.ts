import type { ProjectId, RunId } from '../project/ids.ts';
import type { Update } from '../project/review.ts';
import type { Reader, Writer } from './database.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertUpdate(trx: Writer, update: NewRow<'updates'>): Promise<Update> {
  return toUpdate(await trx.insertInto('updates').values(update).returningAll().executeTakeFirstOrThrow());
}

/** The update that this run sent with this request; null stands for the session of a person. */
export async function findUpdateByRequest(
  db: Reader,
  projectId: ProjectId,
  runId: RunId | null,
  requestId: string,
): Promise<Update | undefined> {
  const row = await db
    .selectFrom('updates')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('request_id', '=', requestId)
    .where('run_id', 'is', runId)
    .executeTakeFirst();
  return row && toUpdate(row);
}

/** Updates of a project with an id above `afterId`, oldest first. */
export async function updatesOf(
  db: Reader,
  projectId: ProjectId,
  afterId: number,
  limit: number,
): Promise<Update[]> {
  const rows = await db
    .selectFrom('updates')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toUpdate);
}

/** The newest updates of a project, oldest of them first. */
export async function latestUpdatesOf(db: Reader, projectId: ProjectId, limit: number): Promise<Update[]> {
  const rows = await db
    .selectFrom('updates')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toUpdate).reverse();
}

function toUpdate(row: Row<'updates'>): Update {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id,
    message: row.message,
    createdAt: row.created_at,
  };
}
