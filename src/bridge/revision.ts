/** In which session a rejected project goes on, and what it would cost. */
import type { Project } from '../project/project.ts';
import type { RecordedEvidence } from '../project/review.ts';
import {
  briefingBytesOf,
  chooseRevision,
  DEFAULT_REVISE_IN,
  type RevisionChoice,
  revisionCost,
} from '../project/revision.ts';
import { isWork, type Run } from '../project/run.ts';
import type { Reader } from '../store/database.ts';
import { findEvidence } from '../store/evidence.ts';
import { lastDecision } from '../store/reviews.ts';
import { projectRules, type RulesPolicy } from './work-rules.ts';

/**
 * Which session a rejection of the round under way takes, at `now` and as configured.
 *
 * @param runs All of the project.
 * @param policy The owner's rules; undefined: they cannot be read.
 */
export function revisionIfRejected(
  { project, runs, measured }: Rejectable,
  policy: RulesPolicy | undefined,
  now: Date,
): RevisionChoice {
  const asked = policy ? projectRules(policy, project).reviseIn : DEFAULT_REVISE_IN;
  return chooseRevision({ asked, by: 'config' }, costNow({ project, runs, measured }, now));
}

interface Rejectable {
  readonly project: Project;
  readonly runs: readonly Run[];
  readonly measured: RecordedEvidence | undefined;
}

function costNow({ project, runs, measured }: Rejectable, now: Date) {
  const contexts = runs
    .filter((run) => isWork(run) && run.sessionId === project.sessionId)
    .flatMap(({ context }) => (context ? [context] : []));
  return revisionCost(contexts[0] ?? null, contexts.at(-1) ?? null, briefingBytesOf(measured?.evidence), now);
}

/**
 * The choice for the run that is claimed next: made when a rejected project is taken up, and the same again for a run
 * whose predecessor never had a process. Null where nothing is chosen.
 *
 * @param project As it was before it was taken up.
 */
export async function chooseSession(
  db: Reader,
  project: Project,
  runs: readonly Run[],
  policy: RulesPolicy | undefined,
  now: Date,
): Promise<RevisionChoice | null> {
  if (project.status !== 'rejected') return unusedChoice(project, runs);
  const measured = await findEvidence(db, project.id, project.round);
  const configured = revisionIfRejected({ project, runs, measured }, policy, now);
  const decision = await lastDecision(db, project.id);
  const asked = decision?.verdict === 'rejected' ? decision.reviseIn : null;
  return asked === null ? configured : chooseRevision({ asked, by: 'decision' }, configured.cost);
}

function unusedChoice({ round }: Project, runs: readonly Run[]): RevisionChoice | null {
  const last = runs.filter((run) => isWork(run) && run.round === round).at(-1);
  return last?.spawnedAt === null ? last.revision : null;
}

/** Whether the session of the run was begun afresh for its round. */
export function isFreshInRound({ sessionId, round }: Run, runs: readonly Run[]): boolean {
  return runs.some(
    (run) => run.sessionId === sessionId && run.round === round && run.revision?.session === 'fresh',
  );
}
