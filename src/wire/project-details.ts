import type { Dependency } from '../project/dependency.ts';
import type { Project } from '../project/project.ts';
import type { ProjectDetails } from '../project/project-details.ts';
import { isUndecided } from '../project/request.ts';
import type { RevisionChoice } from '../project/revision.ts';
import type { Run } from '../project/run.ts';
import { toWireDependency } from './dependency.ts';
import { toWireProject } from './project.ts';
import { toWireRequest } from './request.ts';
import { toWireRevision } from './revision.ts';
import { toWireMessage, toWireRounds, toWireUpdate } from './round.ts';
import { toWireRun } from './run.ts';
import type { WireAmendedPlan, WireProjectDetails, WireSentPlan } from './schemas/project-details.ts';
import { toWireWorktree } from './worktree.ts';

/**
 * @param revision What a rejection begins; undefined where none is waited for.
 * @param outputOf The file with a run's raw output, if it is kept.
 * @param next Commands a person can give now.
 */
export function toWireProjectDetails(
  details: ProjectDetails,
  revision: RevisionChoice | undefined,
  outputOf: (run: Run) => string | null,
  next: readonly string[],
): WireProjectDetails {
  return {
    project: toWireProject(details.project),
    waits_for: details.waitsFor.map(toWireDependency),
    markdown: details.markdown,
    plan_revisions: details.planRevisions.map(({ revision, markdown, amendedBy, createdAt }) => ({
      revision,
      markdown,
      amended_by: amendedBy,
      created_at: createdAt,
    })),
    runs: details.runs.map((run) => ({ ...toWireRun(run), output: outputOf(run) })),
    rounds: toWireRounds(details),
    worktree: details.worktree ? toWireWorktree(details.worktree) : null,
    revision: revision ? toWireRevision(revision) : null,
    requests: details.requests.map((request) =>
      toWireRequest(request, isUndecided(request) ? details.resumeCost : null),
    ),
    updates: details.updates.map(toWireUpdate),
    waiting_messages: details.waitingMessages.map(toWireMessage),
    spent_usd: details.spentUsd,
    runs_of_unknown_cost: details.runsOfUnknownCost,
    next: [...next],
  };
}

export function toWireSentPlan(sent: {
  readonly project: Project;
  readonly waitsFor: readonly Dependency[];
  readonly repeated: boolean;
  readonly notUsed: readonly string[];
}): WireSentPlan {
  return {
    project: toWireProject(sent.project),
    waits_for: sent.waitsFor.map(toWireDependency),
    repeated: sent.repeated,
    not_used: [...sent.notUsed],
  };
}

export function toWireAmended(amended: {
  readonly project: Project;
  readonly revision: number;
  readonly repeated: boolean;
  readonly reopened: boolean;
  readonly notUsed: readonly string[];
}): WireAmendedPlan {
  const { project, revision, repeated, reopened, notUsed } = amended;
  return { project: toWireProject(project), revision, repeated, reopened, not_used: [...notUsed] };
}
