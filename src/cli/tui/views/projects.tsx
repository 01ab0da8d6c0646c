/** Every project, newest first. */
import { useState } from 'react';
import { ofProjects } from '../../../page/live/concerns.ts';
import { PROJECT_FILTERS } from '../../../page/status-words.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import { useKeys, useNow, useTui } from '../context.ts';
import { note, projectItem } from '../lines/items.ts';
import { facts, line } from '../lines/line.ts';
import type { Item } from '../lines/scroll.ts';
import { useAction } from '../live/use-action.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { Loading } from './loading.tsx';
import { sendPlan } from './plan-actions.ts';
import type { ViewProps } from './view-props.ts';

const PAGE = 50;

export function Projects({ columns, height }: ViewProps) {
  const tui = useTui();
  const { ask, places } = tui;
  const action = useAction();
  const [at, setAt] = useState(() => Number(places.get('projects filter') ?? 0));
  const [words, setWords] = useState(() => places.get('projects words') ?? '');
  const statuses = PROJECT_FILTERS[at]?.statuses ?? [];
  const choose = (next: number) => {
    const chosen = (next + PROJECT_FILTERS.length) % PROJECT_FILTERS.length;
    places.set('projects filter', String(chosen));
    setAt(chosen);
  };
  const filter = () =>
    ask({
      kind: 'write',
      title: 'Show projects with these words in their title',
      label: 'Or the beginning of an id. Nothing: all of them.',
      draft: 'projects words',
      isOneLine: true,
      mayBeEmpty: true,
      onSend(text) {
        places.set('projects words', text.trim());
        setWords(text.trim());
      },
    });
  useKeys({
    tab: () => choose(at + 1),
    'shift-tab': () => choose(at - 1),
    '/': filter,
    f: filter,
    n: () => sendPlan(tui, action),
  });
  const query = new URLSearchParams({
    limit: String(PAGE),
    ...(statuses.length > 0 && { status: statuses.join(',') }),
    ...(words !== '' && { q: words }),
  });
  const head = note('filters', [
    facts(
      ...PROJECT_FILTERS.map(({ name }, index) => ({
        text: index === at ? `[${name}]` : name,
        tone: index === at ? ('yours' as const) : ('quiet' as const),
      })),
      words === '' ? undefined : { text: `with “${words}”`, tone: 'warn' },
    ),
  ]);
  return <List key={`${query}`} route={`/projects?${query}`} head={head} columns={columns} height={height} />;
}

function List({ route, head, columns, height }: ViewProps & { readonly route: string; readonly head: Item }) {
  const { client, goTo, say } = useTui();
  const first = useResource<readonly WireProject[]>(route, ofProjects);
  const [older, setOlder] = useState<readonly WireProject[]>([]);
  const [isAll, setIsAll] = useState(false);
  const now = useNow();
  if (!first.value) return <Loading problem={first.problem} columns={columns} />;
  const newer = new Set(first.value.map(({ id }) => id));
  const all = [...first.value, ...older.filter(({ id }) => !newer.has(id))];
  const more = async () => {
    const answer = await client.call<readonly WireProject[]>(`GET ${route}&before=${all.at(-1)?.id}`);
    if (!answer.ok) return say(answer.problem.detail, true);
    setOlder([...older, ...answer.value]);
    setIsAll(answer.value.length < PAGE);
  };
  const items: Item[] = [
    head,
    ...all.map((project) => projectItem(project, columns - SIGN_COLUMNS, now, goTo)),
    ...(all.length === 0 ? [note('none', [line('There are none.', 'quiet')])] : []),
    ...(first.value.length === PAGE && !isAll
      ? [{ key: 'more', lines: [line('Show older ones', 'accent')], keys: { enter: () => void more() } }]
      : []),
  ];
  return <Scroller name={route} items={items} columns={columns} height={height} />;
}
