/** Schedules in words, the same in every answer. */
import type { ScheduleInfo } from '../../bridge/schedules.ts';
import { asCode, inQuotes } from '../../project/quotation.ts';
import { cleanLine } from '../../project/text.ts';
import { toWireSchedule } from '../../wire/schedule.ts';
import type { WireSchedule } from '../../wire/schemas/schedule.ts';

export function scheduleFacts(info: ScheduleInfo): WireSchedule {
  const wire = toWireSchedule(info);
  return {
    ...wire,
    title: cleanLine(wire.title),
    workspace: wire.workspace && cleanLine(wire.workspace),
    problem: wire.problem && cleanLine(wire.problem).slice(0, 500).toWellFormed(),
  };
}

/** The schedule in one line, with when it is due in its own time zone. */
export function scheduleLine({ schedule, nextSlot, openProject }: ScheduleInfo): string {
  const { id, title, cron, timezone, state } = schedule;
  const due =
    nextSlot === null ? 'with no time to come' : `next at ${inZone(nextSlot, timezone)} (${timezone})`;
  const open = openProject === null ? '' : `; not while project ${openProject} is open`;
  return `Schedule \`${id}\` ${inQuotes(title)} (${asCode(cron)}): ${state}, ${due}${open}`;
}

/** `2026-11-30 06:00`. */
function inZone(at: string, timeZone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
}
