import type { Project } from '../project/project.ts';
import type { ProjectDetails } from '../project/project-details.ts';
import type { Decision } from '../project/review.ts';
import type { RevisionChoice } from '../project/revision.ts';
import { toWireProject } from './project.ts';
import { toWireProjectDetails } from './project-details.ts';
import { toWireDecision, toWireSubmission } from './round.ts';
import { toWireRun } from './run.ts';
import type { WireDecided, WireProjectAnswer } from './schemas/http.ts';

/**
 * Without commands, which say nothing to a caller over HTTP.
 *
 * @param revision What a rejection begins; undefined where none is waited for.
 */
export function toWireProjectAnswer(
  details: ProjectDetails,
  revision: RevisionChoice | undefined,
): WireProjectAnswer {
  const { next: _, ...whole } = toWireProjectDetails(details, revision, () => null, []);
  const completion = details.completions.at(-1);
  const approval = details.decisions.at(-1);
  return {
    ...whole,
    runs: details.runs.map(toWireRun),
    completion: completion ? toWireSubmission(completion) : null,
    approval: approval ? toWireDecision(approval) : null,
  };
}

export function toWireDecided(decided: {
  readonly project: Project;
  readonly decision: Decision;
  readonly repeated: boolean;
}): WireDecided {
  const { project, decision, repeated } = decided;
  return {
    project: toWireProject(project),
    decision: toWireDecision(decision),
    round: decision.round,
    repeated,
  };
}
