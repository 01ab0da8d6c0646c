/** Events of schedules, which belong to no project and no run. */
import type { EventType, Happening } from '../project/event.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import type { Actor } from './bridge.ts';

type ScheduleHappening = Happening<Extract<EventType, `schedule.${string}`>>;

/** Adds what has happened to a schedule to the history. */
export async function scheduleEvent(
  trx: Writer,
  happening: ScheduleHappening,
  actor: Actor,
  createdAt: string,
): Promise<void> {
  await appendEvent(trx, { ...happening, projectId: null, runId: null, actor, createdAt });
}
