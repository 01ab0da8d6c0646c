/** What was before: other rounds, the plan, updates and runs, folded at first. */

import { durationText } from '../../../../page/duration-text.ts';
import { plural } from '../../../../page/figures.ts';
import { dollars } from '../../../../project/costs.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { WireRound } from '../../../../wire/schemas/round.ts';
import type { WireRun } from '../../../../wire/schemas/run.ts';
import { clip } from '../../../terminal/text.ts';
import { foldSign, section } from '../../lines/items.ts';
import { facts, type Line, line, paragraph } from '../../lines/line.ts';
import { markdownLines } from '../../lines/markdown.ts';
import type { Item } from '../../lines/scroll.ts';
import { agoText } from '../../lines/times.ts';
import type { Drawn } from './drawn.ts';

export function historyItems(answer: WireProjectAnswer, shown: WireRound | undefined, drawn: Drawn): Item[] {
  const {
    project,
    rounds,
    runs,
    updates,
    markdown,
    plan_revisions: revisions,
    waiting_messages: messages,
  } = answer;
  const { columns, now, goTo } = drawn;
  const earlier = rounds.filter((one) => one !== shown);
  return [
    ...section(
      'Messages that Claude has not confirmed',
      messages.map(({ id, message }) => ({
        key: `message ${id}`,
        lines: paragraph(message, columns, 'plain', '  '),
      })),
    ),
    ...section(
      'Other rounds',
      earlier.map(
        (one): Item => ({
          key: `round ${one.round}.${one.attempt}`,
          lines: [roundLine(one, columns)],
          keys: { enter: () => goTo({ view: 'project', id: project.id, round: one.round }) },
        }),
      ),
    ),
    ...section('More', [
      folded('plan', `Plan${revisions.length > 1 ? `, revision ${revisions.length}` : ''}`, drawn, () =>
        markdownLines(markdown, columns - 2),
      ),
      ...(updates.length > 0
        ? [
            folded('updates', plural(updates.length, 'update'), drawn, () =>
              updates
                .toReversed()
                .flatMap(({ message, created_at }) =>
                  paragraph(`${agoText(created_at, now)}: ${message}`, columns - 2),
                ),
            ),
          ]
        : []),
      ...(runs.length > 0
        ? [folded('runs', plural(runs.length, 'run'), drawn, () => runs.toReversed().map(runLine))]
        : []),
    ]),
  ];
}

function folded(key: string, title: string, { open, toggle }: Drawn, lines: () => readonly Line[]): Item {
  const isOpen = open.has(key);
  const act = () => toggle(key);
  return {
    key,
    lines: [
      line(`${foldSign(isOpen)} ${title}`, 'accent'),
      ...(isOpen ? lines().map((one): Line => [{ text: '  ' }, ...one]) : []),
    ],
    keys: { enter: act, x: act },
  };
}

function roundLine({ round, decision }: WireRound, columns: number): Line {
  const verdict = decision?.verdict ?? 'no decision';
  const reason = decision?.reason ?? '';
  return [
    { text: `Round ${round}  ` },
    { text: verdict, tone: decision ? 'plain' : 'quiet' },
    ...(reason === '' ? [] : [{ text: `  ${clip(reason, columns - 24)}`, tone: 'quiet' as const }]),
  ];
}

function runLine(run: WireRun): Line {
  const { kind, round, outcome, created_at, ended_at, cost_usd: cost, model_used, model } = run;
  return facts(
    kind,
    `round ${round}`,
    outcome?.kind.replaceAll('_', ' ') ?? 'under way',
    ended_at === null ? undefined : durationText(Date.parse(ended_at) - Date.parse(created_at)),
    cost === null ? 'no figure' : dollars(cost),
    model_used ?? model ?? '',
  );
}
