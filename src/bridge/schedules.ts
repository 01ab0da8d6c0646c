/** Plans that are done again and again: what a person does about them. What the supervisor does is in fire-schedules.ts. */
import ms from 'ms';
import type { Environment } from '../environment.ts';
import { readFrontMatter } from '../project/front-matter.ts';
import { asScheduleId, type ProjectId, type ScheduleId } from '../project/ids.ts';
import type { Schedule, ScheduleState } from '../project/schedule.ts';
import { cleanLine } from '../project/text.ts';
import {
  DEFAULT_MIN_INTERVAL_MS,
  shortestIntervalMs,
  slotAfter,
  type Timetable,
} from '../project/timetable.ts';
import { ok, type Result, refuse } from '../result.ts';
import { appendGlobalEvent } from '../store/events.ts';
import {
  allSchedules,
  findScheduleByRequest,
  insertSchedule,
  lockSchedule,
  openProjectOf,
  scheduleById,
  scheduleIdsFrom,
  updateSchedule,
} from '../store/schedules.ts';
import { type Actor, type Bridge, newProjectId } from './bridge.ts';
import { type CheckedPlan, checkPlan, type PlanText, sentEvent, storePlan } from './checked-plan.ts';
import { resolvePrefix } from './id-prefix.ts';
import { databaseOf } from './open-bridge.ts';
import { type PlanToSend, type SentPlan, sendPlan } from './send-plan.ts';
import { addToStatusFile } from './status-file.ts';
import type { RulesPolicy } from './work-rules.ts';

export type SchedulePolicy = RulesPolicy & {
  /** In milliseconds: how close two slots may be. */
  readonly schedule_min_interval?: number;
  /** In milliseconds: how old a missed slot may be that is still taken up. */
  readonly schedule_catch_up?: number;
};

/** A schedule with when it is due next, and what it has under way. */
export interface ScheduleInfo {
  readonly schedule: Schedule;
  /** Null: it is paused, or there is none any more. */
  readonly nextSlot: string | null;
  /** The newest project that it has made, while it is open: until then no slot makes another. */
  readonly openProject: ProjectId | null;
}

export interface SentSchedule extends ScheduleInfo {
  readonly repeated: boolean;
  readonly notUsed: readonly string[];
}

export type Accepted =
  | { readonly kind: 'project'; readonly sent: SentPlan }
  | { readonly kind: 'schedule'; readonly sent: SentSchedule };

/** Puts a plan into the queue, or keeps it as a schedule if it has one. Refuses as `sendPlan` does, and slots too close. */
export async function acceptPlan(
  bridge: Bridge,
  policy: SchedulePolicy,
  input: PlanToSend,
  actor: Actor,
  env: Environment = {},
): Promise<Result<Accepted>> {
  const { requestId } = input;
  const earlier =
    requestId === undefined ? undefined : await findScheduleByRequest(databaseOf(bridge).read, requestId);
  if (earlier) return repeated(bridge, earlier);
  if (readFrontMatter(input.markdown).settings.schedule === undefined) {
    const sent = await sendPlan(bridge, policy, input, actor, env);
    return sent.ok ? ok({ kind: 'project', sent: sent.value }) : sent;
  }
  const checked = await checkNewPlan(bridge, policy, input, env);
  if (!checked.ok) return checked;
  const { plan } = checked.value;
  if (!plan.timetable) return refuse('the plan has no schedule.');
  return keepSchedule(bridge, checked.value, plan.timetable, input, actor);
}

/** Reads a plan, with a schedule or without, and holds it to what the owner allows. */
export async function checkNewPlan(
  bridge: Bridge,
  policy: SchedulePolicy,
  input: PlanText,
  env: Environment,
): Promise<Result<CheckedPlan>> {
  const checked = await checkPlan(bridge, policy, input, env);
  const timetable = checked.ok ? checked.value.plan.timetable : null;
  const close = timetable && tooClose(timetable, bridge.clock.now(), policy.schedule_min_interval);
  return close ?? checked;
}

/** The refusal of slots that are closer than the owner allows; undefined where they are not. */
function tooClose(timetable: Timetable, now: Date, least = DEFAULT_MIN_INTERVAL_MS) {
  const shortest = shortestIntervalMs(timetable, now);
  return shortest >= least
    ? undefined
    : refuse(
        `the plan was not accepted: 'schedule: ${timetable.cron}' comes ${ms(shortest)} apart, and at least ${ms(least)} are allowed (schedule_min_interval). Nothing was stored.`,
      );
}

async function keepSchedule(
  bridge: Bridge,
  { plan, place, notUsed }: CheckedPlan,
  { cron, timezone }: Timetable,
  { requestId, after = [] }: PlanToSend,
  actor: Actor,
): Promise<Result<Accepted>> {
  if (after.length > 0)
    return refuse("a plan with a schedule names what it waits for in 'depends_on' of its own.");
  const id = asScheduleId(newProjectId());
  const { schedule, isNew } = await databaseOf(bridge).write(async ({ trx, now }) => {
    const first = requestId === undefined ? undefined : await findScheduleByRequest(trx, requestId);
    if (first) return { schedule: first, isNew: false };
    const stored = await insertSchedule(trx, {
      id,
      title: plan.title,
      markdown: plan.markdown,
      place,
      cron,
      timezone,
      state: 'active',
      problem: null,
      last_slot: now,
      request_id: requestId ?? null,
      created_at: now,
    });
    const data = { scheduleId: id, title: plan.title, cron, timezone };
    await appendGlobalEvent(trx, { type: 'schedule.added', data }, actor, now);
    return { schedule: stored, isNew: true };
  });
  if (!isNew) return repeated(bridge, schedule);
  return ok({ kind: 'schedule', sent: { ...(await infoOf(bridge, schedule)), repeated: false, notUsed } });
}

async function repeated(bridge: Bridge, schedule: Schedule): Promise<Result<Accepted>> {
  return ok({ kind: 'schedule', sent: { ...(await infoOf(bridge, schedule)), repeated: true, notUsed: [] } });
}

/** Every schedule that was not removed, oldest first. */
export async function listSchedules(bridge: Bridge): Promise<ScheduleInfo[]> {
  const infos: ScheduleInfo[] = [];
  for (const schedule of await allSchedules(databaseOf(bridge).read))
    infos.push(await infoOf(bridge, schedule));
  return infos;
}

/** A schedule with what becomes of it next. */
export async function infoOf(bridge: Bridge, schedule: Schedule): Promise<ScheduleInfo> {
  const next = schedule.state === 'active' ? slotAfter(schedule, bridge.clock.now()) : undefined;
  const openProject = (await openProjectOf(databaseOf(bridge).read, schedule.id)) ?? null;
  return { schedule, nextSlot: next?.toISOString() ?? null, openProject };
}

/** The one schedule that `text`, an id or its first characters, names. */
export async function findSchedule(bridge: Bridge, text: string): Promise<Result<ScheduleInfo>> {
  const id = await resolvePrefix(text, {
    things: 'schedules',
    unknown: unknownSchedule,
    find: (prefix, limit) => scheduleIdsFrom(databaseOf(bridge).read, prefix, limit),
  });
  if (!id.ok) return id;
  const found = await scheduleById(databaseOf(bridge).read, id.value);
  return found ? ok(await infoOf(bridge, found)) : refuse(unknownSchedule(text));
}

export function unknownSchedule(text: string): string {
  return `schedule not found: ${cleanLine(text.slice(0, 100))}`;
}

/**
 * Pauses, resumes or removes a schedule; what it has made stays. Slots that pass while it is paused are not made up for.
 * Repeating it changes nothing.
 */
export async function changeSchedule(
  bridge: Bridge,
  id: ScheduleId,
  state: ScheduleState,
  actor: Actor,
): Promise<Result<ScheduleInfo>> {
  const changed = await databaseOf(bridge).write<Result<Schedule>>(async ({ trx, now }) => {
    const schedule = await lockSchedule(trx, id);
    if (!schedule || schedule.state === 'removed') return refuse(unknownSchedule(id));
    if (schedule.state === state) return ok(schedule);
    // Also where a clock that was ahead has passed over slots that are still to come.
    const lastSlot = state === 'active' ? now : schedule.lastSlot;
    await updateSchedule(trx, id, { state, problem: null, last_slot: lastSlot });
    const data = { scheduleId: id, title: schedule.title, state };
    await appendGlobalEvent(trx, { type: 'schedule.changed', data }, actor, now);
    return ok({ ...schedule, state, problem: null, lastSlot });
  });
  return changed.ok ? ok(await infoOf(bridge, changed.value)) : changed;
}

/** Makes a project of a schedule now, beside its slots, also of one that is paused. */
export async function runSchedule(
  bridge: Bridge,
  policy: RulesPolicy,
  { id, markdown, title, place }: Schedule,
  actor: Actor,
  env: Environment = {},
): Promise<Result<SentPlan>> {
  const checked = await checkPlan(bridge, policy, { markdown, title, workspace: place ?? undefined }, env);
  if (!checked.ok) return checked;
  const stored = await databaseOf(bridge).write(({ trx }) =>
    storePlan(trx, bridge, checked.value, actor, { scheduleId: id, slot: null }),
  );
  if (!stored.ok) return stored;
  const { project } = stored.value;
  await addToStatusFile(bridge, project, [sentEvent(project, actor)]);
  return ok({ project, repeated: false, waitsFor: [], notUsed: [] });
}
