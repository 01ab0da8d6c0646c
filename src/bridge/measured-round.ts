/** One round as whoever decides reads it: what was measured, what Claude says, and what an approval would do. */

import { type ProjectId, unknownProject } from '../project/ids.ts';
import { type LandingPlan, landingPlan } from '../project/landing-plan.ts';
import { isOutline } from '../project/outline.ts';
import type { Policy } from '../project/policy.ts';
import type { Project } from '../project/project.ts';
import type { Completion, Decision, RecordedEvidence } from '../project/review.ts';
import type { RevisionChoice } from '../project/revision.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findEvidence } from '../store/evidence.ts';
import { findCompletion, findDecision } from '../store/reviews.ts';
import { runsOf } from '../store/runs.ts';
import { type Bridge, lookUp } from './bridge.ts';
import { isToLand } from './landings.ts';
import { databaseOf } from './open-bridge.ts';
import { approvalQueue } from './queries.ts';
import { revisionIfRejected } from './revision.ts';
import { projectRules, type RulesPolicy } from './work-rules.ts';

export interface MeasuredRound {
  readonly project: Project;
  readonly round: number;
  /** What Claude says; undefined: nothing was submitted. */
  readonly completion: Completion | undefined;
  /** Undefined: nothing was measured, or not yet. */
  readonly measured: RecordedEvidence | undefined;
  readonly decision: Decision | undefined;
  /** What an approval does; undefined where none is waited for. */
  readonly landing: LandingPlan | undefined;
  /** What a rejection costs, and in which session it goes on; undefined where no decision is waited for. */
  readonly revision: RevisionChoice | undefined;
  /** How many rounds the owner allows; undefined: the rules cannot be read. */
  readonly maxRounds: number | undefined;
  /** What Claude may do; undefined: the rules cannot be read. */
  readonly policy: Policy | undefined;
}

/**
 * The newest round, or the one that is named.
 *
 * @param policy The owner's rules; undefined: they cannot be read.
 */
export async function measuredRound(
  bridge: Bridge,
  policy: RulesPolicy | undefined,
  projectId: ProjectId,
  named?: number,
): Promise<Result<MeasuredRound>> {
  const db = databaseOf(bridge).read;
  const project = await lookUp(db, projectId);
  if (!project) return refuse(unknownProject(projectId));
  const round = named ?? project.round;
  if (round > project.round) return refuse(`round ${round} is not there yet; round ${project.round} is.`);
  const measured = await findEvidence(db, projectId, round);
  const isWaiting = project.status === 'awaiting_approval' && round === project.round;
  return ok({
    project,
    round,
    completion: await findCompletion(db, projectId, round),
    measured,
    decision: await findDecision(db, projectId, round),
    landing: isWaiting ? await landingOf(bridge, policy, project, measured) : undefined,
    revision: isWaiting ? await revisionOf(bridge, policy, project, measured) : undefined,
    ...ofOwner(policy, project),
  });
}

/** The rounds that wait for a decision, oldest first. */
export async function waitingRounds(
  bridge: Bridge,
  policy: RulesPolicy | undefined,
  limit: number,
): Promise<MeasuredRound[]> {
  const waiting = await approvalQueue(bridge, limit);
  return Promise.all(
    waiting.map(async ({ project, completion, measured }) => ({
      project,
      round: project.round,
      completion,
      measured,
      decision: undefined,
      landing: await landingOf(bridge, policy, project, measured),
      revision: await revisionOf(bridge, policy, project, measured),
      ...ofOwner(policy, project),
    })),
  );
}

function ofOwner(
  policy: RulesPolicy | undefined,
  project: Project,
): Pick<MeasuredRound, 'maxRounds' | 'policy'> {
  const rules = policy && projectRules(policy, project);
  return { maxRounds: rules?.maxRounds, policy: rules?.policy };
}

/** What a rejection of the round under way would begin. */
async function revisionOf(
  bridge: Bridge,
  policy: RulesPolicy | undefined,
  project: Project,
  measured: RecordedEvidence | undefined,
): Promise<RevisionChoice> {
  const runs = await runsOf(databaseOf(bridge).read, project.id);
  return revisionIfRejected({ project, runs, measured }, policy, bridge.clock.now());
}

/** What an approval of the round under way does. */
async function landingOf(
  bridge: Bridge,
  policy: RulesPolicy | undefined,
  project: Project,
  measured: RecordedEvidence | undefined,
): Promise<LandingPlan> {
  if (isOutline(project)) return { kind: 'outline' };
  if (!(await isToLand(databaseOf(bridge).read, project)))
    return { kind: 'in_place', folder: project.workspace };
  const rules = policy && projectRules(policy, project);
  return landingPlan(measured?.evidence.git ?? null, rules);
}
