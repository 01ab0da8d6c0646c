/** What waits for its turn, why nothing starts, and how much of the usage is left. */
import { useState } from 'react';
import { plural } from '../../../page/figures.ts';
import { ofOverview, ofSchedules } from '../../../page/live/concerns.ts';
import type { WireHold } from '../../../wire/schemas/hold.ts';
import type { WireOverview } from '../../../wire/schemas/http.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { WireSchedule, WireScheduleDetails } from '../../../wire/schemas/schedule.ts';
import { cell, clip } from '../../terminal/text.ts';
import { may, useKeys, useNow, useTui } from '../context.ts';
import { heading, note, projectItem, section } from '../lines/items.ts';
import { type Line, line } from '../lines/line.ts';
import { bar, holdLines } from '../lines/project.ts';
import type { Item } from '../lines/scroll.ts';
import { atText, untilText } from '../lines/times.ts';
import { useAction } from '../live/use-action.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import type { Place } from '../place.ts';
import { Loading } from './loading.tsx';
import { sendPlan } from './plan-actions.ts';
import { scheduleItems } from './queue/schedule-items.ts';
import type { ViewProps } from './view-props.ts';

export function Queue({ columns, height }: ViewProps) {
  const tui = useTui();
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const schedules = useResource<readonly WireSchedule[]>('/schedules', ofSchedules);
  const details = useResource<WireScheduleDetails>(
    open === undefined ? undefined : `/schedules/${open}`,
    ofSchedules,
  );
  const now = useNow();
  const action = useAction();
  const holds = overview.value?.holds ?? [];
  const pauseOrResume = () => {
    if (!may(tui, 'decide'))
      return tui.say('This terminal may read. To pause or resume it needs the role decide.', true);
    if (holds.length > 0)
      return tui.ask({
        kind: 'confirm',
        about: holds.map((hold) => ({ text: clip(hold.reason || hold.kind, 200), isDoubt: false })),
        question: 'End every hold, so that new runs start?',
        onYes: () =>
          void action.run<readonly WireHold[]>('POST /resume', {}, 'Resumed.').then(overview.refresh),
      });
    tui.ask({
      kind: 'confirm',
      about: [{ text: 'Running work goes on.', isDoubt: false }],
      question: 'Start no new runs until somebody resumes?',
      onYes: () => void action.run('POST /pause', {}, 'Paused.').then(overview.refresh),
    });
  };
  useKeys({ p: pauseOrResume, n: () => sendPlan(tui, action) });
  if (!overview.value) return <Loading problem={overview.problem} columns={columns} />;
  const drawn = { columns: columns - SIGN_COLUMNS, now, goTo: tui.goTo };
  const toggle = (id: string) => setOpen(open === id ? undefined : id);
  const items = [
    ...wholeItems(overview.value, drawn),
    ...scheduleItems(schedules.value ?? [], { ...drawn, open, details: details.value, toggle }, tui, action),
  ];
  return <Scroller name="queue" items={items} columns={columns} height={height} />;
}

interface Drawn {
  readonly columns: number;
  readonly now: number;
  readonly goTo: (place: Place) => void;
}

function wholeItems(overview: WireOverview, { columns, now, goTo }: Drawn): Item[] {
  const { running, queue, holds, counts, quotas } = overview;
  const further = counts.pending - queue.filter(({ status }) => status === 'pending').length;
  const next = queue.map((project) => queuedItem(project, { columns, now, goTo }));
  return [
    note('head', [
      line(`${plural(running.length, 'run')} under way, ${plural(queue.length, 'project')} next.`, 'title'),
      line(holds.length > 0 ? 'p: end every hold' : 'p: pause all', 'accent'),
    ]),
    ...section(
      'Nothing new starts',
      holds.map((hold) => note(`hold ${hold.kind} ${hold.scope}`, holdLines(hold, columns, now))),
    ),
    ...section('Usage of the account', usageItems(quotas, now)),
    heading('Next, in this order'),
    ...(next.length > 0 ? next : [note('none', [line('Nothing waits for its turn.', 'quiet')])]),
    ...(further > 0
      ? [note('further', [line(`${plural(further, 'project')} more behind them.`, 'quiet')])]
      : []),
  ];
}

function queuedItem(project: WireProject, { columns, now, goTo }: Drawn): Item {
  const { not_before: notBefore } = project;
  const item = projectItem(project, columns, now, goTo);
  if (notBefore === null) return item;
  const when = line(`  not before ${untilText(notBefore, now)}`, 'quiet');
  return { ...item, height: 2, lines: [...item.lines, when] };
}

const WINDOW_COLUMNS = 18;

function usageItems(quotas: WireOverview['quotas'], now: number): Item[] {
  return quotas.flatMap(({ window, utilization, resets_at: resets }): Item[] => {
    if (utilization === null) return [];
    const used: Line = [
      {
        text: `${cell(window.replaceAll('_', ' '), WINDOW_COLUMNS)} ${bar(utilization)} ${Math.round(utilization * 100)} %`,
      },
      ...(resets === null ? [] : [{ text: `, resets ${atText(resets, now)}`, tone: 'quiet' as const }]),
    ];
    return [note(`usage ${window}`, [used])];
  });
}
