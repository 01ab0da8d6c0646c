/** The status report as a person reads it, in lines no wider than the terminal. */
import type { ServiceReport } from '../../control/service-status.ts';
import type { StatusReport } from '../../control/status-report.ts';
import { waitsUntil } from '../../project/back-off.ts';
import { describeCosts } from '../../project/costs.ts';
import { describeDependencies } from '../../project/dependency.ts';
import { holdEnd, PROBED_HOLDS } from '../../project/hold.ts';
import { describeTitle, isOutline, nameOfRound } from '../../project/outline.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import type { WorkProgress } from '../../project/work-progress.ts';
import { indented, type Layout, layoutOf, projectHead, section } from '../terminal/layout.ts';
import type { Format, Output } from '../terminal/output.ts';
import { clip, flow, wrap } from '../terminal/text.ts';
import { ago, lasted, upcoming } from '../terminal/time.ts';
import { measuredInShort } from './evidence-text.ts';
import { requestLines } from './question-text.ts';
import { runLines } from './run-lines.ts';

export function statusLines(report: StatusReport, out: Output): string[] {
  const layout = layoutOf(out, new Date(report.now));
  const { columns } = layout;
  const waiting = report.counts.awaiting_approval + report.counts.attention;
  const log = report.log.lines.flatMap((line) => onTwoLines(line, columns));
  return [
    ...supervisorLines(report, layout),
    ...section(layout, `Claude asks (${report.questions.length})`, askedLines(report, layout), 'cyan'),
    ...section(layout, 'Problems', paragraphs(report.problems, columns), 'red'),
    ...section(layout, 'Warnings', paragraphs(report.warnings, columns), 'yellow'),
    ...section(layout, 'On hold: no new runs start', holdLines(report, layout), 'yellow'),
    ...section(layout, `Running (${report.running.length})`, runningLines(report, layout)),
    ...section(
      layout,
      `Being measured (${report.counts.verifying})`,
      progressLines(report.verifying, 'submitted', layout),
    ),
    ...section(
      layout,
      `Approved, not complete yet (${report.counts.approved})`,
      progressLines(report.landing, 'approved', layout),
    ),
    ...section(layout, `Waiting for you (${waiting})`, waitingLines(report, layout), 'cyan'),
    ...section(layout, 'Queue', queueLines(report, layout)),
    ...section(layout, 'Usage windows', quotaLines(report, layout)),
    ...section(layout, 'Projects', countLines(report, layout)),
    ...section(
      layout,
      'Last lines of loop.log',
      log.map((line) => out.style('dim', line)),
    ),
  ];
}

/** In short: `questions` shows all of each. */
function askedLines({ questions }: StatusReport, layout: Layout): string[] {
  const shown = questions.slice(0, MAX_QUESTIONS);
  const more = questions.length - shown.length;
  return [
    ...shown.flatMap(({ project, request, resumeCost }) => [
      projectHead(project, layout.columns),
      ...indented(requestLines({ request, resumeCost }, layout, MAX_ASKED_LINES)),
    ]),
    ...(more > 0 ? [`… ${more} more: bridge-supervisor questions`] : []),
  ];
}

const MAX_QUESTIONS = 5;
const MAX_ASKED_LINES = 4;

function supervisorLines(
  { supervisor, service, stateDir }: StatusReport,
  { out, columns, now }: Layout,
): string[] {
  const { format, text, next } = describeSupervisor(supervisor, now);
  // Its manager's report of the end, with the fix, is among the problems.
  const isShownBelow = service !== null && service.detail !== null;
  return [
    `Supervisor: ${out.style(format, text)}`,
    ...(next && !isShownBelow ? [`Next: bridge-supervisor ${next}`] : []),
    ...(service ? serviceLines(service, columns) : []),
    out.style('dim', clip(`State folder: ${stateDir}`, columns)),
  ];
}

function describeSupervisor(
  { state, lease, writes }: StatusReport['supervisor'],
  now: Date,
): { format: Format; text: string; next?: string } {
  if (lease === null) return { format: 'yellow', text: 'not running', next: 'start' };
  const { pid, version, startedAt, renewedAt } = lease;
  const process = `(pid ${pid}, version ${version})`;
  switch (state) {
    case 'stopping':
      return { format: 'yellow', text: `stopping ${process}` };
    case 'not_responding':
      return {
        format: 'red',
        text: `not responding, last seen ${ago(renewedAt, now)} ${process}`,
        next: 'restart',
      };
    case 'gone':
      return {
        format: 'red',
        text: `not running: it exited unexpectedly, last seen ${ago(renewedAt, now)}`,
        next: 'start',
      };
    default:
      if (!writes) return { format: 'red', text: `cannot write the store ${process}` };
      return { format: 'green', text: `running for ${lasted(startedAt, now.toISOString())} ${process}` };
  }
}

function serviceLines({ title, state, startsAt }: ServiceReport, columns: number): string[] {
  const starts = startsAt === null ? 'starts only when asked' : `starts at ${startsAt}`;
  const [first = '', ...others] = flow(
    [`Service: ${title}`, state.replace('-', ' '), ...(state === 'unknown' ? [] : [starts])],
    columns,
  );
  return [first, ...indented(others)];
}

function onTwoLines(line: string, columns: number): string[] {
  const [first = '', ...others] = wrap(line, columns);
  return others.length === 0 ? [first] : [first, clip(others.join(' '), columns)];
}

function paragraphs(texts: readonly string[], columns: number): string[] {
  return texts.flatMap((text) => wrap(text, columns));
}

function holdLines({ holds }: StatusReport, { columns, now }: Layout): string[] {
  const lines = holds.flatMap((hold) => [
    ...wrap(`${hold.kind}${hold.scope && ` (${hold.scope})`}: ${hold.reason}`, columns),
    ...indented(
      flow([`since ${ago(hold.since, now)}`, holdEnd(hold, (time) => upcoming(time, now))], columns - 2),
    ),
  ]);
  // A hold that follows from present conditions would be set again at once.
  const endsByWord = holds.some(({ kind }) => kind === 'paused' || PROBED_HOLDS.includes(kind));
  return endsByWord ? [...lines, 'bridge-supervisor resume'] : lines;
}

/** A window whose reset is past has started over: its last value no longer holds. */
function quotaLines({ quotas }: StatusReport, { columns, now }: Layout): string[] {
  const current = quotas.filter(({ resetsAt }) => resetsAt !== null && resetsAt > now.toISOString());
  return current.flatMap(({ window, utilization, status, resetsAt, seenAt }) => {
    const used = utilization === null ? status : `${Math.round(utilization * 100)} % used`;
    return flow(
      [`${window}: ${used}`, `resets ${upcoming(resetsAt ?? '', now)}`, `as of ${ago(seenAt, now)}`],
      columns,
    );
  });
}

function runningLines({ running }: StatusReport, { columns, now }: Layout): string[] {
  return running.flatMap(({ project, run, process }) => [
    projectHead(project, columns),
    ...indented(runLines(run, process ?? undefined, now, columns - 2)),
  ]);
}

/** @param begun How it came to this. */
function progressLines(
  under: readonly WorkProgress[],
  begun: 'submitted' | 'approved',
  { columns, now }: Layout,
): string[] {
  return under.flatMap(({ project, since, check }) => [
    projectHead(project, columns),
    ...indented(
      flow(
        [
          check === null
            ? ''
            : `checking: ${check.name}, ${check.number} of ${check.of}, for ${lasted(check.since, now.toISOString())}`,
          `${begun} ${ago(since, now)}`,
        ],
        columns - 2,
      ),
    ),
  ]);
}

function waitingLines({ waiting }: StatusReport, { columns, now, out }: Layout): string[] {
  return waiting.flatMap(({ project, measured, description, since, next }) => {
    const why =
      project.status === 'attention'
        ? 'needs attention'
        : `${nameOfRound(project.round, isOutline(project))} submitted`;
    const said = project.status === 'attention' ? '' : 'Claude says: ';
    return [
      projectHead(project, columns),
      ...indented([
        ...(measured ? [clip(`measured of ${measuredInShort(measured)}`, columns - 2)] : []),
        clip(`${why} ${ago(since, now)}: ${said}${description}`, columns - 2),
        ...next.map((command) => out.style('cyan', command)),
      ]),
    ];
  });
}

function queueLines({ queue, waitsFor, counts }: StatusReport, { columns, now }: Layout): string[] {
  const lines = queue.flatMap((project) => {
    const { id, notBefore, expiresAt, status } = project;
    const waits = waitsUntil(notBefore, now.toISOString());
    const later = waits ? `not before ${upcoming(waits, now)}: ` : '';
    const kind = status === 'rejected' ? 'revision: ' : status === 'in_progress' ? 'continuing: ' : '';
    const open = waitsFor.get(id);
    const waitsOrEnds = [
      ...(open ? [`waits for ${describeDependencies(open)}`] : []),
      ...(expiresAt === null ? [] : [`expires ${upcoming(expiresAt, now)}`]),
    ];
    return [
      projectHead({ id, title: kind + later + describeTitle(project) }, columns),
      ...indented(flow(waitsOrEnds, columns - 2)),
    ];
  });
  const shown = queue.filter(({ status }) => status !== 'in_progress').length;
  const more = counts.pending + counts.rejected - shown;
  return more > 0 ? [...lines, `… ${more} more: bridge-supervisor list --status pending rejected`] : lines;
}

function countLines(
  { counts, spentTodayUsd: usd, todayRunsOfUnknownCost: unknown }: StatusReport,
  { columns }: Layout,
): string[] {
  const some = PROJECT_STATUSES.filter((status) => counts[status] > 0);
  const facts = some.map((status) => `${counts[status]} ${status}`);
  return flow(
    [...(facts.length > 0 ? facts : ['none yet']), `spent today ${describeCosts({ usd, unknown })}`],
    columns,
  );
}
