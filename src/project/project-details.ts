/** Everything about one project: its plan, its runs and its rounds. */
import type { PlanRevision } from './amendment.ts';
import type { Dependency } from './dependency.ts';
import type { Evidence } from './evidence.ts';
import type { Landing } from './landing.ts';
import type { Project } from './project.ts';
import type { AskedRequest } from './request.ts';
import type { ResumeCost } from './resume-cost.ts';
import type { Completion, Decision, RecordedEvidence, SteeringMessage, Update } from './review.ts';
import type { Run } from './run.ts';
import type { Worktree } from './worktree.ts';

export interface ProjectDetails {
  readonly project: Project;
  /** What must be complete before it begins, and is not. */
  readonly waitsFor: readonly Dependency[];
  /** The newest revision. */
  readonly markdown: string;
  /** Oldest first. */
  readonly planRevisions: readonly PlanRevision[];
  readonly runs: readonly Run[];
  readonly completions: readonly Completion[];
  readonly decisions: readonly Decision[];
  /** What was measured of each round, at its newest attempt. */
  readonly evidence: readonly RecordedEvidence[];
  /** Tries at landing approved work, oldest first. */
  readonly landings: readonly Landing[];
  /** Undefined for work in place, and before the first run. */
  readonly worktree: Worktree | undefined;
  /** What its runs have asked a person, oldest first. */
  readonly requests: readonly AskedRequest[];
  /** What a decision on these costs; null: nothing is read again. */
  readonly resumeCost: ResumeCost | null;
  /** The newest ones. */
  readonly updates: readonly Update[];
  readonly waitingMessages: readonly SteeringMessage[];
  /** The cost of its runs; those whose cost is unknown are only counted. */
  readonly spentUsd: number;
  readonly runsOfUnknownCost: number;
}

/** What Claude was refused in the round under way, as far as it was measured. */
export function deniedNow({
  project,
  evidence,
}: Pick<ProjectDetails, 'project' | 'evidence'>): Evidence['denied'] {
  return evidence.findLast(({ round }) => round === project.round)?.evidence.denied ?? [];
}
