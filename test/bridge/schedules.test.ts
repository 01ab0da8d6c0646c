import { describe, expect, test } from 'vitest';
import { amendSchedule } from '../../src/bridge/amend-schedule.ts';
import { cancel } from '../../src/bridge/control.ts';
import { expireOverdue } from '../../src/bridge/expiry.ts';
import { fireSchedules, nextSlotTime } from '../../src/bridge/fire-schedules.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { projectDetails, projectState } from '../../src/bridge/queries.ts';
import {
  acceptPlan,
  changeSchedule,
  findSchedule,
  listSchedules,
  runSchedule,
  type SchedulePolicy,
  type SentSchedule,
} from '../../src/bridge/schedules.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import type { Project } from '../../src/project/project.ts';
import { updateSchedule } from '../../src/store/schedules.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  beSupervisor,
  changingNothing,
  history,
  policyOf,
  refusalOf,
  supervised,
  TOKEN,
} from './steps.ts';

const HOUR = 3_600_000;
const DAILY = "---\nschedule: '0 6 * * *'\ntimezone: Europe/Berlin\n---\n# Every morning\nSweep.";

async function schedule(rig: Rig, markdown = DAILY, requestId?: string): Promise<SentSchedule> {
  const reply = accepted(await acceptPlan(rig.bridge, policyOf(rig), { markdown, requestId }, 'desktop'));
  if (reply.kind !== 'schedule') throw new Error('it is no schedule');
  return reply.sent;
}

function fire(rig: Rig, policy: SchedulePolicy = policyOf(rig), token = TOKEN): Promise<Project[]> {
  return fireSchedules({ bridge: rig.bridge, token }, policy, {});
}

/** Sets the clock of the rig forward to this time. */
function goTo(rig: Rig, time: string): void {
  rig.clock.advance(Date.parse(time) - rig.clock.now().getTime());
}

/** The projects that are open. */
async function projectsOf(rig: Rig): Promise<Project[]> {
  const [info] = await listSchedules(rig.bridge);
  if (!info?.openProject) throw new Error('no project is open');
  return [accepted(await projectState(rig.bridge, info.openProject)).project];
}

async function planOf(rig: Rig, [project]: readonly Project[]): Promise<string | undefined> {
  if (!project) throw new Error('there is no project');
  return accepted(await projectDetails(rig.bridge, project.id, 0)).markdown;
}

async function close(rig: Rig, [project]: readonly Project[]): Promise<void> {
  if (!project) throw new Error('there is no project');
  accepted(await cancel(rig.bridge, project.id, '', 'person'));
}

// The clock of a rig begins at 2026-03-01T12:00:00.000Z.
describe('a plan with a schedule', () => {
  test('each slot makes a project once, under one supervisor and the next, also after the clock was set back', async () => {
    await using rig = await supervised();
    const { nextSlot, schedule: sent } = await schedule(rig);
    expect(nextSlot).toBe('2026-03-02T05:00:00.000Z');
    expect(await nextSlotTime(rig.bridge)).toEqual(new Date('2026-03-02T05:00:00.000Z'));
    expect(await fire(rig)).toEqual([]);

    goTo(rig, '2026-03-02T05:00:00.000Z');
    const made = await fire(rig);
    expect(made).toMatchObject([
      { title: 'Every morning', status: 'pending', scheduleId: sent.id, slot: '2026-03-02T05:00:00.000Z' },
    ]);
    await close(rig, made);
    await changingNothing(rig.bridge, () => fire(rig));
    const successor = asLeaseToken('the next supervisor');
    await beSupervisor(rig, successor);
    await expect(fire(rig, policyOf(rig), TOKEN)).resolves.toEqual([]);
    await changingNothing(rig.bridge, () => fire(rig, policyOf(rig), successor));
    rig.clock.advance(-2 * HOUR);
    await changingNothing(rig.bridge, () => fire(rig, policyOf(rig), successor));
    rig.clock.advance(2 * HOUR);
    await changingNothing(rig.bridge, () => fire(rig, policyOf(rig), successor));

    // The clocks go forward on the 29th: 06:00 in Berlin is an hour earlier elsewhere.
    goTo(rig, '2026-03-29T04:00:00.000Z');
    expect(await fire(rig, policyOf(rig), successor)).toMatchObject([{ slot: '2026-03-29T04:00:00.000Z' }]);
  });

  test('a supervisor that has lost its lease makes no project of a slot', async () => {
    await using rig = await supervised();
    await schedule(rig);
    goTo(rig, '2026-03-02T05:00:00.000Z');
    await beSupervisor(rig, asLeaseToken('the next supervisor'));
    await expect(changingNothing(rig.bridge, () => fire(rig))).rejects.toThrow('another supervisor');
  });

  test('missed slots are made up for after downtime by the newest alone, if it is not too old', async () => {
    await using rig = await supervised();
    await schedule(rig);
    goTo(rig, '2026-03-05T17:00:00.000Z');
    const policy = { ...policyOf(rig), schedule_catch_up: 12 * HOUR - 1 };
    await changingNothing(rig.bridge, () => fire(rig, policy));
    expect(await fire(rig)).toMatchObject([{ slot: '2026-03-05T05:00:00.000Z' }]);
    expect(await fire(rig)).toEqual([]);
  });

  test('a slot is passed over, and said, while the project of the one before is open; it is not made up for', async () => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig);
    goTo(rig, '2026-03-02T05:00:00.000Z');
    const first = await fire(rig);
    goTo(rig, '2026-03-03T05:00:00.000Z');
    expect(await fire(rig)).toEqual([]);
    expect((await history(rig.bridge)).at(-1)).toBe('schedule.skipped');
    expect(await listSchedules(rig.bridge)).toMatchObject([{ openProject: first[0]?.id }]);
    await close(rig, first);
    expect(await fire(rig)).toEqual([]);
    goTo(rig, '2026-03-04T05:00:00.000Z');
    expect(await fire(rig)).toMatchObject([{ scheduleId: sent.id, slot: '2026-03-04T05:00:00.000Z' }]);
  });

  test('a schedule that is paused makes nothing, and once it is resumed no slot is made up for', async () => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig);
    expect(accepted(await changeSchedule(rig.bridge, sent.id, 'paused', 'person')).nextSlot).toBeNull();
    await changingNothing(rig.bridge, () => changeSchedule(rig.bridge, sent.id, 'paused', 'person'));
    goTo(rig, '2026-03-02T06:00:00.000Z');
    expect(await fire(rig)).toEqual([]);
    expect(await nextSlotTime(rig.bridge)).toBeUndefined();
    const resumed = accepted(await changeSchedule(rig.bridge, sent.id, 'active', 'person'));
    expect(resumed.nextSlot).toBe('2026-03-03T05:00:00.000Z');
    expect(await fire(rig)).toEqual([]);
    const run = accepted(await runSchedule(rig.bridge, policyOf(rig), sent, 'person'));
    expect(run.project).toMatchObject({ scheduleId: sent.id, slot: null, status: 'pending' });

    accepted(await changeSchedule(rig.bridge, sent.id, 'removed', 'person'));
    expect(await listSchedules(rig.bridge)).toEqual([]);
    expect(refusalOf(await findSchedule(rig.bridge, sent.id))).toContain('schedule not found');
    expect(refusalOf(await changeSchedule(rig.bridge, sent.id, 'active', 'person'))).toContain('not found');
  });

  test('a schedule goes on by itself after a clock that was ahead, and no slot makes two projects', async () => {
    await using rig = await supervised();
    await schedule(rig);
    goTo(rig, '2026-03-02T05:00:00.000Z');
    await close(rig, await fire(rig));
    goTo(rig, '2030-01-01T12:00:00.000Z');
    expect(await fire(rig)).toMatchObject([{ slot: '2030-01-01T05:00:00.000Z' }]);
    await close(rig, await projectsOf(rig));
    goTo(rig, '2026-03-01T13:00:00.000Z');
    expect(await listSchedules(rig.bridge)).toMatchObject([{ nextSlot: '2026-03-02T05:00:00.000Z' }]);
    expect(await nextSlotTime(rig.bridge)).toEqual(new Date('2026-03-02T05:00:00.000Z'));
    expect(await fire(rig)).toEqual([]);
    goTo(rig, '2026-03-02T05:00:00.000Z');
    expect(await fire(rig)).toEqual([]);
    goTo(rig, '2026-03-03T05:00:00.000Z');
    expect(await fire(rig)).toMatchObject([{ slot: '2026-03-03T05:00:00.000Z' }]);
    await close(rig, await projectsOf(rig));
    goTo(rig, '2030-01-01T05:00:00.000Z');
    expect(await fire(rig)).toEqual([]);
  });

  test('a clock that is behind the day on which a schedule was sent changes nothing of it', async () => {
    await using rig = await supervised();
    await schedule(rig);
    goTo(rig, '1970-01-01T00:00:00.000Z');
    await changingNothing(rig.bridge, () => fire(rig));
    goTo(rig, '2026-03-01T13:00:00.000Z');
    await changingNothing(rig.bridge, () => fire(rig));
  });

  test.each([
    ['times', { cron: '61 6 * * *' }],
    ['a time zone', { timezone: 'Mars/Base' }],
  ])('a schedule with %s that cannot be read is paused, says why, and keeps no other from its slot', async (_, broken) => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig);
    const other = await schedule(rig, DAILY.replace('Sweep.', 'Mop.'));
    await databaseOf(rig.bridge).write(({ trx }) => updateSchedule(trx, sent.id, broken));
    expect(accepted(await findSchedule(rig.bridge, sent.id)).nextSlot).toBeNull();
    expect(await nextSlotTime(rig.bridge)).toEqual(new Date('2026-03-02T05:00:00.000Z'));
    goTo(rig, '2026-03-02T05:00:00.000Z');
    expect(await fire(rig)).toMatchObject([{ scheduleId: other.schedule.id }]);
    const { schedule: paused } = accepted(await findSchedule(rig.bridge, sent.id));
    expect(paused).toMatchObject({ state: 'paused' });
    expect(paused.problem).toContain(Object.values(broken)[0]);
    await changingNothing(rig.bridge, () => fire(rig));
    accepted(await changeSchedule(rig.bridge, sent.id, 'active', 'person'));
    expect(await fire(rig)).toEqual([]);
    expect(accepted(await findSchedule(rig.bridge, sent.id)).schedule.state).toBe('paused');
    const plan = DAILY.replace('Sweep.', 'Dust.');
    accepted(await amendSchedule(rig.bridge, policyOf(rig), sent, plan, 'person'));
    const resumed = accepted(await changeSchedule(rig.bridge, sent.id, 'active', 'person'));
    expect(resumed.nextSlot).toBe('2026-03-03T05:00:00.000Z');
  });

  test('a schedule whose plan expires before it begins makes a project of the next slot, each with an outline of its own', async () => {
    await using rig = await supervised();
    await schedule(rig, DAILY.replace('---\n', '---\nexpires: 2h\noutline: true\n'));
    for (const day of ['02', '03']) {
      goTo(rig, `2026-03-${day}T05:00:00.000Z`);
      expect(await fire(rig)).toMatchObject([
        { status: 'pending', outline: true, expiresAt: `2026-03-${day}T07:00:00.000Z` },
      ]);
      rig.clock.advance(2 * HOUR);
      expect(await expireOverdue({ bridge: rig.bridge, token: TOKEN })).toHaveLength(1);
    }
  });

  test('an amended schedule makes projects of its new plan at its new times, none of them in the past', async () => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig);
    goTo(rig, '2026-03-02T05:00:00.000Z');
    const first = await fire(rig);
    goTo(rig, '2026-03-02T12:00:00.000Z');
    const later = DAILY.replace('0 6 * * *', '0 9 * * *').replace('Sweep.', 'Mop.');
    const amended = accepted(await amendSchedule(rig.bridge, policyOf(rig), sent, later, 'person'));
    expect(amended).toMatchObject({
      nextSlot: '2026-03-03T08:00:00.000Z',
      openProject: first[0]?.id,
      schedule: { title: 'Every morning', cron: '0 9 * * *' },
    });
    expect((await history(rig.bridge)).at(-1)).toBe('schedule.amended');
    expect(await planOf(rig, first)).toBe(DAILY);
    await close(rig, first);
    expect(await fire(rig)).toEqual([]);
    goTo(rig, '2026-03-03T08:00:00.000Z');
    const next = await fire(rig);
    expect(next).toMatchObject([{ slot: '2026-03-03T08:00:00.000Z' }]);
    expect(await planOf(rig, next)).toBe(later);
  });

  test('an amended schedule keeps what its new plan says nothing of, and its pause, and has no problem any more', async () => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig, DAILY.replace('---\n', '---\nmax_rounds: 5\n'));
    goTo(rig, '2026-03-02T05:00:00.000Z');
    await fire(rig, { ...policyOf(rig), max_rounds: 2 });
    const plan = DAILY.replace('# Every morning', '# Each day');
    const amended = accepted(await amendSchedule(rig.bridge, policyOf(rig), sent, plan, 'person'));
    expect(amended).toMatchObject({
      nextSlot: null,
      schedule: { title: 'Every morning', state: 'paused', problem: null },
    });
  });

  test.each<[string, string, string]>([
    ['without times', '# Every morning\nMop.', "it has no 'schedule'"],
    ['with times too close', DAILY.replace('0 6', '*/5 6'), 'schedule_min_interval'],
    ['above a ceiling', DAILY.replace('---\n', '---\nmax_rounds: 9\n'), "'max_rounds: 9' is more than"],
    ['that is the same', DAILY, 'this is the plan already'],
    ['that is empty', DAILY.replace('# Every morning\nSweep.', ''), 'the plan is empty'],
  ])('a schedule is not amended by a plan %s', async (_, markdown, refusal) => {
    await using rig = await supervised();
    const { schedule: sent } = await schedule(rig);
    const policy = { ...policyOf(rig), max_rounds: 5 };
    const amend = () => amendSchedule(rig.bridge, policy, sent, markdown, 'person');
    expect(refusalOf(await changingNothing(rig.bridge, amend))).toContain(refusal);
    accepted(await changeSchedule(rig.bridge, sent.id, 'removed', 'person'));
    const other = DAILY.replace('Sweep.', 'Mop.');
    expect(refusalOf(await amendSchedule(rig.bridge, policy, sent, other, 'person'))).toContain('not found');
  });

  test('a schedule whose plan is not accepted any more is paused, and says why', async () => {
    await using rig = await supervised();
    await schedule(rig, DAILY.replace('---\n', '---\nmax_rounds: 5\n'));
    goTo(rig, '2026-03-02T05:00:00.000Z');
    const policy = { ...policyOf(rig), max_rounds: 2 };
    expect(await fire(rig, policy)).toEqual([]);
    const [found] = await listSchedules(rig.bridge);
    expect(found?.schedule).toMatchObject({ state: 'paused' });
    expect(found?.schedule.problem).toContain("'max_rounds: 5' is more than workspace");
    expect((await history(rig.bridge)).at(-1)).toBe('schedule.skipped');
    await changingNothing(rig.bridge, () => fire(rig, policy));
  });

  test('a schedule that is sent again with its id is the same one, and a plan without one is a project', async () => {
    await using rig = await supervised();
    const first = await schedule(rig, DAILY, 'r');
    const again = await changingNothing(rig.bridge, () => schedule(rig, DAILY, 'r'));
    expect(again).toMatchObject({ repeated: true, schedule: { id: first.schedule.id } });
    const input = { markdown: '# Once' };
    expect(accepted(await acceptPlan(rig.bridge, policyOf(rig), input, 'person')).kind).toBe('project');
    const direct = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policyOf(rig), { markdown: DAILY }, 'person'),
    );
    expect(refusalOf(direct)).toContain("it has a 'schedule'");
  });

  test.each([
    ["schedule: '*/30 * * * *'", 'comes 30m apart, and at least 1h are allowed (schedule_min_interval)'],
    ["schedule: '0 6 * *'", "line 2: 'schedule' must be a cron expression of five fields"],
    ['schedule: daily', "line 2: 'schedule' must be a cron expression of five fields"],
    ['timezone: Europe/Berlin', "line 2: 'timezone' is that of a 'schedule', and there is none"],
    ["schedule: '0 6 * * *'\ntimezone: Mars/Base", "line 3: 'timezone' must be a time zone"],
    ["schedule: '0 6 * * *'\nmax_rounds: 9", "line 3: 'max_rounds: 9' is more than workspace"],
    ["schedule: '0 6 * * *'\nworkspace: nowhere", 'nowhere'],
  ])('a plan with %j is refused', async (lines, refusal) => {
    await using rig = await supervised();
    const input = { markdown: `---\n${lines}\n---\n# A` };
    const reply = await changingNothing(rig.bridge, () =>
      acceptPlan(rig.bridge, policyOf(rig), input, 'desktop'),
    );
    expect(refusalOf(reply)).toContain(refusal);
  });
});
