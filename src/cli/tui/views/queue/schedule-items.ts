/** Plans that are done again and again: when they are due, and what can be done about the one that is chosen. */
import { folderText } from '../../../../page/figures.ts';
import type { WireSchedule, WireScheduleDetails } from '../../../../wire/schemas/schedule.ts';
import { cell, clip } from '../../../terminal/text.ts';
import { may, type Tui } from '../../context.ts';
import { section } from '../../lines/items.ts';
import { facts, type Line, line, paragraph } from '../../lines/line.ts';
import { markdownLines } from '../../lines/markdown.ts';
import type { Item } from '../../lines/scroll.ts';
import { untilText } from '../../lines/times.ts';
import type { Action } from '../../live/use-action.ts';
import { amendPlan } from '../plan-actions.ts';

interface Drawn {
  readonly columns: number;
  readonly now: number;
  /** The one that is unfolded. */
  readonly open: string | undefined;
  /** The same with its plan; undefined: it is not known yet. */
  readonly details: WireScheduleDetails | undefined;
  readonly toggle: (id: string) => void;
}

export function scheduleItems(
  schedules: readonly WireSchedule[],
  drawn: Drawn,
  tui: Tui,
  action: Action,
): Item[] {
  return section(
    'Schedules',
    schedules.map((schedule): Item => {
      const { id } = schedule;
      const isOpen = drawn.open === id;
      const fold = () => drawn.toggle(id);
      return {
        key: id,
        lines: [
          ...headLines(schedule, drawn),
          ...(isOpen ? openLines(schedule, drawn).map((one): Line => [{ text: '  ' }, ...one]) : []),
        ],
        keys: { enter: fold, x: fold, ...scheduleKeys(schedule, drawn.details, tui, action) },
      };
    }),
  );
}

const CRON_COLUMNS = 16;
const NEXT_COLUMNS = 32;

function headLines({ title, cron, state, problem, next_slot: next }: WireSchedule, drawn: Drawn): Line[] {
  const { columns, now } = drawn;
  const when = next === null ? 'never' : `next ${untilText(next, now)}`;
  return [
    [
      { text: `${cell(title, Math.max(10, columns - CRON_COLUMNS - NEXT_COLUMNS - 4))}  ` },
      { text: `${cell(cron, CRON_COLUMNS)}  `, tone: 'quiet' },
      state === 'active' ? { text: when, tone: 'quiet' } : { text: 'paused', tone: 'warn' },
    ],
    ...(problem === null ? [] : paragraph(problem, columns - 2, 'bad', '  ')),
  ];
}

function openLines(schedule: WireSchedule, { columns, details }: Drawn): Line[] {
  const { id, timezone, workspace, open_project: made } = schedule;
  return [
    facts(
      { text: timezone, tone: 'quiet' },
      workspace === null ? undefined : { text: folderText(workspace), tone: 'quiet' },
      { text: id, tone: 'quiet' },
      made === null ? undefined : { text: 'o: what it has made', tone: 'accent' },
    ),
    ...paragraph('space: pause or resume  r: run now  m: amend  X: remove', columns - 2, 'accent'),
    ...(details?.id === id ? markdownLines(details.markdown, columns - 2) : [line('Loading…', 'quiet')]),
  ];
}

function scheduleKeys(
  schedule: WireSchedule,
  details: WireScheduleDetails | undefined,
  tui: Tui,
  action: Action,
): Readonly<Record<string, () => void>> {
  const { id, title, state, open_project: made } = schedule;
  const name = `“${clip(title, 120)}”`;
  const post = (verb: string, done: string) => action.run(`POST /schedules/${id}/${verb}`, {}, done);
  const confirm = (question: string, about: string, verb: string, done: string) => () =>
    may(tui, 'decide')
      ? tui.ask({
          kind: 'confirm',
          about: [{ text: about, isDoubt: verb === 'remove' }],
          question,
          onYes: () => void post(verb, done),
        })
      : tui.say('This terminal may read. To change a schedule it needs the role decide.', true);
  const amend = () => {
    if (details?.id !== id) return tui.say('Unfold it first, with Enter: its plan is not known yet.', true);
    amendPlan(
      {
        path: `/schedules/${id}`,
        target: { schedule_id: id },
        markdown: details.markdown,
        label: 'The plan with its times. What the schedule has made stays as it is.',
      },
      tui,
      action,
    );
  };
  return {
    space:
      state === 'paused'
        ? confirm(
            `Resume ${name}?`,
            'It goes on with its next time; none is made up for.',
            'resume',
            'Resumed.',
          )
        : confirm(
            `Pause ${name}?`,
            'It makes nothing at its times, until it is resumed.',
            'pause',
            'Paused.',
          ),
    r: confirm(`Run ${name} now?`, 'It makes a project beside its times.', 'run', 'Sent.'),
    X: confirm(`Remove ${name} for good?`, 'What it has made stays.', 'remove', 'Removed.'),
    m: amend,
    ...(made !== null && { o: () => tui.goTo({ view: 'project', id: made }) }),
  };
}
