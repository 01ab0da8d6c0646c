/** The append-only history, and where a reader continues in it. Event ids rise within a project and may have gaps. */
import { sql } from 'kysely';
import type { Actor } from '../project/actor.ts';
import {
  type BridgeEvent,
  type EventType,
  type Happening,
  type NewEvent,
  parseHappening,
} from '../project/event.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import { keptQuery } from './kept-query.ts';
import { updateProject } from './projects.ts';
import type { Row } from './schema.ts';

declare const cursor: unique symbol;

/** Where a reader continues. Its content is private to this file. */
export type Cursor = string & { readonly [cursor]: true };

/** Before the first event. */
export const BEGINNING = '0' as Cursor;

/** Right after an event. */
export function cursorAfter({ id }: Pick<BridgeEvent, 'id'>): Cursor {
  return String(id) as Cursor;
}

/**
 * Parses a cursor that a reader brings back; undefined for one that this history cannot have issued: each names an event,
 * and events are never deleted.
 */
export async function parseCursor(db: Reader, text: string): Promise<Cursor | undefined> {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const id = Number(text);
  if (id === 0) return BEGINNING;
  const event = await db.selectFrom('events').select('id').where('id', '=', id).executeTakeFirst();
  return event && cursorAfter(event);
}

/** Adds to the history, and to its project when that last changed: whatever a person can see change has an event. */
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
  if (event.projectId !== null) await updateProject(trx, event.projectId, { updated_at: event.createdAt });
}

/** Adds what belongs to no project and no run: a hold, a schedule, a channel, a credential, the supervisor itself. */
export async function appendGlobalEvent(
  trx: Writer,
  happening: Happening,
  actor: Actor,
  createdAt: string,
): Promise<void> {
  await appendEvent(trx, { ...happening, projectId: null, runId: null, actor, createdAt });
}

/** Events after `cursor`, oldest first; only those of a project when `projectId` is given. */
export async function eventsAfter(
  db: Reader,
  cursor: Cursor,
  limit: number,
  projectId?: ProjectId,
): Promise<BridgeEvent[]> {
  let query = db.selectFrom('events').selectAll().where('id', '>', Number(cursor)).orderBy('id').limit(limit);
  if (projectId !== undefined) query = query.where('project_id', '=', projectId);
  return (await query.execute()).map(toEvent);
}

export async function findEvent(db: Reader, id: number): Promise<BridgeEvent | undefined> {
  const row = await db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toEvent(row);
}

/** The newest event of this type of each of these projects that has one. */
export async function newestOfType(
  db: Reader,
  type: EventType,
  projectIds: readonly ProjectId[],
): Promise<BridgeEvent[]> {
  if (projectIds.length === 0) return [];
  const newest = db
    .selectFrom('events')
    .select((eb) => eb.fn.max('id').as('id'))
    .where('project_id', 'in', projectIds)
    .where('type', '=', type)
    .groupBy('project_id');
  const rows = await db.selectFrom('events').selectAll().where('id', 'in', newest).execute();
  return rows.map(toEvent);
}

/** The newest events of this type that belong to no project and tell of another channel than `hidden`, newest first. */
export async function newestOfChannels(
  db: Reader,
  type: EventType,
  hidden: string,
  limit: number,
): Promise<BridgeEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('project_id', 'is', null)
    .where('type', '=', type)
    .where(sql<string>`data ->> 'channel'`, '!=', hidden)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** Which types of events a project has, each once. */
export async function typesOfEvents(db: Reader, projectId: ProjectId): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('type')
    .distinct()
    .where('project_id', '=', projectId)
    .execute();
  return rows.map(({ type }) => type);
}

/** After the newest event: "from now on". */
export async function newestCursor(db: Reader): Promise<Cursor> {
  return cursorAfter({ id: await newestEventId(db) });
}

/** 0 when there is none. */
export async function newestEventId(db: Reader): Promise<number> {
  const row = await newestId(db).executeTakeFirst();
  return row?.id ?? 0;
}

const newestId = keptQuery((db) => db.selectFrom('events').select((eb) => eb.fn.max('id').as('id')));

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

/** Names that keys of data had in the first schemas. */
const OLD_KEYS: Readonly<Record<string, string>> = {
  cost_usd: 'costUsd',
  cost_basis: 'costBasis',
  session_id: 'sessionId',
  message_id: 'messageId',
  claude_version: 'claudeVersion',
};

/** Reads data of the oldest events too: the history is never rewritten. */
function withKeysOfToday(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [OLD_KEYS[key] ?? key, value]));
}
