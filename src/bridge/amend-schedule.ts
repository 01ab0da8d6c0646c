/** A new plan for a schedule. */
import type { Environment } from '../environment.ts';
import { readFrontMatter } from '../project/front-matter.ts';
import type { Schedule } from '../project/schedule.ts';
import { ok, type Result, refuse } from '../result.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { lockSchedule, updateSchedule } from '../store/schedules.ts';
import type { Actor, Bridge } from './bridge.ts';
import type { CheckedPlan } from './checked-plan.ts';
import { databaseOf } from './open-bridge.ts';
import {
  checkNewPlan,
  infoOf,
  type ScheduleInfo,
  type SchedulePolicy,
  unknownSchedule,
} from './schedules.ts';

export interface AmendedSchedule extends ScheduleInfo {
  /** Keys of the front matter that belong to other tools. */
  readonly notUsed: readonly string[];
}

/**
 * Makes `markdown` the plan of a schedule: its next slot makes a project of it, and what it has made stays as it is. The plan is
 * refused as one that is sent. New times count from now; none before is made up for. Where it says nothing of the title or the
 * workspace these stay. One that was paused stays paused, and has no problem any more.
 */
export async function amendSchedule(
  bridge: Bridge,
  policy: SchedulePolicy,
  seen: Schedule,
  markdown: string,
  actor: Actor,
  env: Environment = {},
): Promise<Result<AmendedSchedule>> {
  const checked = await checkScheduleAmendment(bridge, policy, seen, markdown, env);
  if (!checked.ok) return checked;
  const { plan, place, notUsed } = checked.value;
  if (plan.timetable === null) return refuse(NO_TIMES);
  const { cron, timezone } = plan.timetable;
  const amended = await databaseOf(bridge).write<Result<Schedule>>(async ({ trx, now }) => {
    const schedule = await lockSchedule(trx, seen.id);
    if (!schedule || schedule.state === 'removed') return refuse(unknownSchedule(seen.id));
    if (schedule.markdown === markdown) return refuse('this is the plan already; nothing was changed.');
    const isNewTimes = schedule.cron !== cron || schedule.timezone !== timezone;
    const lastSlot = isNewTimes ? now : schedule.lastSlot;
    const changed = { title: plan.title, markdown, place, cron, timezone, problem: null };
    await updateSchedule(trx, schedule.id, { ...changed, last_slot: lastSlot });
    const data = { scheduleId: schedule.id, title: plan.title, cron, timezone };
    await appendGlobalEvent(trx, { type: 'schedule.amended', data }, actor, now);
    return ok({ ...schedule, ...changed, lastSlot });
  });
  return amended.ok ? ok({ ...(await infoOf(bridge, amended.value)), notUsed }) : amended;
}

/** Reads what is to become the plan of a schedule, and holds it to what the owner allows. */
export async function checkScheduleAmendment(
  bridge: Bridge,
  policy: SchedulePolicy,
  seen: Schedule,
  markdown: string,
  env: Environment,
): Promise<Result<CheckedPlan>> {
  const { title, workspace } = readFrontMatter(markdown).settings;
  const kept = { title: title ?? seen.title, workspace: workspace ?? seen.place ?? undefined };
  const checked = await checkNewPlan(bridge, policy, { markdown, ...kept }, env);
  return checked.ok && checked.value.plan.timetable === null ? refuse(NO_TIMES) : checked;
}

const NO_TIMES =
  "the plan was not accepted: it has no 'schedule'. Keep that line, or remove the schedule and send the plan. Nothing was stored.";
