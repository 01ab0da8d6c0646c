/** The slots of schedules, as the supervisor takes them up. */
import type { Environment } from '../environment.ts';
import { messageOf } from '../error-message.ts';
import { absolutePath } from '../home-path.ts';
import { answers } from '../machine/answering.ts';
import type { Project } from '../project/project.ts';
import type { Schedule, SkipCause } from '../project/schedule.ts';
import { countsFrom, DEFAULT_CATCH_UP_MS, isReadable, slotAfter, slotDue } from '../project/timetable.ts';
import { type Result, refuse } from '../result.ts';
import type { Writer } from '../store/database.ts';
import { appendGlobalEvent } from '../store/events.ts';
import {
  allSchedules,
  hasProjectOf,
  lockSchedule,
  openProjectOf,
  updateSchedule,
} from '../store/schedules.ts';
import { type Bridge, isStoreError } from './bridge.ts';
import { type CheckedPlan, checkPlan, sentEvent, storePlan } from './checked-plan.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';
import type { SchedulePolicy } from './schedules.ts';
import { addToStatusFile } from './status-file.ts';
import { namedFolder } from './workspaces.ts';

/**
 * Makes a project for each schedule that is due: of the slots that were missed the newest alone, and none while the project
 * of an earlier slot is open. A slot is taken up or passed over once, in the transaction that says so. A schedule whose times
 * cannot be read any more is paused, and says why. Returns the projects. Throws LeaseLost.
 */
export async function fireSchedules(
  lease: HeldLease,
  policy: SchedulePolicy,
  env: Environment,
): Promise<Project[]> {
  const { bridge } = lease;
  const made: Project[] = [];
  const active = (await allSchedules(databaseOf(bridge).read)).filter(({ state }) => state === 'active');
  for (const schedule of active) {
    if (!isReadable(schedule)) {
      await pauseUnreadable(lease, schedule);
      continue;
    }
    const slot = await dueNow(lease, schedule, policy);
    // A folder on a drive that is disconnected is asked for again, as long as the slot may be made up for.
    if (slot === undefined || !(await folderAnswers(bridge, policy, schedule))) continue;
    const checked = await checkAgain(bridge, policy, schedule, env);
    const project = await takeUp(lease, schedule, slot, checked);
    if (!project) continue;
    await addToStatusFile(bridge, project, [sentEvent(project, 'supervisor')]);
    made.push(project);
  }
  return made;
}

/** Thrown each time, what croner says of it would end the supervisor at each start. */
async function pauseUnreadable(lease: HeldLease, { id, cron, timezone }: Schedule): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    const schedule = await lockSchedule(trx, id);
    // Amended or paused meanwhile.
    if (schedule?.state !== 'active' || isReadable(schedule)) return;
    const problem = `its times cannot be read any more: 'schedule: ${cron}' with 'timezone: ${timezone}'. Amend it.`;
    await pauseWith(trx, schedule, now, problem, now);
  });
}

async function dueNow(
  lease: HeldLease,
  schedule: Schedule,
  policy: SchedulePolicy,
): Promise<string | undefined> {
  const now = lease.bridge.clock.now();
  const last = countsFrom(schedule, now);
  if (last < new Date(schedule.lastSlot)) await countFrom(lease, schedule, last.toISOString());
  const catchUpMs = policy.schedule_catch_up ?? DEFAULT_CATCH_UP_MS;
  return slotDue(schedule, last, now, catchUpMs)?.toISOString();
}

/** Goes on with what a clock that was ahead has passed over. What it made a project of is not made twice. */
async function countFrom(lease: HeldLease, { id, lastSlot }: Schedule, from: string): Promise<void> {
  await writeHolding(lease, async ({ trx }) => {
    if ((await lockSchedule(trx, id))?.lastSlot === lastSlot)
      await updateSchedule(trx, id, { last_slot: from });
  });
}

async function folderAnswers(bridge: Bridge, policy: SchedulePolicy, { place }: Schedule): Promise<boolean> {
  const wanted = place ?? policy.workspace;
  if (wanted === undefined) return true;
  return answers(namedFolder(policy, wanted) ?? absolutePath(wanted), bridge.clock);
}

/** What nobody foresaw refuses the plan: thrown, it would end the supervisor at each start. */
async function checkAgain(
  bridge: Bridge,
  policy: SchedulePolicy,
  { markdown, title, place }: Schedule,
  env: Environment,
): Promise<Result<CheckedPlan>> {
  try {
    return await checkPlan(bridge, policy, { markdown, title, workspace: place ?? undefined }, env);
  } catch (error) {
    if (isStoreError(error)) throw error;
    return refuse(messageOf(error));
  }
}

async function takeUp(
  lease: HeldLease,
  { id }: Schedule,
  slot: string,
  checked: Result<CheckedPlan>,
): Promise<Project | undefined> {
  return writeHolding(lease, async ({ trx, now }) => {
    const schedule = await lockSchedule(trx, id);
    if (schedule?.state !== 'active' || slot <= schedule.lastSlot) return undefined;
    await updateSchedule(trx, id, { last_slot: slot });
    // After a clock that was ahead the same slot comes again.
    if (await hasProjectOf(trx, id, slot)) return undefined;
    const skip = (cause: SkipCause, detail: string) => skipSlot(trx, schedule, slot, cause, detail, now);
    const open = await openProjectOf(trx, id);
    if (open) return skip('open', open);
    const stored = checked.ok
      ? await storePlan(trx, lease.bridge, checked.value, 'supervisor', { scheduleId: id, slot })
      : refuse(checked.refusal);
    if (stored.ok) return stored.value.project;
    return pauseWith(trx, schedule, slot, stored.refusal, now);
  });
}

/** What was refused once is refused each time, until a person has looked. */
async function pauseWith(
  trx: Writer,
  schedule: Schedule,
  slot: string,
  problem: string,
  createdAt: string,
): Promise<undefined> {
  await updateSchedule(trx, schedule.id, { state: 'paused', problem });
  return skipSlot(trx, schedule, slot, 'refused', problem, createdAt);
}

async function skipSlot(
  trx: Writer,
  { id, title }: Schedule,
  slot: string,
  cause: SkipCause,
  detail: string,
  createdAt: string,
): Promise<undefined> {
  const data = { scheduleId: id, title, slot, cause, detail };
  await appendGlobalEvent(trx, { type: 'schedule.skipped', data }, 'supervisor', createdAt);
}

/** When the next slot of any schedule is; undefined when none is to come. */
export async function nextSlotTime(bridge: Bridge): Promise<Date | undefined> {
  const now = bridge.clock.now();
  const active = (await allSchedules(databaseOf(bridge).read)).filter(({ state }) => state === 'active');
  const slots = active.flatMap((schedule) => slotAfter(schedule, now) ?? []);
  return slots.toSorted((a, b) => a.getTime() - b.getTime())[0];
}
