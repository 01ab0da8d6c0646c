/** Projects, runs and holds in lines. */

import { durationText } from '../../../page/duration-text.ts';
import { folderText, plural } from '../../../page/figures.ts';
import { HOLD_ENDS, HOLD_WORDS, TO_MEND } from '../../../page/hold-words.ts';
import { STATUS_WORDS, type StatusTone } from '../../../page/status-words.ts';
import { dollars } from '../../../project/costs.ts';
import type { WireEvidenceFigures } from '../../../wire/schemas/evidence.ts';
import type { WireHold } from '../../../wire/schemas/hold.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { WireRun } from '../../../wire/schemas/run.ts';
import { cell, clip } from '../../terminal/text.ts';
import { facts, type Line, line, paragraph, type Span, type Tone } from './line.ts';
import { agoText, atText, untilText } from './times.ts';

const TONES: Readonly<Record<StatusTone, Tone>> = {
  calm: 'quiet',
  busy: 'busy',
  yours: 'yours',
  good: 'good',
  bad: 'bad',
};

export function statusSpan(status: WireProject['status']): Span {
  const { words, tone } = STATUS_WORDS[status];
  return { text: words, tone: TONES[tone] };
}

const STATUS_COLUMNS = Math.max(...Object.values(STATUS_WORDS).map(({ words }) => words.length));
const WHEN_COLUMNS = 12;
const MIN_COLUMNS_FOR_FOLDERS = 90;
const FOLDER_COLUMNS = 28;

/** A project in one line: title, status, folder where there is room, and when it last changed. */
export function projectLine(project: WireProject, columns: number, now: number): Line {
  const { title, status, workspace, updated_at } = project;
  const hasFolder = columns >= MIN_COLUMNS_FOR_FOLDERS;
  const rest = STATUS_COLUMNS + WHEN_COLUMNS + 4 + (hasFolder ? FOLDER_COLUMNS + 2 : 0);
  const { text, tone = 'plain' } = statusSpan(status);
  return [
    { text: `${cell(title, columns - rest)}  ` },
    { text: `${cell(text, STATUS_COLUMNS)}  `, tone },
    ...(hasFolder
      ? [{ text: `${cell(folderText(workspace), FOLDER_COLUMNS)}  `, tone: 'quiet' as const }]
      : []),
    { text: agoText(updated_at, now).padStart(WHEN_COLUMNS), tone: 'quiet' },
  ];
}

/** What was measured of a round, in a few words. */
export function figuresLine(measured: WireEvidenceFigures | null | undefined): Line {
  if (!measured?.measured) return line('not measured', 'warn');
  const { checks_passed: passed, files, insertions, deletions, warnings, outline } = measured;
  return facts(
    outline ? 'an outline' : undefined,
    passed === null
      ? undefined
      : { text: passed ? '✓ checks passed' : '✗ checks failed', tone: passed ? 'good' : 'bad' },
    plural(files, 'file'),
    { text: `+${insertions} −${deletions}` },
    warnings > 0 ? { text: `! ${plural(warnings, 'warning')}`, tone: 'warn' } : undefined,
  );
}

const BAR_COLUMNS = 20;

/** What a run under way does, how far it is, how long it has taken and what it cost. */
export function runLines(run: WireRun, columns: number, now: number): Line[] {
  const { live, created_at, cost_usd } = run;
  const { current_tool: tool, todos_done: done, todos_total: total, current_todo: todo } = live;
  const cost = live.cost_usd > 0 ? live.cost_usd : (cost_usd ?? 0);
  const sign = live.last_sign_at === null ? undefined : `sign of life ${agoText(live.last_sign_at, now)}`;
  return [
    ...((tool ?? todo) === null ? [] : [line(clip(tool ?? todo ?? '', columns), 'busy')]),
    facts(
      total > 0 ? { text: `${bar(done / total)} step ${done} of ${total}` } : undefined,
      durationText(now - Date.parse(created_at)),
      dollars(cost),
      sign === undefined ? undefined : { text: sign, tone: 'quiet' },
    ),
  ];
}

/** `######--------------`. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  return '#'.repeat(filled) + '-'.repeat(BAR_COLUMNS - filled);
}

/** Why no new run starts, and until when. */
export function holdLines(
  { kind, scope, reason, since, until }: WireHold,
  columns: number,
  now: number,
): Line[] {
  const when =
    until === null
      ? (HOLD_ENDS[kind] ?? 'Until that is fixed').replace(/^U/, 'u')
      : `until ${untilText(until, now)}`;
  return [
    [
      { text: `${HOLD_WORDS[kind]}${scope === '' ? '' : ` (${scope})`}`, tone: 'warn' },
      { text: ` ${when}` },
      { text: ` · since ${atText(since, now)}`, tone: 'quiet' },
    ],
    ...(reason === '' ? [] : paragraph(reason, columns, 'quiet')),
    ...(TO_MEND.includes(kind) ? [line('On the machine: bridge-supervisor doctor', 'accent')] : []),
  ];
}
