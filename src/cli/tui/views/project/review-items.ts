/** One round: what was measured, what Claude says, and what changed, file by file. */
import type { Problem } from '../../../../page/answer.ts';
import { actorText, plural } from '../../../../page/figures.ts';
import type { WireShownEvidence } from '../../../../wire/schemas/evidence.ts';
import type { WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { WireDecision, WireRound } from '../../../../wire/schemas/round.ts';
import {
  type Change,
  changeLine,
  checkLines,
  checksOf,
  factLines,
  measuredHead,
  outputLines,
} from '../../lines/evidence.ts';
import { heading, note } from '../../lines/items.ts';
import { EMPTY, type Line, line, paragraph } from '../../lines/line.ts';
import { markdownLines } from '../../lines/markdown.ts';
import { linesOfPatch } from '../../lines/patch.ts';
import type { Item } from '../../lines/scroll.ts';
import { agoText } from '../../lines/times.ts';
import type { Drawn } from './drawn.ts';

export interface ShownEvidence {
  readonly value: WireShownEvidence | undefined;
  readonly problem: Problem | undefined;
}

export function reviewItems(
  answer: WireProjectAnswer,
  shown: WireRound,
  evidence: ShownEvidence,
  drawn: Drawn,
): Item[] {
  const { columns, now } = drawn;
  const { decision, attempt } = shown;
  const before = answer.rounds.findLast(
    (other) => other.round < shown.round && other.decision?.verdict === 'rejected',
  );
  return [
    ...(decision ? [note('decided', decidedLines(decision, columns, now))] : []),
    ...(evidence.value
      ? measuredItems(evidence.value, drawn)
      : [note('measured', unmeasured(evidence, columns))]),
    ...(before?.decision
      ? [
          heading(`You asked for, in round ${before.round}`),
          note('asked', quoteLines(before.decision.reason, columns)),
        ]
      : []),
    heading(`What Claude says, ${agoText(shown.submitted_at, now)}`, 'said'),
    note('said', saidLines(shown, columns)),
    ...(attempt > 1 ? [note('attempt', [line(`This is attempt ${attempt} of the round.`, 'quiet')])] : []),
    ...landingItems(shown, now),
    ...(evidence.value ? changeItems(evidence.value, drawn) : []),
  ];
}

function decidedLines(
  { verdict, reason, decided_by, decided_at, allowed }: WireDecision,
  columns: number,
  now: number,
): Line[] {
  const isApproved = verdict === 'approved';
  return [
    EMPTY,
    line(
      `${isApproved ? '✓ Approved' : '✗ Rejected'} by ${actorText(decided_by)}, ${agoText(decided_at, now)}.`,
      isApproved ? 'good' : 'warn',
    ),
    ...(reason === '' ? [] : quoteLines(reason, columns)),
    ...(allowed.length > 0 ? paragraph(`Allowed: ${allowed.join(', ')}`, columns) : []),
  ];
}

function unmeasured({ problem }: ShownEvidence, columns: number): Line[] {
  if (!problem) return [EMPTY, line('Loading…', 'quiet')];
  if (problem.code !== 'not-measured') return [EMPTY, ...paragraph(problem.detail, columns, 'bad')];
  const isUnderWay = problem.facts.state === 'measuring';
  return [
    EMPTY,
    line(isUnderWay ? 'It is being measured now.' : 'Nothing was measured of this round.', 'warn'),
  ];
}

function measuredItems(evidence: WireShownEvidence, drawn: Drawn): Item[] {
  const { columns, now, open, toggle, texts } = drawn;
  const { project_id: id, round } = evidence;
  const cause = factLines(evidence, columns, true);
  return [
    note('measured', [EMPTY, measuredHead(evidence, now), ...cause]),
    ...checksOf(evidence).map((check): Item => {
      const key = `check ${check.name}`;
      const route = `/projects/${id}/rounds/${round}/checks/${encodeURIComponent(check.name)}`;
      const isOpen = open.has(key);
      const unfold = () => {
        if (!isOpen) texts.read(route);
        toggle(key);
      };
      return {
        key,
        lines: [
          ...checkLines(check, columns, isOpen),
          ...(isOpen ? textLines(route, drawn, outputLines) : []),
        ],
        keys: { enter: unfold, x: unfold, '+': () => texts.read(route) },
      };
    }),
    note('facts', factLines(evidence, columns, false)),
  ];
}

/** A long text so far, and how to read on. */
function textLines(
  route: string,
  { texts, columns }: Drawn,
  draw: (text: string, columns: number) => readonly Line[],
): Line[] {
  const { text, problem, next, isReading } = texts.get(route) ?? {};
  return [
    ...(text === undefined ? [] : draw(text, columns)),
    ...(problem === undefined ? [] : paragraph(problem, columns, 'bad')),
    ...(isReading ? [line('  Loading…', 'quiet')] : []),
    ...(next === undefined
      ? []
      : [line(problem === undefined ? '  There is more. +: read on' : '  +: try again', 'warn')]),
  ];
}

function saidLines({ summary, caveats }: WireRound, columns: number): Line[] {
  return [
    ...markdownLines(summary, columns),
    ...(caveats === ''
      ? [line('Caveats: none.', 'quiet')]
      : [EMPTY, line('Caveats', 'warn'), ...markdownLines(caveats, columns)]),
  ];
}

function landingItems({ landings }: WireRound, now: number): Item[] {
  const last = landings.at(-1);
  if (!last) return [];
  const outcome = last.outcome.replaceAll('_', ' ');
  return [
    note('landing', [line(`Landing on ${last.target}: ${outcome}, ${agoText(last.at, now)}.`, 'quiet')]),
  ];
}

function changeItems(evidence: WireShownEvidence, drawn: Drawn): Item[] {
  const { diff, git, project_id: id, round } = evidence;
  if (!diff) return [];
  const whole = git?.worktree ?? 'the folder';
  return [
    heading(`What changed: ${plural(diff.files, 'file')} +${diff.insertions} −${diff.deletions}`, 'changes'),
    ...(diff.truncated
      ? [
          note(
            'truncated',
            paragraph(
              `The list or the patch is not whole: it is too big to be kept. On the machine, the whole is in ${whole}.`,
              drawn.columns,
              'warn',
            ),
          ),
        ]
      : []),
    ...(diff.files === 0 ? [note('no files', [line('No file was changed.', 'quiet')])] : []),
    ...diff.changes.map((change, at) =>
      changeItem(change, `file ${at}`, `/projects/${id}/rounds/${round}/diff/${at + 1}`, drawn),
    ),
  ];
}

function changeItem(change: Change, key: string, route: string, drawn: Drawn): Item {
  const { columns, open, seen, toggle, see, texts } = drawn;
  const [isOpen, isSeen] = [open.has(key), seen.has(key)];
  const unfold = () => {
    if (!isOpen) texts.read(route);
    toggle(key);
  };
  const mark = () => {
    see(key);
    // What was seen is in the way.
    if (!isSeen && isOpen) toggle(key);
  };
  return {
    key,
    isFile: true,
    lines: [
      changeLine(change, columns, { isOpen, isSeen }),
      ...(isOpen ? textLines(route, drawn, linesOfPatch) : []),
    ],
    keys: { enter: unfold, x: unfold, v: mark, '+': () => texts.read(route) },
  };
}

function quoteLines(text: string, columns: number): Line[] {
  return paragraph(text, columns - 2).map((one): Line => [{ text: '| ', tone: 'accent' }, ...one]);
}
