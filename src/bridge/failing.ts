/** Projects and workspaces that have failed since the model last answered any run. */
import { isFromOutside, mayBeShared } from '../project/fault.ts';
import type { MachineId } from '../project/ids.ts';
import type { Outcome, OutcomeKind } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { holdOf, outcomesThatHold } from '../project/retry.ts';
import type { Run } from '../project/run.ts';
import type { Reader } from '../store/database.ts';
import { endedSinceLastAnswer } from '../store/other-runs.ts';
import { findProject } from '../store/projects.ts';

/** A run that has just ended, with its outcome. */
export interface EndedAs {
  readonly run: Run;
  readonly project: Project;
  readonly outcome: Outcome;
}

/** How many ended runs are compared at most. */
export const RUNS_COMPARED = 100;

/** A run that has failed since then in each workspace of a machine, latest last. */
export async function failingWorkspaces(db: Reader, machine: MachineId, now: string): Promise<Run[]> {
  const found = new Map<string, Run>();
  for (const run of await endedSinceLastAnswer(db, now, RUNS_COMPARED)) {
    const mayBeItsOwn = run.answeredAt === null || (run.outcome !== null && isFromOutside(run.outcome.kind));
    const counts = run.machineId === machine && mayBeItsOwn && !saysNothing(run);
    if (counts && !found.has(run.workspace)) found.set(run.workspace, run);
  }
  return [...found.values()].reverse();
}

export interface Failing {
  readonly project: Project;
  /** Where its newest run worked. */
  readonly machineId: MachineId;
  readonly folder: string;
  /** The outcome of its newest run. */
  readonly outcome: Outcome;
}

/**
 * This project, and each other one whose newest run since then failed with a like outcome before its first answer.
 */
export async function failingProjects(
  db: Reader,
  now: Date,
  { run, project, outcome }: EndedAs,
): Promise<Failing[]> {
  const kinds = kindsLike(outcome.kind);
  const found: Failing[] = [{ project, ...placeOf(run), outcome }];
  const seen = new Set([project.id]);
  for (const other of await endedSinceLastAnswer(db, now.toISOString(), RUNS_COMPARED)) {
    if (other.id === run.id || other.answeredAt !== null || saysNothing(other) || seen.has(other.projectId))
      continue;
    seen.add(other.projectId);
    if (other.outcome === null || !kinds.includes(other.outcome.kind)) continue;
    const its = await findProject(db, other.projectId);
    if (its) found.push({ project: its, ...placeOf(other), outcome: other.outcome });
  }
  return found;
}

function placeOf({ machineId, workspace }: Run): Pick<Failing, 'machineId' | 'folder'> {
  return { machineId, folder: workspace };
}

/** The outcomes that set the same hold. */
export function kindsLike(kind: OutcomeKind): OutcomeKind[] {
  return outcomesThatHold(holdOf(kind)).filter(mayBeShared);
}

/** Whether the end of a run says nothing about the service, the machine or its workspace. */
export function saysNothing({ outcome, answeredAt }: Run): boolean {
  return answeredAt === null && outcome !== null && SAYS_NOTHING.includes(outcome.kind);
}

/** The run did its part, resumed what was to be resumed or put off, or a person, the supervisor or a budget ended it. */
const SAYS_NOTHING: readonly OutcomeKind[] = [
  'submitted',
  'deferred',
  'deferral_lost',
  'interrupted',
  'cancelled',
  'budget_spent',
];

/** Equal for two outcomes of one cause, whose messages may differ. */
export function signatureOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'crashed':
      return `${outcome.kind} ${outcome.code} ${outcome.signal}`;
    case 'request_refused':
      return `${outcome.kind} ${outcome.status}`;
    default:
      return outcome.kind;
  }
}
