/** What waits for its turn, why nothing starts, and how much of the usage is left. */
import { plural } from '../../../page/figures.ts';
import type { WireHold } from '../../../wire/schemas/hold.ts';
import type { WireOverview } from '../../../wire/schemas/http.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { WireSchedule } from '../../../wire/schemas/schedule.ts';
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
import type { ViewProps } from './view-props.ts';

export function Queue({ columns, height }: ViewProps) {
  const tui = useTui();
  const overview = useResource<WireOverview>('/overview');
  const schedules = useResource<readonly WireSchedule[]>('/schedules', ({ type }) =>
    /^(?:schedule|project)\./.test(type),
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
        onYes: () => void action.run<readonly WireHold[]>('/resume', {}, 'Resumed.').then(overview.refresh),
      });
    tui.ask({
      kind: 'confirm',
      about: [{ text: 'Running work goes on.', isDoubt: false }],
      question: 'Start no new runs until somebody resumes?',
      onYes: () => void action.run('/pause', {}, 'Paused.').then(overview.refresh),
    });
  };
  useKeys({ p: pauseOrResume });
  if (!overview.value) return <Loading problem={overview.problem} columns={columns} />;
  const drawn = { columns: columns - SIGN_COLUMNS, now, goTo: tui.goTo };
  const items = [...wholeItems(overview.value, drawn), ...scheduleItems(schedules.value ?? [], drawn)];
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
  return { ...item, lines: [...item.lines, line(`  not before ${untilText(notBefore, now)}`, 'quiet')] };
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

function scheduleItems(schedules: readonly WireSchedule[], { columns, now }: Drawn): Item[] {
  return section(
    'Schedules',
    schedules.map(({ id, title, cron, state, next_slot: next }) =>
      note(id, [
        [
          { text: clip(title, columns - 40) },
          { text: `  ${cron}`, tone: 'quiet' },
          state !== 'active'
            ? { text: '  paused', tone: 'warn' }
            : { text: next === null ? '' : `  next ${untilText(next, now)}`, tone: 'quiet' },
        ],
      ]),
    ),
  );
}
