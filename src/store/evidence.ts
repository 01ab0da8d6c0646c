/** What was measured of each round. */
import { type Evidence, evidenceSchema } from '../project/evidence.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import { baseOf, treeOf } from '../project/measured.ts';
import type { RecordedEvidence } from '../project/review.ts';
import type { Reader, Writer } from './database.ts';
import { newestAttempts } from './newest-attempts.ts';
import type { Row } from './schema.ts';

/** Records the evidence of one attempt. Violates a unique constraint when that attempt has some. */
export async function insertEvidence(
  trx: Writer,
  of: { readonly projectId: ProjectId; readonly round: number; readonly attempt: number },
  runId: RunId | null,
  evidence: Evidence,
  createdAt: string,
): Promise<RecordedEvidence> {
  const { checksPassed } = evidence;
  const row = await trx
    .insertInto('evidence')
    .values({
      project_id: of.projectId,
      round: of.round,
      attempt: of.attempt,
      run_id: runId,
      base_oid: baseOf(evidence),
      tree: treeOf(evidence),
      commit_oid: evidence.git?.commit ?? null,
      checks_passed: checksPassed === null ? null : checksPassed ? 1 : 0,
      data: JSON.stringify(evidence),
      created_at: createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toEvidence(row);
}

/** The evidence of a round that counts: that of its newest attempt. */
export async function findEvidence(
  db: Reader,
  projectId: ProjectId,
  round: number,
): Promise<RecordedEvidence | undefined> {
  const row = await db
    .selectFrom('evidence')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .orderBy('attempt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toEvidence(row);
}

/** That of every attempt of a round, in their order. */
export async function evidenceOfRound(
  db: Reader,
  projectId: ProjectId,
  round: number,
): Promise<RecordedEvidence[]> {
  const rows = await db
    .selectFrom('evidence')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .orderBy('attempt')
    .execute();
  return rows.map(toEvidence);
}

/** What was measured of the round under way of each of these projects, in no order. */
export async function newestEvidence(
  db: Reader,
  projects: readonly ProjectId[],
): Promise<RecordedEvidence[]> {
  if (projects.length === 0) return [];
  const rows = await db
    .selectFrom('evidence')
    .innerJoin('projects', (join) =>
      join.onRef('projects.id', '=', 'evidence.project_id').onRef('projects.round', '=', 'evidence.round'),
    )
    .selectAll('evidence')
    .where('projects.id', 'in', projects)
    .execute();
  return newestAttempts(rows).map(toEvidence);
}

/** That of each round of a project, in their order. */
export async function newestEvidenceOf(db: Reader, projectId: ProjectId): Promise<RecordedEvidence[]> {
  const rows = await db
    .selectFrom('evidence')
    .selectAll()
    .where('project_id', '=', projectId)
    .where(({ eb, selectFrom }) =>
      eb(
        'evidence.attempt',
        '=',
        selectFrom('evidence as other')
          .select(({ fn }) => fn.max('other.attempt').as('newest'))
          .where('other.project_id', '=', projectId)
          .whereRef('other.round', '=', 'evidence.round'),
      ),
    )
    .orderBy('round')
    .execute();
  return rows.map(toEvidence);
}

/** Whether the checks passed at the newest attempt of each round of these projects. */
export async function checksOf(
  db: Reader,
  projectIds: readonly ProjectId[],
): Promise<{ projectId: ProjectId; round: number; passed: boolean | null }[]> {
  if (projectIds.length === 0) return [];
  const rows = await db
    .selectFrom('evidence')
    .select(['project_id', 'round', 'checks_passed'])
    .where('project_id', 'in', projectIds)
    .orderBy('attempt')
    .execute();
  return rows.map((row) => ({
    projectId: row.project_id,
    round: row.round,
    passed: row.checks_passed === null ? null : row.checks_passed === 1,
  }));
}

export async function evidenceWithId(db: Reader, id: number): Promise<RecordedEvidence | undefined> {
  const row = await db.selectFrom('evidence').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toEvidence(row);
}

function toEvidence(row: Row<'evidence'>): RecordedEvidence {
  return {
    id: row.id,
    projectId: row.project_id,
    round: row.round,
    attempt: row.attempt,
    runId: row.run_id,
    evidence: evidenceSchema().parse(JSON.parse(row.data)),
    createdAt: row.created_at,
  };
}
