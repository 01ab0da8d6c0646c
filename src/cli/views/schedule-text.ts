/** Schedules as a person reads them. */
import type { ScheduleInfo } from '../../bridge/schedules.ts';
import { planBody } from '../../project/plan.ts';
import { indented, type Layout, projectHead, section } from '../terminal/layout.ts';
import { flow, wrap } from '../terminal/text.ts';
import { upcoming } from '../terminal/time.ts';

/** Each on two lines: what it is, and when it is due. */
export function scheduleLines(schedules: readonly ScheduleInfo[], layout: Layout): string[] {
  return schedules.flatMap((info) => [
    projectHead(info.schedule, layout.out.columns),
    ...indented(factLines(info, layout)),
  ]);
}

export function scheduleDetailLines(info: ScheduleInfo, layout: Layout): string[] {
  return [
    ...scheduleLines([info], layout),
    ...section(layout, 'Plan', wrap(planBody(info.schedule.markdown), layout.columns)),
  ];
}

function factLines(
  { schedule, nextSlot, openProject }: ScheduleInfo,
  { columns, now, out }: Layout,
): string[] {
  const { cron, timezone, state, problem, place } = schedule;
  return [
    ...flow(
      [
        `${cron} in ${timezone}`,
        state === 'active' ? '' : state,
        nextSlot === null ? '' : `next ${upcoming(nextSlot, now)}`,
        place === null ? '' : `workspace ${place}`,
        openProject === null ? '' : `not while ${openProject} is open`,
      ],
      columns,
    ),
    ...(problem === null ? [] : wrap(`Its plan is not accepted any more: ${problem}`, columns)).map((line) =>
      out.style('red', line),
    ),
  ];
}
