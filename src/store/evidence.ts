/** What was measured of each round. */
import { baseOf, type Evidence, evidenceSchema, treeOf } from '../project/evidence.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { RecordedEvidence } from '../project/review.ts';
import type { Reader, Writer } from './database.ts';
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
