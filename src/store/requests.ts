/** What Claude Code asks a person, and what was decided. */
import * as z from 'zod';
import type { ProjectId, RequestId } from '../project/ids.ts';
import {
  type AskedRequest,
  PERMISSION_SCOPES,
  REQUEST_KINDS,
  REQUEST_STATES,
  UNDECIDED_STATES,
} from '../project/request.ts';
import { DECIDED_VIA } from '../project/review.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertRequest(trx: Writer, row: NewRow<'requests'>): Promise<AskedRequest> {
  return toRequest(await trx.insertInto('requests').values(row).returningAll().executeTakeFirstOrThrow());
}

export async function updateRequest(
  trx: Writer,
  id: RequestId,
  changes: Partial<Omit<Row<'requests'>, 'id' | 'project_id' | 'kind' | 'created_at'>>,
): Promise<AskedRequest> {
  const query = trx.updateTable('requests').set(changes).where('id', '=', id).returningAll();
  return toRequest(await query.executeTakeFirstOrThrow());
}

export async function findRequest(db: Reader, id: RequestId): Promise<AskedRequest | undefined> {
  const row = await db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRequest(row);
}

/** All requests of a project, oldest first. */
export async function requestsOf(db: Reader, projectId: ProjectId): Promise<AskedRequest[]> {
  const query = db.selectFrom('requests').selectAll().where('project_id', '=', projectId);
  return (await query.orderBy('created_at').orderBy('id').execute()).map(toRequest);
}

/** Whether a project has asked anything at all. */
export async function hasAsked(db: Reader, projectId: ProjectId): Promise<boolean> {
  const query = db.selectFrom('requests').select('id').where('project_id', '=', projectId).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Those of a project whose call has an equal input, oldest first. */
export async function requestsWithInput(
  db: Reader,
  projectId: ProjectId,
  inputHash: string,
): Promise<AskedRequest[]> {
  const rows = await db
    .selectFrom('requests')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('input_hash', '=', inputHash)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toRequest);
}

/** What a person can decide now, oldest first; of one project if it is given. */
export async function undecidedRequests(db: Reader, projectId?: ProjectId): Promise<AskedRequest[]> {
  let query = db.selectFrom('requests').selectAll().where('state', 'in', UNDECIDED_STATES);
  if (projectId !== undefined) query = query.where('project_id', '=', projectId);
  return (await query.orderBy('created_at').orderBy('id').execute()).map(toRequest);
}

/** How many requests a person can decide now, of all projects. */
export async function countAllUndecided(db: Reader): Promise<number> {
  const row = await undecided(db).executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many requests of a project a person can decide now. */
export async function countUndecided(db: Reader, projectId: ProjectId): Promise<number> {
  const row = await undecided(db).where('project_id', '=', projectId).executeTakeFirstOrThrow();
  return Number(row.count);
}

function undecided(db: Reader) {
  return db
    .selectFrom('requests')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('state', 'in', UNDECIDED_STATES);
}

/** Ids of what is to be decided by default at `now`, oldest first, with their projects. */
export async function overdueRequests(
  db: Reader,
  now: string,
): Promise<{ readonly id: RequestId; readonly projectId: ProjectId }[]> {
  return db
    .selectFrom('requests')
    .select(['id', 'project_id as projectId'])
    .where('state', 'in', UNDECIDED_STATES)
    .where('deadline', '<=', now)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** When the first of what can be decided now is decided by default; undefined when nothing is. */
export async function firstDeadline(db: Reader): Promise<string | undefined> {
  const row = await db
    .selectFrom('requests')
    .select((query) => query.fn.min('deadline').as('deadline'))
    .where('state', 'in', UNDECIDED_STATES)
    .executeTakeFirst();
  return row?.deadline ?? undefined;
}

/** Ids that begin with `prefix`, which must be hexadecimal digits; at most `limit`. */
export async function requestIdsFrom(db: Reader, prefix: string, limit: number): Promise<RequestId[]> {
  const rows = await db
    .selectFrom('requests')
    .select('id')
    .where('id', '>=', prefix as RequestId)
    // The first character after the hexadecimal digits.
    .where('id', '<', `${prefix}g` as RequestId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

const kindWord = knownWord('requests.kind', REQUEST_KINDS);
const stateWord = knownWord('requests.state', REQUEST_STATES);
const scopeWord = knownWord('requests.scope', PERMISSION_SCOPES);
const viaWord = knownWord('requests.decided_via', DECIDED_VIA);
const options = z.array(z.string());

function toRequest(row: Row<'requests'>): AskedRequest {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id,
    kind: kindWord(row.kind),
    toolUseId: row.tool_use_id,
    toolName: row.tool_name,
    input: row.input,
    agentId: row.agent_id,
    question: row.question,
    options: options.parse(JSON.parse(row.options)),
    defaultAnswer: row.default_answer,
    deadline: row.deadline,
    state: stateWord(row.state),
    scope: row.scope === null ? null : scopeWord(row.scope),
    answer: row.answer,
    decidedBy: row.decided_by,
    decidedVia: row.decided_via === null ? null : viaWord(row.decided_via),
    createdAt: row.created_at,
    deferredAt: row.deferred_at,
    decidedAt: row.decided_at,
    toldAt: row.told_at,
    cutOffAt: row.cut_off_at,
    repeats: row.repeats,
  };
}
