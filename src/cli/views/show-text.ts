/** The story of one project as a person reads it. */

import { nextCommands } from '../../control/next-commands.ts';
import type { PlanRevision } from '../../project/amendment.ts';
import { describeCosts, dollars } from '../../project/costs.ts';
import type { Dependency } from '../../project/dependency.ts';
import { shownSettings } from '../../project/kept-settings.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { describeStatus, whatNext } from '../../project/outline.ts';
import { planBody } from '../../project/plan.ts';
import { deniedNow, type ProjectDetails } from '../../project/project-details.ts';
import { isUndecided } from '../../project/request.ts';
import { type SteeringMessage, sortWaiting } from '../../project/review.ts';
import type { RevisionChoice } from '../../project/revision.ts';
import { describeChoice } from '../../project/revision-text.ts';
import type { Run } from '../../project/run.ts';
import type { Worktree } from '../../project/worktree.ts';
import { planFile } from '../../state-folder.ts';
import type { Cli } from '../context.ts';
import { indented, type Layout, layoutOf, projectHead, section } from '../terminal/layout.ts';
import { flow, shorten, wrap } from '../terminal/text.ts';
import { ago, dateAndTime, inTurns, lasted, upcoming } from '../terminal/time.ts';
import { entryLines } from '../terminal/timeline-entry.ts';
import { requestLines } from './question-text.ts';
import { rejectionLines } from './rejection-text.ts';
import { roundLines } from './round-lines.ts';
import { runLines } from './run-lines.ts';
import { runOutput } from './run-output.ts';
import { placeLines } from './worktree-text.ts';

/** @param revision What a rejection begins; undefined where none is waited for. */
export function showLines(
  details: ProjectDetails,
  revision: RevisionChoice | undefined,
  { out, clock, stateDir }: Cli,
): string[] {
  const layout = layoutOf(out, clock.now());
  const { columns } = layout;
  const { project } = details;
  const open = details.runs.find(({ endedAt }) => endedAt === null);
  const { given, waiting } = sortWaiting(details.waitingMessages, open);
  const messageLines = (messages: readonly SteeringMessage[]) =>
    messages.flatMap(({ message }) => shorten(wrap(message, columns), 5));
  return [
    ...wrap(project.title, out.columns).map((line) => out.style('bold', line)),
    ...flow(facts(details, layout.now), out.columns),
    ...wrap(`Workspace: ${project.workspace}`, out.columns),
    ...section(layout, 'Waits for', dependencyLines(details.waitsFor, columns)),
    ...section(layout, 'Claude asks', askedLines(details, layout), 'yellow'),
    ...section(layout, 'Needs attention', wrap(project.attention ?? '', columns).filter(Boolean), 'red'),
    ...section(layout, 'Worktree', worktreeLines(details.worktree, columns)),
    ...section(layout, planTitle(details.planRevisions, layout.now), planLines(details, stateDir, columns)),
    ...section(layout, 'Rounds', roundLines(details, layout)),
    ...section(
      layout,
      'Runs',
      details.runs.flatMap((run) => historyOf(run, layout, stateDir)),
    ),
    ...section(layout, 'Asked of you', decidedLines(details, layout)),
    ...section(layout, 'Updates', updateLines(details, layout)),
    ...section(layout, `Messages given to run ${open?.id}, not confirmed yet`, messageLines(given)),
    ...section(layout, 'Messages that Claude has not read yet', messageLines(waiting)),
    ...rejectionLines(revision, layout),
    ...section(layout, 'Next', [
      ...wrap(whatNext(project), columns),
      ...nextCommands(project, deniedNow(details)).map((command) => out.style('cyan', command)),
    ]),
  ];
}

function facts({ project, spentUsd: usd, runsOfUnknownCost: unknown }: ProjectDetails, now: Date): string[] {
  const { budgetUsd } = project;
  return [
    project.id,
    describeStatus(project),
    `round ${project.round}`,
    `sent ${ago(project.createdAt, now)}`,
    `spent ${describeCosts({ usd, unknown })}${budgetUsd === null ? '' : ` of ${dollars(budgetUsd)}`}`,
    ...shownSettings(project),
    project.status === 'pending' && project.expiresAt !== null
      ? `expires ${upcoming(project.expiresAt, now)}`
      : '',
    project.claimedBy === 'code' ? 'worked on by hand' : '',
  ];
}

/** What waits for the person, whole; of what was decided there is the record further down. */
function askedLines({ requests, resumeCost }: ProjectDetails, layout: Layout): string[] {
  return requests.filter(isUndecided).flatMap((request) => requestLines({ request, resumeCost }, layout));
}

function decidedLines({ requests }: ProjectDetails, layout: Layout): string[] {
  const decided = requests.filter((request) => !isUndecided(request));
  return decided.flatMap((request) => requestLines({ request, resumeCost: null }, layout, MAX_ASKED_LINES));
}

const MAX_ASKED_LINES = 5;

function dependencyLines(waitsFor: readonly Dependency[], columns: number): string[] {
  return waitsFor.map(({ id, title, status }) => projectHead({ id, title: `${status}: ${title}` }, columns));
}

/** Where the work is, and how to look at it. */
function worktreeLines(worktree: Worktree | undefined, columns: number): string[] {
  if (!worktree) return [];
  const { path, branch, repo, removedAt } = worktree;
  if (removedAt !== null)
    return wrap(`${path} was removed ${dateAndTime(removedAt)}; its branch was ${branch}`, columns);
  return [...placeLines(worktree, columns), ...wrap(`of ${repo}`, columns)];
}

function planTitle(revisions: readonly PlanRevision[], now: Date): string {
  const newest = revisions.at(-1);
  return newest && newest.amendedBy !== null
    ? `Plan, revision ${newest.revision}, amended by ${newest.amendedBy} ${ago(newest.createdAt, now)}`
    : 'Plan';
}

const PLAN_LINES = 15;

function planLines({ project, markdown }: ProjectDetails, stateDir: string, columns: number): string[] {
  const whole = wrap(planBody(markdown), columns);
  if (whole.length <= PLAN_LINES) return whole;
  return [...shorten(whole, PLAN_LINES), ...wrap(`Whole plan: ${planFile(stateDir, project.id)}`, columns)];
}

function historyOf(run: Run, { columns, now }: Layout, stateDir: string): string[] {
  const head = `${dateAndTime(run.createdAt)} ${run.kind}, round ${run.round}, run ${run.id}`;
  const where = run.revision ? wrap(describeChoice(run.revision), columns - 2) : [];
  if (run.outcome === null) return [head, ...indented([...where, ...runLines(run, null, now, columns - 2)])];
  const end = run.endedAt ?? run.createdAt;
  return [
    head,
    ...indented([
      ...where,
      ...shorten(wrap(describeOutcome(run.outcome), columns - 2), 5),
      ...flow(
        [
          `took ${lasted(run.createdAt, end)}`,
          inTurns(run.live.turns),
          run.costUsd === null ? 'cost unknown' : dollars(run.costUsd),
          run.model ?? '',
          run.spawnedAt !== null && runOutput(stateDir, run) === null ? 'its output is no longer kept' : '',
        ],
        columns - 2,
      ),
    ]),
  ];
}

function updateLines({ updates }: ProjectDetails, { out, columns }: Layout): string[] {
  return updates.flatMap(({ createdAt, message }) =>
    entryLines(out, columns, { at: dateAndTime(createdAt), text: message }),
  );
}
