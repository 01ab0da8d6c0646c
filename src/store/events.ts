/** The append-only history. An event's id is the cursor a reader continues from. */
import * as z from 'zod';
import type { Reader, Writer } from './database.ts';
import type { Row } from './schema.ts';

export interface BridgeEvent {
  readonly id: number;
  readonly projectId: string | null;
  readonly runId: string | null;
  readonly type: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

export async function appendEvent(trx: Writer, event: Omit<BridgeEvent, 'id'>): Promise<void> {
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
  projectId?: string,
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

const record = z.record(z.string(), z.unknown());

function toEvent(row: Row<'events'>): BridgeEvent {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id,
    type: row.type,
    actor: row.actor,
    data: record.parse(JSON.parse(row.data)),
    createdAt: row.created_at,
  };
}
