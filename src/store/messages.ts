import type { ProjectId, RunId } from '../project/ids.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { Reader, Writer } from './database.ts';
import type { NewRow, Row } from './schema.ts';

/** Stores a message until a run takes it in. */
export async function insertMessage(
  trx: Writer,
  message: Omit<NewRow<'messages'>, 'run_id' | 'delivered_at'>,
): Promise<SteeringMessage> {
  return toMessage(await trx.insertInto('messages').values(message).returningAll().executeTakeFirstOrThrow());
}

export async function findMessageByRequest(
  db: Reader,
  projectId: ProjectId,
  requestId: string,
): Promise<SteeringMessage | undefined> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row && toMessage(row);
}

/** Messages of a project that no run has taken in, in the order in which they were sent. */
export async function waitingMessages(db: Reader, projectId: ProjectId): Promise<SteeringMessage[]> {
  return (await waiting(db, projectId).execute()).map(toMessage);
}

/** Of the waiting messages, those in the prompt of this run: they waited when it was recorded. */
export async function promptMessages(db: Reader, run: RunOfProject): Promise<SteeringMessage[]> {
  return (await waiting(db, run.projectId).where('run_id', '=', run.id).execute()).map(toMessage);
}

/** Of the waiting messages, those sent since this run was recorded. */
export async function laterMessages(db: Reader, run: RunOfProject): Promise<SteeringMessage[]> {
  return (await waiting(db, run.projectId).where('run_id', 'is distinct from', run.id).execute()).map(
    toMessage,
  );
}

type RunOfProject = Pick<Run, 'id' | 'projectId'>;

function waiting(db: Reader, projectId: ProjectId) {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('delivered_at', 'is', null)
    .orderBy('number');
}

/** Assigns the waiting messages of a project to a run whose prompt will contain them. */
export async function giveWaiting(trx: Writer, projectId: ProjectId, runId: RunId): Promise<void> {
  await trx
    .updateTable('messages')
    .set({ run_id: runId })
    .where('project_id', '=', projectId)
    .where('delivered_at', 'is', null)
    .execute();
}

/** Marks messages as taken in by a run. Returns how many were still waiting. */
export async function markDelivered(
  trx: Writer,
  ids: readonly string[],
  runId: RunId,
  at: string,
): Promise<number> {
  const result = await trx
    .updateTable('messages')
    .set({ run_id: runId, delivered_at: at })
    .where('id', 'in', ids)
    .where('delivered_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Marks messages as written to a run. Returns which of them were still waiting. */
export async function markSent(trx: Writer, ids: readonly string[], runId: RunId): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await trx
    .updateTable('messages')
    .set({ sent_to: runId })
    .where('id', 'in', ids)
    .where('delivered_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Takes back that messages were written to a run: these, or all. */
export async function unmarkSent(trx: Writer, runId: RunId, which: 'all' | readonly string[]): Promise<void> {
  await trx
    .updateTable('messages')
    .set({ sent_to: null })
    .where('sent_to', '=', runId)
    .$if(which !== 'all', (query) => query.where('id', 'in', which as readonly string[]))
    .execute();
}

/** Whether a message was written to this run that it has not taken in. */
export async function hasUntakenMessage(db: Reader, runId: RunId): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('sent_to', '=', runId)
    .where('delivered_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The newest revision of the plan that these messages tell of; null: they tell of none. */
export async function newestToldBy(db: Reader, ids: readonly string[]): Promise<number | null> {
  const row = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.max('plan_revision').as('revision'))
    .where('id', 'in', ids)
    .executeTakeFirst();
  return row?.revision ?? null;
}

/** Marks what tells of the plan as taken in, by a person's own session. */
export async function markAmendmentsTold(trx: Writer, projectId: ProjectId, at: string): Promise<void> {
  await trx
    .updateTable('messages')
    .set({ delivered_at: at })
    .where('project_id', '=', projectId)
    .where('plan_revision', 'is not', null)
    .where('delivered_at', 'is', null)
    .execute();
}

/** Makes messages that a run had taken in wait again: all of them, or those with these ids. Returns which ones. */
export async function unmarkDelivered(
  trx: Writer,
  runId: RunId,
  which: 'all' | readonly string[],
): Promise<string[]> {
  if (which.length === 0) return [];
  const rows = await trx
    .updateTable('messages')
    .set({ delivered_at: null })
    .where('run_id', '=', runId)
    .where('delivered_at', 'is not', null)
    .$if(which !== 'all', (query) => query.where('id', 'in', which as readonly string[]))
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

function toMessage(row: Row<'messages'>): SteeringMessage {
  return {
    id: row.id,
    projectId: row.project_id,
    message: row.message,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
    runId: row.run_id,
    planRevision: row.plan_revision,
  };
}
