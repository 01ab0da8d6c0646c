/** One project: what it wants from the person, what was measured and done, and what can be done with it. */
import { useState } from 'react';
import { isUndecided } from '../../../project/request.ts';
import type { WireShownEvidence } from '../../../wire/schemas/evidence.ts';
import type { WireProjectAnswer } from '../../../wire/schemas/http.ts';
import type { WireRound } from '../../../wire/schemas/round.ts';
import { type Keys, may, useEvery, useKeys, useNow, useTui } from '../context.ts';
import type { Item } from '../lines/scroll.ts';
import { useAction } from '../live/use-action.ts';
import { usePagedTexts } from '../live/use-paged-texts.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { Loading } from './loading.tsx';
import { decisionKeys } from './project/decide.ts';
import { directKeys } from './project/direct.ts';
import { headItems } from './project/head-items.ts';
import { historyItems } from './project/history-items.ts';
import { reviewItems } from './project/review-items.ts';
import type { ViewProps } from './view-props.ts';

/** What a run does at the moment is in no event: it is looked at while somebody looks. */
const LOOK_MS = 2_000;

interface Props extends ViewProps {
  readonly id: string;
  /** Undefined: the newest. */
  readonly round: number | undefined;
}

export function ProjectView({ id, round, columns, height }: Props) {
  const details = useResource<WireProjectAnswer>(`/projects/${id}`, (event) => event.project_id === id);
  const answer = details.value;
  const shown = answer && roundOf(answer, round);
  const evidence = useResource<WireShownEvidence>(
    shown ? `/projects/${answer.project.id}/rounds/${shown.round}` : undefined,
    (event) => event.project_id === answer?.project.id,
  );
  const running = answer?.runs.findLast(({ ended_at }) => ended_at === null);
  useEvery(LOOK_MS, details.refresh, running !== undefined);
  if (!answer) return <Loading problem={details.problem} columns={columns} />;
  return <Whole {...{ answer, shown, evidence, round, columns, height }} />;
}

function roundOf({ rounds }: WireProjectAnswer, round: number | undefined): WireRound | undefined {
  return round === undefined ? rounds.at(-1) : rounds.findLast((one) => one.round === round);
}

interface WholeProps extends ViewProps {
  readonly answer: WireProjectAnswer;
  readonly shown: WireRound | undefined;
  readonly evidence: ReturnType<typeof useResource<WireShownEvidence>>;
  readonly round: number | undefined;
}

function Whole({ answer, shown, evidence, round, columns, height }: WholeProps) {
  const tui = useTui();
  const now = useNow();
  const action = useAction();
  const texts = usePagedTexts();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const running = answer.runs.findLast(({ ended_at }) => ended_at === null);
  // What the last run has done can be read after its end, too.
  const watched = running ?? answer.runs.at(-1);
  const toggle = (key: string) => setOpen(toggled(open, key));
  const see = (key: string) => setSeen(toggled(seen, key));
  const drawn = { columns: columns - SIGN_COLUMNS, now, goTo: tui.goTo, open, seen, toggle, see, texts };
  const items: Item[] = [
    ...headItems(answer, { round, shown, running, ...drawn }),
    ...(shown ? reviewItems(answer, shown, evidence, drawn) : []),
    ...historyItems(answer, shown, drawn),
  ];
  const keys: Keys = {
    ...(watched && { l: () => tui.goTo({ view: 'run', id: watched.id, project: answer.project.id }) }),
    ...(may(tui, 'decide')
      ? {
          ...decisionKeys(answer, shown, evidence, tui, action),
          ...directKeys(answer, tui, action),
        }
      : Object.fromEntries(DECIDING_KEYS.map((key) => [key, () => cannot(tui)]))),
    ...askingKey(answer, tui),
  };
  useKeys(keys);
  return <Scroller name={`project ${answer.project.id}`} items={items} columns={columns} height={height} />;
}

const DECIDING_KEYS = ['a', 'r', 's', 'm', 't', 'X'];

function cannot({ say }: Pick<ReturnType<typeof useTui>, 'say'>): void {
  say(
    'This terminal may read. To decide it needs the role decide: bridge-supervisor tui --role decide',
    true,
  );
}

/** What it asks is answered where it is shown whole. */
function askingKey({ requests }: WireProjectAnswer, { goTo }: ReturnType<typeof useTui>): Keys {
  const asked = requests.find(isUndecided);
  return asked ? { e: () => goTo({ view: 'request', id: asked.id }) } : {};
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
