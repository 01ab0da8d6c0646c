/** A plan that is done again and again: each slot of its timetable makes a project of its own. */
import type { ScheduleId } from './ids.ts';
import type { Timetable } from './timetable.ts';

/** `removed` makes nothing any more; its row stays, for the projects that it has made. */
export const SCHEDULE_STATES = ['active', 'paused', 'removed'] as const;
export type ScheduleState = (typeof SCHEDULE_STATES)[number];

export interface Schedule extends Timetable {
  readonly id: ScheduleId;
  readonly title: string;
  readonly markdown: string;
  /** What it asks for: the name of a workspace or a path; null: nothing. */
  readonly place: string | null;
  readonly state: ScheduleState;
  /** Why it was paused by itself: its plan could not be sent. */
  readonly problem: string | null;
  /** The newest slot that made a project or was passed over, or when it began to count: none before is taken up. */
  readonly lastSlot: string;
  readonly createdAt: string;
}

/** Why a slot made no project. */
export const SKIP_CAUSES = [
  'open', // the project of the slot before is still open
  'refused', // its plan was not accepted
] as const;
export type SkipCause = (typeof SKIP_CAUSES)[number];
