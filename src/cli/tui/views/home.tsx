/** Everything a person asks in the morning: does anything need me, what is stuck, what did it cost, does it go on. */
import { spentText } from '../../../page/figures.ts';
import { ofClosedProjects, ofOverview, ofRequests } from '../../../page/live/concerns.ts';
import { decisionCount, decisionsIn, doneText, titlesIn, waitingText } from '../../../page/waiting.ts';
import { CLOSED_STATUSES } from '../../../project/project.ts';
import type { WireOverview, WireWaitingProject } from '../../../wire/schemas/http.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { WireRequest } from '../../../wire/schemas/request.ts';
import { clip } from '../../terminal/text.ts';
import { useEvery, useKeys, useNow, useTui } from '../context.ts';
import { note, projectItem, section } from '../lines/items.ts';
import { facts, type Line, line, paragraph, type Span } from '../lines/line.ts';
import { figuresLine, holdLines, runLines } from '../lines/project.ts';
import { requestLine } from '../lines/request.ts';
import type { Item } from '../lines/scroll.ts';
import { agoText } from '../lines/times.ts';
import { useAction } from '../live/use-action.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import type { Place } from '../place.ts';
import { Loading } from './loading.tsx';
import { sendPlan } from './plan-actions.ts';
import type { ViewProps } from './view-props.ts';

/** What a run does at the moment is in no event: it is looked at while somebody looks. */
const LOOK_MS = 5_000;
const MAX_LATELY = 5;

export function Home({ columns, height }: ViewProps) {
  const tui = useTui();
  const { goTo } = tui;
  const action = useAction();
  useKeys({ n: () => sendPlan(tui, action) });
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const asked = useResource<readonly WireRequest[]>('/questions', ofRequests);
  const lately = useResource<readonly WireProject[]>(
    `/projects?status=${CLOSED_STATUSES.join(',')}&limit=${MAX_LATELY}`,
    ofClosedProjects,
  );
  useEvery(LOOK_MS, overview.refresh, (overview.value?.running.length ?? 0) > 0);
  const now = useNow();
  if (!overview.value || !asked.value)
    return <Loading problem={overview.problem ?? asked.problem} columns={columns} />;
  const drawn: Drawn = { columns: columns - SIGN_COLUMNS, now, goTo };
  const items = [
    ...waitingItems(overview.value, asked.value, drawn),
    ...stateItems(overview.value, drawn),
    ...section(
      'Done lately',
      (lately.value ?? []).map((one) => projectItem(one, drawn.columns, now, goTo)),
    ),
  ];
  return <Scroller name="home" items={items} columns={columns} height={height} />;
}

interface Drawn {
  readonly columns: number;
  readonly now: number;
  readonly goTo: (place: Place) => void;
}

function waitingItems(
  overview: WireOverview,
  asked: readonly WireRequest[],
  { columns, now, goTo }: Drawn,
): Item[] {
  const decisions = decisionCount(overview);
  const count = decisions + asked.length;
  const shown = decisionsIn(overview);
  const further = decisions - shown.length;
  const titles = titlesIn(overview);
  return [
    note('waiting', [line(waitingText(count), count === 0 ? 'title' : 'yours')]),
    ...(count === 0 ? [note('empty', emptyLines(overview, columns))] : []),
    ...shown.map((project) => decisionItem(project, { columns, now, goTo })),
    ...(further > 0
      ? [
          {
            key: 'further',
            lines: [line(`${further} more that wait, or are stuck`, 'accent')],
            keys: { enter: () => goTo({ view: 'projects' }) },
          },
        ]
      : []),
    ...asked.map(
      (request): Item => ({
        key: request.id,
        lines: requestLine(request, titles.get(request.project_id) ?? request.project_id, columns, now),
        keys: { enter: () => goTo({ view: 'request', id: request.id }) },
      }),
    ),
  ];
}

function decisionItem(project: WireWaitingProject, { columns, now, goTo }: Drawn): Item {
  const {
    id,
    title,
    status,
    round,
    attention,
    updated_at: since,
    measured,
    spent_usd,
    runs_of_unknown_cost,
  } = project;
  const isSubmitted = status === 'awaiting_approval';
  const figures = isSubmitted ? [...figuresLine(measured), SEPARATOR] : [];
  return {
    key: id,
    lines: [
      [
        { text: clip(title, columns - 14), tone: 'title' },
        isSubmitted ? { text: `  round ${round}`, tone: 'quiet' } : { text: '  stuck', tone: 'bad' },
      ],
      ...(attention === null ? [] : paragraph(attention, columns - 2, 'warn', '  ').slice(0, 2)),
      [
        { text: '  ' },
        ...figures,
        ...facts(spentText(spent_usd, runs_of_unknown_cost), {
          text: `${isSubmitted ? 'submitted' : 'since'} ${agoText(since, now)}`,
          tone: 'quiet',
        }),
      ],
    ],
    keys: { enter: () => goTo({ view: 'project', id, ...(isSubmitted && { round }) }) },
  };
}

const SEPARATOR: Span = { text: ' · ', tone: 'quiet' };

function emptyLines({ counts }: WireOverview, columns: number): Line[] {
  if (Object.values(counts).some((count) => count > 0)) return [line(doneText(counts), 'quiet')];
  return [
    line('No plan yet. There are three ways to send one:'),
    ...paragraph('In Claude Desktop say: have Code build …', columns, 'plain', '  '),
    ...paragraph('In a terminal: bridge-supervisor send plan.md', columns, 'plain', '  '),
    ...paragraph('Try it without an account: bridge-supervisor demo', columns, 'plain', '  '),
  ];
}

/** Why nothing starts, what is under way and next, and what was spent. */
function stateItems(overview: WireOverview, { columns, now, goTo }: Drawn): Item[] {
  const { holds, running, verifying, landing, queue } = overview;
  const rows = (projects: readonly WireProject[]) =>
    projects.map((project) => projectItem(project, columns, now, goTo));
  return [
    ...section(
      'Nothing new starts',
      holds.map((hold) => note(`hold ${hold.kind} ${hold.scope}`, holdLines(hold, columns, now))),
    ),
    ...section(
      'Working now',
      running.map(({ project, run }) => ({
        key: `run ${run.id}`,
        lines: [
          line(clip(project.title, columns)),
          ...runLines(run, columns - 2, now).map((one): Line => [{ text: '  ' }, ...one]),
        ],
        keys: { enter: () => goTo({ view: 'project', id: project.id }) },
      })),
    ),
    ...section('Being checked', rows(verifying)),
    ...section('Landing', rows(landing)),
    ...section('Next', rows(queue)),
    ...section('Today', [note('spent', [spentLine(overview)])]),
  ];
}

function spentLine({
  spent_today_usd: spent,
  today_runs_of_unknown_cost: unknown,
  quotas,
}: WireOverview): Line {
  return facts(
    `spent ${spentText(spent, unknown)}`,
    ...quotas.map(({ window, utilization }) =>
      utilization === null ? undefined : `${window.replaceAll('_', ' ')} ${Math.round(utilization * 100)} %`,
    ),
  );
}
