/** Which projects and workspaces fail at the moment: since the model last answered anybody. */
import { isFromOutside, mayBeShared } from '../project/fault.ts';
import type { Outcome, OutcomeKind } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { holdOf, outcomesThatHold } from '../project/retry.ts';
import type { Run } from '../project/run.ts';
import type { Reader } from '../store/database.ts';
import { findProject } from '../store/projects.ts';
import { endedSinceLastAnswer } from '../store/run-evidence.ts';

/** A run that has just ended like this. */
export interface EndedAs {
  readonly run: Run;
  readonly project: Project;
  readonly outcome: Outcome;
}

/** How far back the ends of runs are compared. */
export const RUNS_COMPARED = 100;

/** Workspaces with a run that has failed since the model last answered anybody, latest last. */
export async function failingWorkspaces(db: Reader, now: string): Promise<string[]> {
  const found = new Set<string>();
  for (const run of await endedSinceLastAnswer(db, now, RUNS_COMPARED)) {
    const mayBeItsOwn = run.answeredAt === null || (run.outcome !== null && isFromOutside(run.outcome.kind));
    if (mayBeItsOwn && !saysNothing(run)) found.add(run.workspace);
  }
  return [...found].reverse();
}

export interface Failing {
  readonly project: Project;
  /** Of its newest run. */
  readonly outcome: Outcome;
}

/** This project, and each whose newest run ended in such a way before its first answer, with no answer to anybody since. */
export async function failingProjects(
  db: Reader,
  now: Date,
  { run, project, outcome }: EndedAs,
): Promise<Failing[]> {
  const kinds = kindsLike(outcome.kind);
  const found: Failing[] = [{ project, outcome }];
  const seen = new Set([project.id]);
  for (const other of await endedSinceLastAnswer(db, now.toISOString(), RUNS_COMPARED)) {
    if (other.id === run.id || other.answeredAt !== null || saysNothing(other) || seen.has(other.projectId))
      continue;
    seen.add(other.projectId);
    if (other.outcome === null || !kinds.includes(other.outcome.kind)) continue;
    const its = await findProject(db, other.projectId);
    if (its) found.push({ project: its, outcome: other.outcome });
  }
  return found;
}

/** Ends of the same kind of trouble. */
export function kindsLike(kind: OutcomeKind): OutcomeKind[] {
  return outcomesThatHold(holdOf(kind)).filter(mayBeShared);
}

/** Whether it tells nothing of the service, the machine or its workspace. */
export function saysNothing({ outcome, answeredAt }: Run): boolean {
  return answeredAt === null && outcome !== null && SAYS_NOTHING.includes(outcome.kind);
}

/** Did its part, or was ended by a person or by us before anything could be known. */
const SAYS_NOTHING: readonly OutcomeKind[] = ['submitted', 'interrupted', 'cancelled'];

/** What two ends have in common that have one cause; their texts may name what differs. */
export function signOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'crashed':
      return `${outcome.kind} ${outcome.code} ${outcome.signal}`;
    case 'request_refused':
      return `${outcome.kind} ${outcome.status}`;
    default:
      return outcome.kind;
  }
}
