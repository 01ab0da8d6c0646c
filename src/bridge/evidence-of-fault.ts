/** What the record tells of whose fault the end of a run is (project/fault.ts decides). */
import {
  type Evidence,
  isFromOutside,
  JUDGEMENTS,
  MIN_PROJECTS_FAILING,
  mayBeShared,
} from '../project/fault.ts';
import type { OutcomeKind } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { holdOf } from '../project/retry.ts';
import type { Run } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import { otherRunsIn, wasAnswered } from '../store/run-evidence.ts';
import {
  type EndedAs,
  type Failing,
  failingProjects,
  kindsLike,
  RUNS_COMPARED,
  saysNothing,
  signOf,
} from './failing.ts';

export interface Gathered extends Evidence {
  /** Those whose runs ended alike and against whom it was held, should the fault be everybody's. */
  readonly blamed: readonly Project[];
  /** How often in a row this project has failed like this although somebody was answered since the time before. */
  readonly failedBetweenAnswers: number;
}

/** Looks at the run itself, at the project's `earlier` runs in their order, and at what other projects met lately. */
export async function gatherEvidence(
  trx: Writer,
  now: Date,
  ended: EndedAs,
  earlier: readonly Run[],
): Promise<Gathered> {
  const { run, outcome } = ended;
  const answered = run.answeredAt !== null;
  const failing = answered ? [] : await failingProjects(trx, now, ended);
  const alike = failing.filter((other) => signOf(other.outcome) === signOf(outcome));
  const inARow = runsAlike(ended, earlier);
  return {
    answered,
    answeredInVain: answered ? countWhile([{ ...run, endedAt: now.toISOString() }, ...inARow], isInVain) : 0,
    othersAnswered: !failsElsewhere(failing, ended) && (await othersAnswered(trx, now, ended)),
    projectsAlike: OF_FOLDERS.includes(outcome.kind)
      ? new Set(alike.map(({ project }) => project.workspace)).size
      : alike.length,
    projectsFailing: failing.length,
    ownModel: outcome.kind === 'model_unknown' && (outcome.source === 'plan' || outcome.source === 'session'),
    blamed: blamedAmong(failing.length >= MIN_PROJECTS_FAILING ? failing : alike, ended),
    // A usage limit says itself until when.
    failedBetweenAnswers: outcome.kind === 'usage_limit' ? 0 : await failuresBetweenAnswers(trx, now, inARow),
  };
}

/** What comes from outside, and others meet too since anybody was last answered, is not this project's; what parked one was. */
function failsElsewhere(failing: readonly Failing[], { run, outcome }: EndedAs): boolean {
  if (!isFromOutside(outcome.kind)) return false;
  return failing.some(({ project }) => project.workspace !== run.workspace && project.status !== 'attention');
}

/** Where one end is enough to know, it was held against nobody; of one workspace several prove nothing more than one. */
function blamedAmong(failing: readonly Failing[], { project, outcome }: EndedAs): readonly Project[] {
  const projects = failing.map((one) => one.project);
  switch (JUDGEMENTS[outcome.kind]) {
    case 'unclear':
      return projects;
    case 'outside':
    case 'model':
      return projects.filter(({ workspace }) => workspace !== project.workspace);
    default:
      return [];
  }
}

/** Ends that one bad folder brings to all its projects: only several folders show that it is not the folder. */
const OF_FOLDERS: readonly OutcomeKind[] = ['workspace_missing', 'wrong_folder', 'tool_denied'];

/** What was answered longer ago does not show that all is well now. More than the longest back-off of a project. */
const RECENT_MS = 30 * 60_000;

/** A run that worked for longer has not failed in vain. */
const IN_VAIN_MS = 10 * 60_000;

/**
 * Whether the model has answered in another workspace, lately, since this one began to fail like this. Without an earlier
 * failure nothing can be said: the service may as well have gone at this very moment.
 */
async function othersAnswered(trx: Writer, now: Date, ended: EndedAs): Promise<boolean> {
  const { run, outcome } = ended;
  const isUnclear = JUDGEMENTS[outcome.kind] === 'unclear';
  const began = mayBeShared(outcome.kind) ? await beganToFail(trx, ended, isUnclear) : undefined;
  if (began === undefined) return false;
  // It has failed others while this run was under way.
  const held = (await allHolds(trx)).find(({ kind, scope }) => kind === holdOf(outcome.kind) && scope === '');
  if (held && held.since >= run.createdAt && held.since <= now.toISOString()) return false;
  const isSetBack = began > now.toISOString();
  return wasAnswered(trx, {
    after: isSetBack ? run.createdAt : began,
    now: now.toISOString(),
    elsewhere: run.workspace,
    wellSince: new Date(now.getTime() - RECENT_MS).toISOString(),
    ...(OF_A_MODEL.includes(outcome.kind) && { model: run.model }),
    ...(!isUnclear && { notWith: kindsLike(outcome.kind) }),
  });
}

/**
 * Since when the runs in this workspace fail like this one. What comes from outside begins again with each failure, since
 * it comes and goes; but what has parked another project here is known to be of this workspace.
 */
async function beganToFail(
  trx: Writer,
  { run, outcome }: EndedAs,
  isUnclear: boolean,
): Promise<string | undefined> {
  const kinds = kindsLike(outcome.kind);
  const others = await otherRunsIn(trx, run, RUNS_COMPARED);
  const telling = others.filter(({ run: other }) => !saysNothing(other));
  const failing = telling.slice(
    0,
    countWhile(telling, ({ run: other }) => {
      // One that was answered first and then crashed is no beginning of crashes before the first answer.
      return other.outcome !== null && kinds.includes(other.outcome.kind) && !(isUnclear && other.answeredAt);
    }),
  );
  const unexplained = isUnclear ? undefined : failing.find(({ status }) => status !== 'attention');
  return (unexplained ?? failing.at(-1))?.run.endedAt ?? undefined;
}

/** An answer of another model says nothing about these: one may be unknown, or overloaded, and others well. */
const OF_A_MODEL: readonly OutcomeKind[] = ['model_unknown', 'throttled', 'api_error'];

/** Earlier runs of the project that failed in a row like this one, latest first. */
function runsAlike({ outcome }: EndedAs, earlier: readonly Run[]): Run[] {
  const kinds = kindsLike(outcome.kind);
  const latestFirst = [...earlier].reverse().filter((one) => !saysNothing(one));
  const count = countWhile(latestFirst, (one) => one.outcome !== null && kinds.includes(one.outcome.kind));
  return latestFirst.slice(0, count);
}

function isInVain({ answeredAt, spawnedAt, endedAt }: Run): boolean {
  if (answeredAt === null || spawnedAt === null || endedAt === null) return false;
  return Date.parse(endedAt) - Date.parse(spawnedAt) < IN_VAIN_MS;
}

/** More than these make the wait no longer. */
const FAILURES_COUNTED = 6;

async function failuresBetweenAnswers(trx: Writer, now: Date, inARow: readonly Run[]): Promise<number> {
  let count = 0;
  let before = now.toISOString();
  for (const { endedAt } of inARow.slice(0, FAILURES_COUNTED)) {
    if (endedAt === null) break;
    if (await wasAnswered(trx, { after: endedAt, now: before })) count += 1;
    before = endedAt;
  }
  return count;
}

function countWhile<T>(items: readonly T[], fits: (item: T) => boolean): number {
  const first = items.findIndex((item) => !fits(item));
  return first < 0 ? items.length : first;
}
