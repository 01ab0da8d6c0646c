import type { Project } from '../project/project.ts';
import type { Completion, Decision, SteeringMessage, Update } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import { toWireProject } from './project.ts';
import { toWireMessage, toWireRounds, toWireUpdate } from './round.ts';
import { toWireRun } from './run.ts';
import type { WireProjectDetails, WireSentPlan } from './schemas/project-details.ts';

export interface ProjectStory {
  readonly project: Project;
  readonly markdown: string;
  readonly runs: readonly Run[];
  readonly completions: readonly Completion[];
  readonly decisions: readonly Decision[];
  readonly updates: readonly Update[];
  readonly waitingMessages: readonly SteeringMessage[];
  readonly spentUsd: number;
  readonly runsOfUnknownCost: number;
}

/**
 * @param outputOf The file with a run's raw output, if it is kept.
 * @param next Commands a person can give now.
 */
export function toWireProjectDetails(
  story: ProjectStory,
  outputOf: (run: Run) => string | null,
  next: readonly string[],
): WireProjectDetails {
  return {
    project: toWireProject(story.project),
    markdown: story.markdown,
    runs: story.runs.map((run) => ({ ...toWireRun(run), output: outputOf(run) })),
    rounds: toWireRounds(story.completions, story.decisions),
    updates: story.updates.map(toWireUpdate),
    waiting_messages: story.waitingMessages.map(toWireMessage),
    spent_usd: story.spentUsd,
    runs_of_unknown_cost: story.runsOfUnknownCost,
    next: [...next],
  };
}

export function toWireSentPlan(sent: {
  readonly project: Project;
  readonly repeated: boolean;
  readonly notUsed: readonly string[];
}): WireSentPlan {
  return { project: toWireProject(sent.project), repeated: sent.repeated, not_used: [...sent.notUsed] };
}
