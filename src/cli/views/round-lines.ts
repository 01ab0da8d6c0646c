/** The rounds of a project: what was measured, then what Claude says, then what was decided and where it landed. */
import { partsOf } from '../../project/evidence-parts.ts';
import { figuresOf, summarizeEvidence } from '../../project/evidence-text.ts';
import type { Landing } from '../../project/landing.ts';
import { shortOid } from '../../project/oid.ts';
import { isOutline } from '../../project/outline.ts';
import type { ProjectDetails } from '../../project/project-details.ts';
import type { Completion, Decision, RecordedEvidence } from '../../project/review.ts';
import { branchName } from '../../project/worktree.ts';
import { indented, type Layout } from '../terminal/layout.ts';
import { shorten, wrap } from '../terminal/text.ts';
import { dateAndTime } from '../terminal/time.ts';

export function roundLines(details: ProjectDetails, layout: Layout): string[] {
  const { project, completions, decisions, evidence, landings } = details;
  const columns = layout.columns - 2;
  return completions.flatMap((completion) => {
    const { round, attempt, runId } = completion;
    const measured = evidence.find((one) => one.round === round && one.runId === runId);
    const isLast = !completions.some((other) => other.round === round && other.attempt > attempt);
    const decision = isLast ? decisions.find((one) => one.round === round) : undefined;
    const repair = attempt > 1 ? `, repair ${attempt - 1}` : '';
    return [
      `${isOutline(project, round) ? 'Outline of round' : 'Round'} ${round}${repair}, submitted ${dateAndTime(completion.createdAt)}`,
      ...indented([
        ...(measured ? measuredLines(measured, layout, columns) : []),
        ...saidLines(completion, columns),
        ...(isLast ? wrap(decision ? decided(decision) : 'No decision yet.', columns) : []),
        ...landings
          .filter(({ approvalId }) => approvalId === decision?.id)
          .flatMap((landing) => wrap(landed(landing), columns)),
      ]),
    ];
  });
}

const MAX_POINTS = 8;

function measuredLines(
  { projectId, round, evidence }: RecordedEvidence,
  { out }: Layout,
  columns: number,
): string[] {
  const parts = partsOf(evidence).filter(({ tone }) => tone === 'bad' || tone === 'care');
  const points = parts.flatMap(({ entries }) => entries);
  const worst = parts.some(({ tone }) => tone === 'bad') ? 'red' : parts.length > 0 ? 'yellow' : 'green';
  const summary = wrap(`Measured: ${summarizeEvidence(figuresOf(evidence))}`, columns);
  return [
    ...summary.map((line) => out.style(worst, line)),
    ...points.slice(0, MAX_POINTS).flatMap(({ text, names = [], finding = '' }) => [
      ...shorten(wrap(names.length === 0 ? text : `${text}: ${names.join(', ')}`, columns), 2),
      ...shorten(wrap(finding, columns - 4), 2)
        .filter(Boolean)
        .map((line) => `  | ${line}`),
    ]),
    ...(points.length > MAX_POINTS ? [`… and ${points.length - MAX_POINTS} more`] : []),
    out.style('cyan', `bridge-supervisor evidence ${projectId} --round ${round}`),
  ];
}

const SUMMARY_LINES = 20;

/** What Claude says it did. */
export function saidLines(
  { summary, filesCreated, filesModified, caveats }: Completion,
  columns: number,
): string[] {
  const list = (name: string, files: readonly string[]) =>
    files.length === 0 ? [] : shorten(wrap(`${name}: ${files.join(', ')}`, columns), 5);
  return [
    ...shorten(wrap(summary, columns), SUMMARY_LINES),
    ...list('Created', filesCreated),
    ...list('Modified', filesModified),
    ...(caveats === '' ? [] : shorten(wrap(`Caveats: ${caveats}`, columns), 5)),
  ];
}

function decided({ verdict, decidedBy, decidedVia, createdAt, reason }: Decision): string {
  const via = decidedVia === 'rule' ? ' (a rule of the owner)' : '';
  const head = `${verdict === 'approved' ? 'Approved' : 'Rejected'} by ${decidedBy}${via}, ${dateAndTime(createdAt)}`;
  return reason === '' ? head : `${head}: ${reason}`;
}

function landed({ action, target, toOid, outcome, createdAt }: Landing): string {
  const name = branchName(target);
  const at = dateAndTime(createdAt);
  if (outcome === 'landed')
    return `Landed on ${name} as ${toOid === null ? 'nothing' : shortOid(toOid)}, ${at}`;
  return `Not landed (${action} to ${name}), ${at}`;
}
