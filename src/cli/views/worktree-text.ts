/** Worktrees as a person reads them. */
import type { WorktreeRemoval } from '../../bridge/worktree-removal.ts';
import type { WorktreeReport } from '../../control/worktree-report.ts';
import { describeKept, type KeptWorktree } from '../../project/kept-worktree.ts';
import { shortOid } from '../../project/oid.ts';
import type { ProjectWorktree, Worktree } from '../../project/worktree.ts';
import { indented, type Layout, projectHead } from '../terminal/layout.ts';
import { flow, shorten, wrap } from '../terminal/text.ts';
import { ago, megabytes, upcoming } from '../terminal/time.ts';
import { named } from './hints.ts';

/** Each worktree, and what would become of it. */
export function worktreeLines(reports: readonly WorktreeReport[], layout: Layout): string[] {
  const columns = layout.columns - 2;
  return reports.flatMap((report) => [
    projectHead(report.project, layout.columns),
    ...indented([
      ...flow(facts(report, layout.now), columns),
      ...placeLines(report.worktree, columns),
      ...fateLines(report, layout),
    ]),
  ]);
}

function facts({ project, worktree, size }: WorktreeReport, now: Date): string[] {
  return [
    project.status,
    worktree.state === 'adding' ? 'being made' : `made ${ago(worktree.createdAt, now)}`,
    `${size.cut ? 'more than ' : ''}${megabytes(size.bytes)}`,
  ];
}

/** Where it is, and what it began from. */
export function placeLines({ path, branch, baseRef, baseOid }: Worktree, columns: number): string[] {
  const base = `${baseRef === null ? '' : `${baseRef} at `}${shortOid(baseOid)}`;
  return [...wrap(path, columns), ...flow([`branch ${branch}`, `from ${base}`], columns)];
}

function fateLines({ project, worktree, kept, removedAfter }: WorktreeReport, layout: Layout): string[] {
  const { out, now } = layout;
  const columns = layout.columns - 2;
  if (kept !== null) {
    const { why, next } = keptText(kept, worktree);
    return [
      ...wrap(`stays: ${why}`, columns).map((line) => out.style('yellow', line)),
      ...wrap(next, columns),
    ];
  }
  const later = removedAfter === null ? [] : [`removed after ${upcoming(removedAfter, now)}`];
  return [
    ...flow(['nothing in it is to be lost', ...later], columns),
    out.style('cyan', `bridge-supervisor worktree remove ${project.id}`),
  ];
}

const MAX_FILES = 5;

/** What keeps it, with the first files that it is about, and what to do. */
export function keptText(kept: KeptWorktree, worktree: Worktree): { why: string; next: string } {
  const { why, next } = describeKept(kept, worktree);
  const rest = kept.files.length - MAX_FILES;
  const names = [...kept.files.slice(0, MAX_FILES), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  return { why: names === '' ? why : `${why}: ${names}`, next };
}

/** What went, or would go. */
export function removedLines(
  { project, worktree }: ProjectWorktree,
  { ignored, isBranchDeleted }: Extract<WorktreeRemoval, { kind: 'removed' }>,
  columns: number,
): string[] {
  const { path, branch } = worktree;
  const isDone = isBranchDeleted !== null;
  const first = isDone ? 'Removed' : 'Would remove';
  const list = ignored.join(', ');
  return [
    ...wrap(`${first} the worktree of ${named(project)}: ${path}`, columns),
    ...(ignored.length === 0
      ? []
      : shorten(wrap(`${isDone ? 'Went' : 'Would go'} with it, as git ignores it: ${list}`, columns), 5)),
    ...(isBranchDeleted === true
      ? wrap(`Its branch had no commit of its own and is gone: ${branch}`, columns)
      : []),
    ...(isBranchDeleted === false
      ? wrap(`Its branch has commits of its own and stays: ${branch}`, columns)
      : []),
  ];
}
