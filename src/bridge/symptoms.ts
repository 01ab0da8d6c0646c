/** Observes in the store what `project/fault.ts` needs to decide whose fault the end of a run is. */
import {
  isFromOutside,
  JUDGEMENTS,
  MIN_PROJECTS_FAILING,
  mayBeShared,
  type Symptoms,
} from '../project/fault.ts';
import type { OutcomeKind } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { holdOf } from '../project/retry.ts';
import type { Run } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import { otherRunsIn, wasAnswered } from '../store/other-runs.ts';
import {
  type EndedAs,
  type Failing,
  failingProjects,
  kindsLike,
  RUNS_COMPARED,
  saysNothing,
  signatureOf,
} from './failing.ts';

export interface ObservedSymptoms extends Symptoms {
  /** Projects that may have spent a try or been parked for this fault, should it be everybody's. */
  readonly blamed: readonly Project[];
  /** How many failures like this one in a row this project has had with an answer to any run in between. */
  readonly failedBetweenAnswers: number;
}

/**
 * Compares the run that has ended with earlier runs of its project and with recent runs of others.
 *
 * @param earlier The project's other runs, oldest first.
 */
export async function observeSymptoms(
  trx: Writer,
  now: Date,
  ended: EndedAs,
  earlier: readonly Run[],
): Promise<ObservedSymptoms> {
  const { run, outcome } = ended;
  const answered = run.answeredAt !== null;
  const failing = answered ? [] : await failingProjects(trx, now, ended);
  const alike = failing.filter((other) => signatureOf(other.outcome) === signatureOf(outcome));
  const inARow = runsAlike(ended, earlier);
  return {
    answered,
    answeredInVain: answered ? countWhile([{ ...run, endedAt: now.toISOString() }, ...inARow], isInVain) : 0,
    othersAnswered: !failsElsewhere(failing, ended) && (await othersAnswered(trx, now, ended)),
    projectsAlike: OF_FOLDERS.includes(outcome.kind)
      ? new Set(alike.map(({ machineId, project }) => `${machineId} ${project.workspace}`)).size
      : alike.length,
    projectsFailing: failing.length,
    ownModel: outcome.kind === 'model_unknown' && (outcome.source === 'plan' || outcome.source === 'session'),
    blamed: blamedAmong(failing.length >= MIN_PROJECTS_FAILING ? failing : alike, ended),
    // The service says when a usage limit ends, so no further wait is due.
    failedBetweenAnswers: outcome.kind === 'usage_limit' ? 0 : await failuresBetweenAnswers(trx, now, inARow),
  };
}

/**
 * Whether a cause from outside has also failed another workspace since the model last answered. A parked project does not
 * count: its failure was found to be its own.
 */
function failsElsewhere(failing: readonly Failing[], ended: EndedAs): boolean {
  if (!isFromOutside(ended.outcome.kind)) return false;
  return failing.some((other) => !isInFolderOf(ended, other) && other.project.status !== 'attention');
}

/** Equal paths of two machines are two folders, and so are two worktrees of one repository. */
function isInFolderOf({ run }: EndedAs, other: Failing): boolean {
  return other.folder === run.workspace && other.machineId === run.machineId;
}

/**
 * The outcomes that alone tell the fault have blamed nobody. Where the cause is likely outside, other projects of this
 * workspace stay blamed: their failures prove no more than this one.
 */
function blamedAmong(failing: readonly Failing[], ended: EndedAs): readonly Project[] {
  switch (JUDGEMENTS[ended.outcome.kind]) {
    case 'unclear':
      return failing.map((other) => other.project);
    case 'outside':
    case 'model':
      return failing.filter((other) => !isInFolderOf(ended, other)).map((other) => other.project);
    default:
      return [];
  }
}

/** A bad folder gives all its projects these outcomes, so distinct folders are counted. */
const OF_FOLDERS: readonly OutcomeKind[] = ['workspace_missing', 'wrong_folder', 'tool_denied'];

/** An older answer does not show that the service works now. Longer than the longest back-off of a project. */
const RECENT_MS = 30 * 60_000;

/** A run that worked for longer was not answered in vain. */
const IN_VAIN_MS = 10 * 60_000;

/**
 * Whether the model has answered recently in another workspace since this one began to fail. False without an earlier
 * failure here: the service may have failed just now.
 */
async function othersAnswered(trx: Writer, now: Date, ended: EndedAs): Promise<boolean> {
  const { run, outcome } = ended;
  const isUnclear = JUDGEMENTS[outcome.kind] === 'unclear';
  const began = mayBeShared(outcome.kind) ? await beganToFail(trx, ended, isUnclear) : undefined;
  if (began === undefined) return false;
  // A hold set while this run was under way shows that others failed too.
  const held = (await allHolds(trx)).find(({ kind, scope }) => kind === holdOf(outcome.kind) && scope === '');
  if (held && held.since >= run.createdAt && held.since <= now.toISOString()) return false;
  const isSetBack = began > now.toISOString();
  return wasAnswered(trx, {
    after: isSetBack ? run.createdAt : began,
    now: now.toISOString(),
    elsewhere: run,
    wellSince: new Date(now.getTime() - RECENT_MS).toISOString(),
    ...(OF_A_MODEL.includes(outcome.kind) && { model: run.model }),
    ...(!isUnclear && { notWith: kindsLike(outcome.kind) }),
  });
}

/**
 * When the runs in this workspace began to fail like this one. A cause from outside comes and goes, so it began with the
 * newest failure. One that parked its project is passed over: it was the workspace's own.
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
      // A run that crashed after its first answer does not begin a row of crashes before it.
      return other.outcome !== null && kinds.includes(other.outcome.kind) && !(isUnclear && other.answeredAt);
    }),
  );
  const unexplained = isUnclear ? undefined : failing.find(({ status }) => status !== 'attention');
  return (unexplained ?? failing.at(-1))?.run.endedAt ?? undefined;
}

/** Outcomes that depend on the model: an answer of another model says nothing about them. */
const OF_A_MODEL: readonly OutcomeKind[] = ['model_unknown', 'throttled', 'api_error'];

/** The project's newest runs that failed in a row like this one, latest first. */
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

/** The wait does not grow beyond this number. */
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
