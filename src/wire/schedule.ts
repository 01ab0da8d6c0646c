import type { Schedule } from '../project/schedule.ts';
import type { WireSchedule, WireScheduleDetails, WireSentSchedule } from './schemas/schedule.ts';

interface ScheduleFacts {
  readonly schedule: Schedule;
  readonly nextSlot: string | null;
  readonly openProject: string | null;
}

export function toWireSchedule({ schedule, nextSlot, openProject }: ScheduleFacts): WireSchedule {
  return {
    id: schedule.id,
    title: schedule.title,
    cron: schedule.cron,
    timezone: schedule.timezone,
    state: schedule.state,
    problem: schedule.problem,
    workspace: schedule.place,
    next_slot: nextSlot,
    last_slot: schedule.lastSlot,
    open_project: openProject,
    created_at: schedule.createdAt,
  };
}

export function toWireScheduleDetails(facts: ScheduleFacts): WireScheduleDetails {
  return { ...toWireSchedule(facts), markdown: facts.schedule.markdown };
}

export function toWireSentSchedule(
  sent: ScheduleFacts & { readonly repeated: boolean; readonly notUsed: readonly string[] },
): WireSentSchedule {
  return { schedule: toWireSchedule(sent), repeated: sent.repeated, not_used: [...sent.notUsed] };
}
