/** What runs have cost, and what they may. A run without a figure is said, and never counted as nothing. */
import { plural } from '../../../page/figures.ts';
import { ofCosts } from '../../../page/live/concerns.ts';
import { dollars } from '../../../project/costs.ts';
import type { WireCosts } from '../../../wire/schemas/budget.ts';
import { cell, clip } from '../../terminal/text.ts';
import { useNow, useTui } from '../context.ts';
import { note, section } from '../lines/items.ts';
import { facts, type Line, line } from '../lines/line.ts';
import { bar } from '../lines/project.ts';
import type { Item } from '../lines/scroll.ts';
import { untilText } from '../lines/times.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { Loading } from './loading.tsx';
import type { ViewProps } from './view-props.ts';

const DAYS = 14;
const NAMES = { day: 'Today', month: 'This month' } as const;

export function Costs({ columns, height }: ViewProps) {
  const { goTo } = useTui();
  const costs = useResource<WireCosts>(`/costs?days=${DAYS}`, ofCosts);
  const now = useNow();
  if (!costs.value) return <Loading problem={costs.problem} columns={columns} />;
  const { periods, days, projects, models } = costs.value;
  const width = columns - SIGN_COLUMNS;
  const items: Item[] = [
    ...periods.map((period) => note(period.period, periodLines(period, now))),
    ...limitItems(costs.value),
    ...section(`The last ${DAYS} days, by day`, dayItems(days)),
    ...section(
      'The dearest projects',
      projects.slice(0, 10).map(({ project_id: id, title, usd, runs }) => ({
        key: id,
        lines: [line(`${dollars(usd).padStart(9)}  ${clip(title, width - 24)}  ${plural(runs, 'run')}`)],
        keys: { enter: () => goTo({ view: 'project', id }) },
      })),
    ),
    ...section(
      'By model',
      models.map(({ model, usd, runs }) =>
        note(`model ${model}`, [
          line(
            `${dollars(usd).padStart(9)}  ${clip(model ?? 'none has answered', width - 24)}  ${plural(runs, 'run')}`,
          ),
        ]),
      ),
    ),
  ];
  return <Scroller name="costs" items={items} columns={columns} height={height} />;
}

function periodLines(period: WireCosts['periods'][number], now: number): Line[] {
  const {
    limit_usd: limit,
    charged_usd: charged,
    spent_usd: spent,
    runs_of_unknown_cost: unknown,
    ends_at,
  } = period;
  return [
    facts(
      {
        text: `${NAMES[period.period]} ${dollars(spent)}${limit === null ? '' : ` of ${dollars(limit)}`}`,
        tone: 'title',
      },
      limit === null ? undefined : bar(charged / limit),
      { text: `until ${untilText(ends_at, now)}`, tone: 'quiet' },
    ),
    ...(unknown > 0
      ? [
          line(
            `  ${plural(unknown, 'run')} without a figure${limit === null ? '' : `: ${dollars(charged)} count against the limit`}`,
            'warn',
          ),
        ]
      : []),
  ];
}

function limitItems({ run_usd: run, project_usd: project, workspaces }: WireCosts): Item[] {
  const limit = (usd: number | null) => (usd === null ? 'no limit' : dollars(usd));
  return section('What may be spent', [
    note('limits', [
      line(`One run: ${limit(run)}`),
      line(`One project: ${limit(project)}`),
      ...Object.entries(workspaces).map(([name, usd]) => line(`A project in ${name}: ${limit(usd)}`)),
    ]),
  ]);
}

function dayItems(days: WireCosts['days']): Item[] {
  const most = Math.max(...days.map(({ usd }) => usd), 0.01);
  return days
    .toReversed()
    .map(({ date, usd, runs, runs_of_unknown_cost: unknown }) =>
      note(date, [
        line(
          `${date}  ${cell(dollars(usd), 9)} ${bar(usd / most)}  ${plural(runs, 'run')}${unknown > 0 ? `, ${unknown} without a figure` : ''}`,
        ),
      ]),
    );
}
