/** The text of a plan, in all its revisions: 1 as it was sent, and one more for each amendment. */

import type { PlanRevision } from '../project/amendment.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertPlan(trx: Writer, plan: NewRow<'plans'>): Promise<void> {
  await trx.insertInto('plans').values(plan).execute();
}

/** The newest. */
export async function newestPlan(db: Reader, projectId: ProjectId): Promise<PlanRevision> {
  const row = await plansOf(db, projectId).orderBy('revision', 'desc').limit(1).executeTakeFirstOrThrow();
  return toRevision(row);
}

/** All of them, oldest first. */
export async function planRevisions(db: Reader, projectId: ProjectId): Promise<PlanRevision[]> {
  return (await plansOf(db, projectId).orderBy('revision').execute()).map(toRevision);
}

/** The newest text of the plan. */
export async function planText(db: Reader, projectId: ProjectId): Promise<string> {
  return (await newestPlan(db, projectId)).markdown;
}

/** Of the newest text of the plan: 1, 2, … */
export async function planRevision(db: Reader, projectId: ProjectId): Promise<number> {
  return (await newestPlan(db, projectId)).revision;
}

/** The amendment that this request made. */
export async function findAmendment(
  db: Reader,
  projectId: ProjectId,
  requestId: string,
): Promise<PlanRevision | undefined> {
  const row = await plansOf(db, projectId).where('request_id', '=', requestId).executeTakeFirst();
  return row && toRevision(row);
}

function plansOf(db: Reader, projectId: ProjectId) {
  return db.selectFrom('plans').selectAll().where('project_id', '=', projectId);
}

function toRevision(row: Row<'plans'>): PlanRevision {
  return {
    revision: row.revision,
    markdown: row.markdown,
    amendedBy: row.amended_by,
    createdAt: row.created_at,
  };
}
