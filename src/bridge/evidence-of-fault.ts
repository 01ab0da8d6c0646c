/** What the record tells of whose fault the end of a run is (project/fault.ts decides). */
import { type Evidence, JUDGEMENTS } from '../project/fault.ts';
import type { Project } from '../project/project.ts';
import { holdOf, outcomesThatHold } from '../project/retry.ts';
import type { Outcome, Run } from '../project/run.ts';
import type { Reader, Writer } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import { findProject } from '../store/projects.ts';
import { answeredElsewhere, countRunsSince, failedSinceLastAnswer } from '../store/runs.ts';

interface Ended {
  readonly run: Run;
  readonly project: Project;
  readonly outcome: Outcome;
}

export interface Gathered extends Evidence {
  /** Those whose runs ended alike and against whom it was held, should the fault be everybody's. */
  readonly blamed: readonly Project[];
}

/** Looks at the run itself, at the project's `earlier` runs in their order, and at what other projects met lately. */
export async function gatherEvidence(trx: Writer, ended: Ended, earlier: readonly Run[]): Promise<Gathered> {
  const { run, outcome } = ended;
  const answered = run.answeredAt !== null;
  const alike = answered ? [] : await endedAlike(trx, ended);
  return {
    answered,
    othersAnswered: await othersAnswered(trx, ended, earlier),
    projectsAlike: Math.max(alike.length, 1),
    ownModel: outcome.kind === 'model_unknown' && (outcome.source === 'plan' || outcome.source === 'session'),
    blamed: blamedAmong(alike, ended),
  };
}

/** So many runs were started since then: each was a probe, and failed. */
export async function probesFailedSince(trx: Writer, since: string): Promise<number> {
  return countRunsSince(trx, since);
}

/**
 * Whether the model has answered in another workspace since this project's last run that failed like this one. Without
 * such a run nothing can be said: the service may as well have gone at this very moment.
 */
async function othersAnswered(
  trx: Writer,
  { run, outcome }: Ended,
  earlier: readonly Run[],
): Promise<boolean> {
  const kinds = outcomesThatHold(holdOf(outcome.kind));
  const last = earlier.at(-1);
  const failedBefore = last?.outcome && kinds.includes(last.outcome.kind) && last.endedAt !== null;
  if (!failedBefore || !last.endedAt) return false;
  // It has failed others while this run was under way.
  const held = (await allHolds(trx)).find(({ kind, scope }) => kind === holdOf(outcome.kind) && scope === '');
  if (held && held.since >= run.createdAt) return false;
  // That the service knows another model says nothing of this one.
  const model = outcome.kind === 'model_unknown' ? run.model : undefined;
  return answeredElsewhere(trx, { notIn: run.workspace, since: last.endedAt, notEnded: kinds, model });
}

/** Where one end is enough to know, it was held against nobody; of one workspace several prove nothing more than one. */
function blamedAmong(alike: readonly Project[], { project, outcome }: Ended): readonly Project[] {
  switch (JUDGEMENTS[outcome.kind]) {
    case 'unclear':
      return alike;
    case 'outside':
    case 'model':
      return alike.filter(({ workspace }) => workspace !== project.workspace);
    default:
      return [];
  }
}

/** How far back the ends of runs are compared. */
const RUNS_COMPARED = 100;

/** Workspaces whose runs have all failed before their first answer since the model last answered anybody, latest last. */
export async function failingWorkspaces(db: Reader): Promise<string[]> {
  const found = new Set<string>();
  for (const { outcome, workspace } of await failedSinceLastAnswer(db, RUNS_COMPARED))
    if (outcome !== null && !SAYS_NOTHING.includes(outcome.kind)) found.add(workspace);
  return [...found].reverse();
}

/**
 * The projects whose newest runs ended like this one before their first answer, as long as nobody was answered in
 * between, each once.
 */
async function endedAlike(trx: Writer, { run, project, outcome }: Ended): Promise<Project[]> {
  const found = new Map([[project.id, project]]);
  for (const other of await failedSinceLastAnswer(trx, RUNS_COMPARED)) {
    if (other.id === run.id || other.outcome === null || SAYS_NOTHING.includes(other.outcome.kind)) continue;
    if (signOf(other.outcome) !== signOf(outcome)) break;
    if (found.has(other.projectId)) continue;
    const its = await findProject(trx, other.projectId);
    if (its) found.set(its.id, its);
  }
  return [...found.values()];
}

/** Did its part, or was ended by a person or by us before anything could be known. */
const SAYS_NOTHING: readonly Outcome['kind'][] = ['submitted', 'interrupted', 'cancelled'];

/** What two ends have in common that have one cause; their texts may name what differs. */
function signOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'crashed':
      return `${outcome.kind} ${outcome.code} ${outcome.signal}`;
    case 'request_refused':
      return `${outcome.kind} ${outcome.status}`;
    default:
      return outcome.kind;
  }
}
