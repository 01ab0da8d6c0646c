import type { ShownSum } from '../project/costs.ts';
import type { Hold } from '../project/hold.ts';
import { isOutline } from '../project/outline.ts';
import type { Project, ProjectStatus } from '../project/project.ts';
import type { ProjectDetails } from '../project/project-details.ts';
import type { Quota } from '../project/quota.ts';
import type { AskedRequest } from '../project/request.ts';
import type { ResumeCost } from '../project/resume-cost.ts';
import type { Completion, Decision, RecordedEvidence } from '../project/review.ts';
import type { RevisionChoice } from '../project/revision.ts';
import type { Run } from '../project/run.ts';
import { toWireFigures } from './evidence.ts';
import { toWireHold, toWireUsageWindow } from './hold.ts';
import { toWireProject } from './project.ts';
import { toWireProjectDetails } from './project-details.ts';
import { toWireRequest } from './request.ts';
import { toWireDecision, toWireSubmission } from './round.ts';
import { toWireRun } from './run.ts';
import type {
  WireDecided,
  WireDecidedRequest,
  WireOverview,
  WireProjectAnswer,
  WireWaitingProject,
} from './schemas/http.ts';

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
    outline: isOutline(project, decision.round),
    repeated,
  };
}

interface WaitingWork {
  readonly project: Project;
  readonly completion: Completion | undefined;
  readonly measured: RecordedEvidence | undefined;
  readonly spent: ShownSum;
}

function toWireWaiting({ project, completion, measured, spent }: WaitingWork): WireWaitingProject {
  // Of an earlier attempt says nothing of this one.
  const isOfIt = measured !== undefined && completion !== undefined && measured.runId === completion.runId;
  return {
    ...toWireProject(project),
    measured: isOfIt ? toWireFigures(measured) : null,
    spent_usd: spent.usd,
    runs_of_unknown_cost: spent.unknown,
  };
}

export function toWireOverview(seen: {
  readonly counts: Readonly<Record<ProjectStatus, number>>;
  readonly running: readonly { readonly project: Project; readonly run: Run | undefined }[];
  readonly verifying: readonly { readonly project: Project }[];
  readonly landing: readonly { readonly project: Project }[];
  readonly waiting: readonly WaitingWork[];
  readonly queue: readonly Project[];
  readonly holds: readonly Hold[];
  readonly quotas: readonly Quota[];
  readonly spentTodayUsd: number;
  readonly todayRunsOfUnknownCost: number;
  readonly now: string;
}): WireOverview {
  return {
    counts: { ...seen.counts },
    running: seen.running.flatMap(({ project, run }) =>
      run ? [{ project: toWireProject(project), run: toWireRun(run) }] : [],
    ),
    verifying: seen.verifying.map(({ project }) => toWireProject(project)),
    landing: seen.landing.map(({ project }) => toWireProject(project)),
    waiting: seen.waiting.map(toWireWaiting),
    queue: seen.queue.map(toWireProject),
    holds: seen.holds.map(toWireHold),
    quotas: seen.quotas.map(toWireUsageWindow),
    spent_today_usd: seen.spentTodayUsd,
    today_runs_of_unknown_cost: seen.todayRunsOfUnknownCost,
    now: seen.now,
  };
}

export function toWireDecidedRequest(decided: {
  readonly project: Project;
  readonly request: AskedRequest;
  readonly resumeCost: ResumeCost | null;
  readonly repeated: boolean;
}): WireDecidedRequest {
  const { project, request, resumeCost, repeated } = decided;
  return { project: toWireProject(project), request: toWireRequest(request, resumeCost), repeated };
}
