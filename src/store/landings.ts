/** Tries at landing approved work. */
import * as z from 'zod';
import type { ProjectId } from '../project/ids.ts';
import { LANDING_ACTIONS, LANDING_OUTCOMES, type Landing } from '../project/landing.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertLanding(trx: Writer, row: NewRow<'landings'>): Promise<Landing> {
  return toLanding(await trx.insertInto('landings').values(row).returningAll().executeTakeFirstOrThrow());
}

/** All tries at landing what this decision approved, oldest first. */
export async function landingsOf(db: Reader, approvalId: number): Promise<Landing[]> {
  const rows = await db
    .selectFrom('landings')
    .selectAll()
    .where('approval_id', '=', approvalId)
    .orderBy('id')
    .execute();
  return rows.map(toLanding);
}

/** All tries of a project, oldest first. */
export async function landingsOfProject(db: Reader, projectId: ProjectId): Promise<Landing[]> {
  const rows = await db
    .selectFrom('landings')
    .innerJoin('approvals', 'approvals.id', 'landings.approval_id')
    .selectAll('landings')
    .where('approvals.project_id', '=', projectId)
    .orderBy('landings.id')
    .execute();
  return rows.map(toLanding);
}

const actionWord = knownWord('landings.action', LANDING_ACTIONS);
const outcomeWord = knownWord('landings.outcome', LANDING_OUTCOMES);
const detail = z.record(z.string(), z.unknown());

function toLanding(row: Row<'landings'>): Landing {
  return {
    id: row.id,
    approvalId: row.approval_id,
    action: actionWord(row.action),
    target: row.target,
    fromOid: row.from_oid,
    toOid: row.to_oid,
    outcome: outcomeWord(row.outcome),
    detail: detail.parse(JSON.parse(row.detail)),
    createdAt: row.created_at,
  };
}
