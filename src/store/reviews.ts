import * as z from 'zod';
import type { ProjectId, RunId } from '../project/ids.ts';
import { type Completion, DECIDED_VIA, type Decision, VERDICTS } from '../project/review.ts';
import { REVISE_IN } from '../project/revision.ts';
import type { Run } from '../project/run.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import { newestAttempts } from './newest-attempts.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertCompletion(trx: Writer, completion: NewRow<'completions'>): Promise<void> {
  await trx.insertInto('completions').values(completion).execute();
}

export async function insertDecision(trx: Writer, decision: NewRow<'approvals'>): Promise<void> {
  await trx.insertInto('approvals').values(decision).execute();
}

/** The newest completion of a round, or that of an attempt. */
export async function findCompletion(
  db: Reader,
  projectId: ProjectId,
  round: number,
  attempt?: number,
): Promise<Completion | undefined> {
  let query = db
    .selectFrom('completions')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .orderBy('attempt', 'desc');
  if (attempt !== undefined) query = query.where('attempt', '=', attempt);
  const row = await query.limit(1).executeTakeFirst();
  return row && toCompletion(row);
}

/** What was submitted in the round under way of each of these projects, in no order. */
export async function newestCompletions(db: Reader, projects: readonly ProjectId[]): Promise<Completion[]> {
  if (projects.length === 0) return [];
  const rows = await db
    .selectFrom('completions')
    .innerJoin('projects', (join) =>
      join
        .onRef('projects.id', '=', 'completions.project_id')
        .onRef('projects.round', '=', 'completions.round'),
    )
    .selectAll('completions')
    .where('projects.id', 'in', projects)
    .execute();
  return newestAttempts(rows).map(toCompletion);
}

/** Whether this run has submitted its work. */
export async function hasSubmitted(
  db: Reader,
  { id, projectId, round }: Pick<Run, 'id' | 'projectId' | 'round'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('completions')
    .select('id')
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .where('run_id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** The completion that this run submitted with this request; null stands for the session of a person. */
export async function findCompletionByRequest(
  db: Reader,
  projectId: ProjectId,
  runId: RunId | null,
  requestId: string,
): Promise<Completion | undefined> {
  const row = await db
    .selectFrom('completions')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('request_id', '=', requestId)
    .where('run_id', 'is', runId)
    .executeTakeFirst();
  return row && toCompletion(row);
}

/** The newest completion of each round, first round first. */
export async function completionsOf(db: Reader, projectId: ProjectId): Promise<Completion[]> {
  const rows = await db
    .selectFrom('completions')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('round')
    .orderBy('attempt')
    .execute();
  return rows.filter(({ round }, index) => rows[index + 1]?.round !== round).map(toCompletion);
}

export async function findDecision(
  db: Reader,
  projectId: ProjectId,
  round: number,
): Promise<Decision | undefined> {
  const row = await db
    .selectFrom('approvals')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .executeTakeFirst();
  return row && toDecision(row);
}

/** The newest decision of a project, whatever its round. */
export async function lastDecision(db: Reader, projectId: ProjectId): Promise<Decision | undefined> {
  const row = await db
    .selectFrom('approvals')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('round', 'desc')
    .executeTakeFirst();
  return row && toDecision(row);
}

/** All decisions of a project, first round first. */
export async function decisionsOf(db: Reader, projectId: ProjectId): Promise<Decision[]> {
  const rows = await db
    .selectFrom('approvals')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('round')
    .execute();
  return rows.map(toDecision);
}

const viaWord = knownWord('approvals.decided_via', DECIDED_VIA);
const verdictWord = knownWord('approvals.verdict', VERDICTS);
const reviseInWord = knownWord('approvals.revise_in', REVISE_IN);
const files = z.array(z.string());
const rules = z.array(z.string());

function toCompletion(row: Row<'completions'>): Completion {
  return {
    id: row.id,
    projectId: row.project_id,
    round: row.round,
    attempt: row.attempt,
    runId: row.run_id,
    filesCreated: files.parse(JSON.parse(row.files_created)),
    filesModified: files.parse(JSON.parse(row.files_modified)),
    summary: row.summary,
    caveats: row.caveats,
    createdAt: row.created_at,
  };
}

function toDecision(row: Row<'approvals'>): Decision {
  return {
    id: row.id,
    projectId: row.project_id,
    round: row.round,
    verdict: verdictWord(row.verdict),
    reason: row.reason,
    allowed: row.allowed === null ? [] : rules.parse(JSON.parse(row.allowed)),
    reviseIn: row.revise_in && reviseInWord(row.revise_in),
    tree: row.tree,
    baseOid: row.base_oid,
    bound: row.bound === 1,
    evidenceId: row.evidence_id,
    decidedBy: row.decided_by,
    decidedVia: viaWord(row.decided_via),
    createdAt: row.created_at,
  };
}
