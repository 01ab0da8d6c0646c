/** The append-only history. An event's id is the cursor a reader continues from. */

import { type BridgeEvent, type NewEvent, parseHappening } from '../project/event.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import type { Row } from './schema.ts';

export async function appendEvent(trx: Writer, event: NewEvent): Promise<void> {
  await trx
    .insertInto('events')
    .values({
      project_id: event.projectId,
      run_id: event.runId,
      type: event.type,
      actor: event.actor,
      data: JSON.stringify(event.data),
      created_at: event.createdAt,
    })
    .execute();
}

/** Events with an id above `cursor`, oldest first; of one project when `projectId` is given. */
export async function eventsAfter(
  db: Reader,
  cursor: number,
  limit: number,
  projectId?: ProjectId,
): Promise<BridgeEvent[]> {
  let query = db.selectFrom('events').selectAll().where('id', '>', cursor).orderBy('id').limit(limit);
  if (projectId !== undefined) query = query.where('project_id', '=', projectId);
  return (await query.execute()).map(toEvent);
}

/** The id of the newest event, 0 when there is none: the cursor that means "from now on". */
export async function newestEventId(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

function toEvent(row: Row<'events'>): BridgeEvent {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id,
    ...parseHappening(row.type, withKeysOfToday(JSON.parse(row.data))),
    actor: row.actor,
    createdAt: row.created_at,
  };
}

/** Keys that data had in the first schemas. */
const OLD_KEYS: Readonly<Record<string, string>> = {
  cost_usd: 'costUsd',
  cost_basis: 'costBasis',
  session_id: 'sessionId',
  message_id: 'messageId',
  claude_version: 'claudeVersion',
};

/** The history is never rewritten, so that its oldest events are read as they are. */
function withKeysOfToday(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [OLD_KEYS[key] ?? key, value]));
}
