import * as z from 'zod';
import type { ProjectId, RunId } from '../project/ids.ts';
import { type Completion, type Decision, VERDICTS } from '../project/review.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertCompletion(trx: Writer, completion: NewRow<'completions'>): Promise<void> {
  await trx.insertInto('completions').values(completion).execute();
}

export async function insertDecision(trx: Writer, decision: NewRow<'approvals'>): Promise<void> {
  await trx.insertInto('approvals').values(decision).execute();
}

export async function findCompletion(
  db: Reader,
  projectId: ProjectId,
  round: number,
): Promise<Completion | undefined> {
  const row = await db
    .selectFrom('completions')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('round', '=', round)
    .executeTakeFirst();
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
  return rows.map(toCompletion);
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

/** All completions of a project, first round first. */
export async function completionsOf(db: Reader, projectId: ProjectId): Promise<Completion[]> {
  const rows = await db
    .selectFrom('completions')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('round')
    .execute();
  return rows.map(toCompletion);
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

const verdictWord = knownWord('approvals.verdict', VERDICTS);
const files = z.array(z.string());

function toCompletion(row: Row<'completions'>): Completion {
  return {
    id: row.id,
    projectId: row.project_id,
    round: row.round,
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
    decidedBy: row.decided_by,
    createdAt: row.created_at,
  };
}
