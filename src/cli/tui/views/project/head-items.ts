/** What a project is, what it wants from the person, and what it does now. */
import { folderText, spentText } from '../../../../page/figures.ts';
import { WHAT_NEXT } from '../../../../page/status-words.ts';
import { isUndecided } from '../../../../project/request.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { WireRound } from '../../../../wire/schemas/round.ts';
import type { WireRun } from '../../../../wire/schemas/run.ts';
import { note } from '../../lines/items.ts';
import { EMPTY, facts, type Line, line, paragraph } from '../../lines/line.ts';
import { runLines, statusSpan } from '../../lines/project.ts';
import { requestLine } from '../../lines/request.ts';
import type { Item } from '../../lines/scroll.ts';
import { agoText } from '../../lines/times.ts';
import type { Drawn } from './drawn.ts';

interface Shown extends Drawn {
  /** The round that was asked for; undefined: the newest. */
  readonly round: number | undefined;
  readonly shown: WireRound | undefined;
  readonly running: WireRun | undefined;
}

export function headItems(answer: WireProjectAnswer, drawn: Shown): Item[] {
  const { project, rounds, requests } = answer;
  const { round, shown, running, columns, now, goTo } = drawn;
  const present = rounds.at(-1);
  const isPassed = shown !== undefined && round !== undefined && present !== undefined && shown !== present;
  return [
    note('head', headLines(answer, columns, now)),
    ...(project.status === 'attention' ? [note('stuck', stuckLines(project.attention ?? '', columns))] : []),
    ...requests.filter(isUndecided).map(
      (request): Item => ({
        key: request.id,
        lines: [EMPTY, ...requestLine(request, 'Claude', columns, now)],
        keys: { enter: () => goTo({ view: 'request', id: request.id }) },
      }),
    ),
    ...(running ? [liveItem(running, project.id, drawn)] : []),
    ...(round !== undefined && !shown
      ? [note('nothing', [EMPTY, line(`Nothing was submitted in round ${round}.`, 'warn')])]
      : []),
    ...(isPassed
      ? [
          {
            key: 'passed',
            lines: [
              EMPTY,
              line(
                `This is round ${shown.round}, which has passed. Enter: show round ${present.round}`,
                'warn',
              ),
            ],
            keys: { enter: () => goTo({ view: 'project', id: project.id, round: present.round }) },
          },
        ]
      : []),
    ...(!shown && !running ? [note('next', [EMPTY, line(WHAT_NEXT[project.status], 'quiet')])] : []),
  ];
}

function headLines(answer: WireProjectAnswer, columns: number, now: number): Line[] {
  const {
    project,
    worktree,
    spent_usd: spent,
    runs_of_unknown_cost: unknown,
    waits_for,
    completion,
    requests,
  } = answer;
  const status = requests.some(isUndecided) ? 'awaiting_answer' : project.status;
  const isWaiting = project.status === 'awaiting_approval';
  const since =
    isWaiting && completion
      ? `submitted ${agoText(completion.submitted_at, now)}`
      : `changed ${agoText(project.updated_at, now)}`;
  return [
    ...paragraph(project.title, columns, 'title'),
    facts(statusSpan(status), `round ${project.round}`, since, spentText(spent, unknown)),
    facts(
      { text: folderText(worktree?.repo ?? project.workspace), tone: 'quiet' },
      worktree ? { text: worktree.branch, tone: 'quiet' } : undefined,
      { text: project.id, tone: 'quiet' },
    ),
    ...(waits_for.length > 0
      ? paragraph(`Waits for ${waits_for.map(({ title }) => title).join(', ')}`, columns)
      : []),
  ];
}

function stuckLines(attention: string, columns: number): Line[] {
  return [EMPTY, line('It is stuck', 'bad'), ...paragraph(attention, columns), line('t: retry', 'accent')];
}

function liveItem(run: WireRun, project: string, { columns, now, goTo }: Shown): Item {
  return {
    key: 'live',
    lines: [
      EMPTY,
      [
        { text: 'Working now', tone: 'title' },
        { text: '  l: what it does, live', tone: 'quiet' },
      ],
      ...runLines(run, columns, now),
    ],
    keys: { enter: () => goTo({ view: 'run', id: run.id, project }) },
  };
}
