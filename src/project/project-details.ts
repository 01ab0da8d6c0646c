/** Everything about one project: its plan, its runs and its rounds. */
import type { Project } from './project.ts';
import type { Completion, Decision, SteeringMessage, Update } from './review.ts';
import type { Run } from './run.ts';

export interface ProjectDetails {
  readonly project: Project;
  readonly markdown: string;
  readonly runs: readonly Run[];
  readonly completions: readonly Completion[];
  readonly decisions: readonly Decision[];
  /** The newest ones. */
  readonly updates: readonly Update[];
  readonly waitingMessages: readonly SteeringMessage[];
  /** The cost of its runs; those whose cost is unknown are only counted. */
  readonly spentUsd: number;
  readonly runsOfUnknownCost: number;
}
