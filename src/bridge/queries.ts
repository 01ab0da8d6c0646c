/** What anyone may read: one project whole, lists, the overview, and what changed since a cursor. */

import { sumCosts } from '../project/costs.ts';
import type { Dependency } from '../project/dependency.ts';
import type { Hold } from '../project/hold.ts';
import { OWN_ACCOUNT, type ProjectId, type RunId, unknownProject } from '../project/ids.ts';
import type { Project, ProjectStatus } from '../project/project.ts';
import type { ProjectDetails } from '../project/project-details.ts';
import type { Quota } from '../project/quota.ts';
import { resumeCost } from '../project/resume-cost.ts';
import type { Completion, RecordedEvidence, Update } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { Schedule } from '../project/schedule.ts';
import type { WorkProgress } from '../project/work-progress.ts';
import { ok, type Result, refuse } from '../result.ts';
import { openDependencies } from '../store/dependencies.ts';
import { checksOf, newestEvidence, newestEvidenceOf } from '../store/evidence.ts';
import { allHolds } from '../store/holds.ts';
import { landingsOfProject } from '../store/landings.ts';
import { waitingMessages } from '../store/messages.ts';
import { planRevisions as revisionsOf } from '../store/plans.ts';
import {
  countByStatus,
  listProjects,
  type ProjectFilter,
  projectIdsFrom,
  projectsUnderWay,
} from '../store/projects.ts';
import { queuedProjects } from '../store/queue.ts';
import { quotasOf } from '../store/quota.ts';
import { requestsOf } from '../store/requests.ts';
import { completionsOf, decisionsOf, newestCompletions } from '../store/reviews.ts';
import { newestClaudeVersion } from '../store/run-facts.ts';
import { findRun, openRuns, openRunsOf, runsOf } from '../store/runs.ts';
import { allSchedules } from '../store/schedules.ts';
import { latestUpdatesOf, updatesOf } from '../store/updates.ts';
import { findWorktree } from '../store/worktrees.ts';
import { type Bridge, lookUp } from './bridge.ts';
import { countsOfStatuses } from './figures.ts';
import { resolvePrefix } from './id-prefix.ts';
import { currentLease, type Lease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';
import { progressOf } from './progress.ts';
import { spentInPeriod } from './spending.ts';

export type { ProjectFilter };

/** Everything about one project, with its newest `updates`. */
export async function projectDetails(
  bridge: Bridge,
  projectId: ProjectId,
  updates = 20,
): Promise<Result<ProjectDetails>> {
  const db = databaseOf(bridge).read;
  const project = await lookUp(db, projectId);
  if (!project) return refuse(unknownProject(projectId));
  const planRevisions = await revisionsOf(db, projectId);
  const runs = await runsOf(db, projectId);
  const spent = sumCosts(runs.map(({ costUsd }) => costUsd));
  return ok({
    project,
    waitsFor: (await openDependencies(db, [projectId])).get(projectId) ?? [],
    markdown: planRevisions.at(-1)?.markdown ?? '',
    planRevisions,
    runs,
    completions: await completionsOf(db, projectId),
    decisions: await decisionsOf(db, projectId),
    evidence: await newestEvidenceOf(db, projectId),
    landings: await landingsOfProject(db, projectId),
    worktree: await findWorktree(db, projectId),
    requests: await requestsOf(db, projectId),
    resumeCost: resumeCost(project, runs, bridge.clock.now()),
    updates: await latestUpdatesOf(db, projectId, updates),
    waitingMessages: await waitingMessages(db, projectId),
    spentUsd: spent.usd,
    runsOfUnknownCost: spent.unknown,
  });
}

/** The id of the one project that `text`, an id or its first characters, names. */
export async function resolveProjectId(bridge: Bridge, text: string): Promise<Result<ProjectId>> {
  return resolvePrefix(text, {
    things: 'projects',
    unknown: unknownProject,
    find: (prefix, limit) => projectIdsFrom(databaseOf(bridge).read, prefix, limit),
  });
}

/** One run; undefined for an id that names none. */
export async function runDetails(bridge: Bridge, runId: RunId): Promise<Run | undefined> {
  return findRun(databaseOf(bridge).read, runId);
}

export interface ProjectState {
  readonly project: Project;
  /** The run under way. */
  readonly run: Run | undefined;
  /** The newest completion of the round under way. */
  readonly completion: Completion | undefined;
  /** What was measured of it. */
  readonly measured: RecordedEvidence | undefined;
}

/** Where one project stands. */
export async function projectState(bridge: Bridge, projectId: ProjectId): Promise<Result<ProjectState>> {
  const project = await lookUp(databaseOf(bridge).read, projectId);
  const [state] = await statesOf(bridge, project ? [project] : []);
  return state ? ok(state) : refuse(unknownProject(projectId));
}

/** Where each of them stands, in their order. */
export async function statesOf(bridge: Bridge, projects: readonly Project[]): Promise<ProjectState[]> {
  const db = databaseOf(bridge).read;
  const ids = projects.map(({ id }) => id);
  const runs = byProject(await openRunsOf(db, ids));
  const completions = byProject(await newestCompletions(db, ids));
  const measured = byProject(await newestEvidence(db, ids));
  return projects.map((project) => ({
    project,
    run: runs.get(project.id),
    completion: completions.get(project.id),
    measured: measured.get(project.id),
  }));
}

function byProject<T extends { readonly projectId: ProjectId }>(rows: readonly T[]): Map<ProjectId, T> {
  return new Map(rows.map((row) => [row.projectId, row]));
}

/** Updates of a project after an update id, oldest first. */
export async function projectUpdates(
  bridge: Bridge,
  projectId: ProjectId,
  after: number,
  limit: number,
): Promise<Result<{ project: Project; updates: Update[] }>> {
  const project = await lookUp(databaseOf(bridge).read, projectId);
  if (!project) return refuse(unknownProject(projectId));
  return ok({ project, updates: await updatesOf(databaseOf(bridge).read, projectId, after, limit) });
}

export async function projects(bridge: Bridge, filter: ProjectFilter): Promise<Project[]> {
  return listProjects(databaseOf(bridge).read, filter);
}

/** How the checks of the round under way ended, of those of these projects that were measured; null: it has none. */
export async function checksOfRounds(
  bridge: Bridge,
  projects: readonly Project[],
): Promise<ReadonlyMap<ProjectId, boolean | null>> {
  const rounds = new Map(projects.map(({ id, round }) => [id, round]));
  const checks = await checksOf(databaseOf(bridge).read, [...rounds.keys()]);
  const present = checks.filter(({ projectId, round }) => rounds.get(projectId) === round);
  // The newest attempt comes last.
  return new Map(present.map(({ projectId, passed }) => [projectId, passed]));
}

/** Projects that wait for the person's decision, oldest first, each with what was submitted. */
export async function approvalQueue(bridge: Bridge, limit: number): Promise<ProjectState[]> {
  const waiting = await listProjects(databaseOf(bridge).read, {
    statuses: ['awaiting_approval'],
    oldestFirst: true,
    limit,
  });
  return statesOf(bridge, waiting);
}

export interface Overview {
  /** The supervisor's lease, if one is held; whether its process lives is for the reader to find out. */
  readonly lease: Lease | undefined;
  readonly holds: readonly Hold[];
  /** The newest reading of each usage window of the account. */
  readonly quotas: readonly Quota[];
  readonly counts: Readonly<Record<ProjectStatus, number>>;
  readonly running: readonly ProjectState[];
  /** Submitted work that is being measured, and approved work on its way; each at most `limit`. */
  readonly verifying: readonly WorkProgress[];
  readonly landing: readonly WorkProgress[];
  /** The next projects to get a run, in their order, and those that wait for a person; each at most `limit`. */
  readonly queue: readonly Project[];
  readonly waiting: readonly Project[];
  /** What those in the queue wait for before they begin. */
  readonly waitsFor: ReadonlyMap<ProjectId, readonly Dependency[]>;
  readonly schedules: readonly Schedule[];
  readonly spentTodayUsd: number;
  readonly todayRunsOfUnknownCost: number;
  /** Of the newest run for which it is known; null when it is known for none. */
  readonly claudeVersion: string | null;
  readonly now: string;
}

/** How many results wait for a person to decide. */
export async function countWaiting(bridge: Bridge): Promise<number> {
  return (await countByStatus(databaseOf(bridge).read)).awaiting_approval ?? 0;
}

/** The whole bridge at a glance. */
export async function overview(bridge: Bridge, limit: number): Promise<Overview> {
  const db = databaseOf(bridge).read;
  const projects = new Map((await projectsUnderWay(db)).map((project) => [project.id, project]));
  const running = (await openRuns(db)).flatMap((run) => {
    const project = projects.get(run.projectId);
    return project ? [{ project, run, completion: undefined, measured: undefined }] : [];
  });
  const oldest = (status: ProjectStatus) =>
    listProjects(db, { statuses: [status], oldestFirst: true, limit });
  const queue = await queuedProjects(db, limit);
  const today = await spentInPeriod(bridge, 'day');
  return {
    lease: await currentLease(bridge),
    holds: await allHolds(db),
    quotas: await quotasOf(db, OWN_ACCOUNT),
    counts: await countsOfStatuses(db),
    running,
    verifying: await progressOf(db, await oldest('verifying'), 'project.submitted'),
    landing: await progressOf(db, await oldest('approved'), 'project.approved'),
    queue,
    waitsFor: await openDependencies(
      db,
      queue.map(({ id }) => id),
    ),
    waiting: await listProjects(db, {
      statuses: ['awaiting_approval', 'attention'],
      oldestFirst: true,
      limit,
    }),
    schedules: await allSchedules(db),
    spentTodayUsd: today.usd,
    todayRunsOfUnknownCost: today.unknown,
    claudeVersion: await newestClaudeVersion(db),
    now: bridge.clock.now().toISOString(),
  };
}
