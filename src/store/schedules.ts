/** Schedules, and the projects that they have made. */
import { sql } from 'kysely';
import type { ProjectId, ScheduleId } from '../project/ids.ts';
import { CLOSED_STATUSES } from '../project/project.ts';
import { SCHEDULE_STATES, type Schedule } from '../project/schedule.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

export async function insertSchedule(trx: Writer, row: NewRow<'schedules'>): Promise<Schedule> {
  return toSchedule(await trx.insertInto('schedules').values(row).returningAll().executeTakeFirstOrThrow());
}

export async function updateSchedule(
  trx: Writer,
  id: ScheduleId,
  changes: Partial<Omit<Row<'schedules'>, 'id' | 'request_id' | 'created_at'>>,
): Promise<void> {
  await trx.updateTable('schedules').set(changes).where('id', '=', id).execute();
}

/** Those that were not removed, oldest first. */
export async function allSchedules(db: Reader): Promise<Schedule[]> {
  const rows = await db
    .selectFrom('schedules')
    .selectAll()
    .where('state', '!=', 'removed')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toSchedule);
}

/** The schedule, which nobody else changes until the transaction ends. */
/** Undefined also for one that was removed. */
export async function scheduleById(db: Reader, id: ScheduleId): Promise<Schedule | undefined> {
  const row = await db
    .selectFrom('schedules')
    .selectAll()
    .where('id', '=', id)
    .where('state', '!=', 'removed')
    .executeTakeFirst();
  return row && toSchedule(row);
}

export async function lockSchedule(trx: Writer, id: ScheduleId): Promise<Schedule | undefined> {
  const row = await trx
    .selectFrom('schedules')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && toSchedule(row);
}

export async function findScheduleByRequest(db: Reader, requestId: string): Promise<Schedule | undefined> {
  const row = await db
    .selectFrom('schedules')
    .selectAll()
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row && toSchedule(row);
}

/** Ids that begin with `prefix`, hexadecimal digits, of those that were not removed; at most `limit`. */
export async function scheduleIdsFrom(db: Reader, prefix: string, limit: number): Promise<ScheduleId[]> {
  const rows = await db
    .selectFrom('schedules')
    .select('id')
    .where('state', '!=', 'removed')
    .where(sql<string>`id`, '>=', prefix)
    // The first character after the hexadecimal digits.
    .where(sql<string>`id`, '<', `${prefix}g`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The newest project that a schedule has made and that is still open. */
export async function openProjectOf(db: Reader, id: ScheduleId): Promise<ProjectId | undefined> {
  const row = await db
    .selectFrom('projects')
    .select('id')
    .where('schedule_id', '=', id)
    .where('status', 'not in', CLOSED_STATUSES)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Whether a schedule has made a project of this slot. */
export async function hasProjectOf(db: Reader, id: ScheduleId, slot: string): Promise<boolean> {
  const query = db.selectFrom('projects').select('id').where('schedule_id', '=', id).where('slot', '=', slot);
  return (await query.executeTakeFirst()) !== undefined;
}

const stateWord = knownWord('schedules.state', SCHEDULE_STATES);

function toSchedule(row: Row<'schedules'>): Schedule {
  return {
    id: row.id,
    title: row.title,
    markdown: row.markdown,
    place: row.place,
    cron: row.cron,
    timezone: row.timezone,
    state: stateWord(row.state),
    problem: row.problem,
    lastSlot: row.last_slot,
    createdAt: row.created_at,
  };
}
