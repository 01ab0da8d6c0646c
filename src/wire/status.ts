import type { Dependency } from '../project/dependency.ts';
import type { Hold } from '../project/hold.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Project, ProjectStatus } from '../project/project.ts';
import type { Quota } from '../project/quota.ts';
import type { AskedRequest } from '../project/request.ts';
import type { ResumeCost } from '../project/resume-cost.ts';
import type { RecordedEvidence } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { WorkProgress } from '../project/work-progress.ts';
import { toWireDependency } from './dependency.ts';
import { toWireFigures } from './evidence.ts';
import { toWireHold, toWireUsageWindow } from './hold.ts';
import { toWireProject } from './project.ts';
import { toWireRequest } from './request.ts';
import { toWireRun } from './run.ts';
import type { WireStatus } from './schemas/status.ts';

type WireService = NonNullable<WireStatus['service']>;

/** What the report is made of. */
export interface StatusFacts {
  readonly ok: boolean;
  readonly supervisor: {
    readonly state: WireStatus['supervisor']['state'];
    readonly lease: {
      readonly pid: number;
      readonly version: string;
      readonly startedAt: string;
      readonly renewedAt: string;
      readonly expiresAt: string;
      readonly stopRequestedAt: string | null;
      readonly degradedReason: string | null;
    } | null;
    readonly writes: boolean;
  };
  readonly service: (Omit<WireService, 'starts_at'> & { readonly startsAt: WireService['starts_at'] }) | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly holds: readonly Hold[];
  readonly quotas: readonly Quota[];
  readonly counts: Readonly<Record<ProjectStatus, number>>;
  readonly running: readonly {
    readonly project: Project;
    readonly run: Run;
    readonly process: {
      readonly processes: number;
      readonly memoryBytes: number;
      readonly cpuPercent: number;
    } | null;
  }[];
  readonly verifying: readonly WorkProgress[];
  readonly landing: readonly WorkProgress[];
  readonly questions: readonly { readonly request: AskedRequest; readonly resumeCost: ResumeCost | null }[];
  readonly waiting: readonly {
    readonly project: Project;
    readonly measured: RecordedEvidence | undefined;
    readonly description: string;
    readonly since: string;
    readonly next: readonly string[];
  }[];
  readonly queue: readonly Project[];
  readonly waitsFor: ReadonlyMap<ProjectId, readonly Dependency[]>;
  readonly spentTodayUsd: number;
  readonly todayRunsOfUnknownCost: number;
  readonly stateDir: string;
  readonly log: { readonly path: string; readonly lines: readonly string[] };
  readonly now: string;
}

export function toWireStatus(status: StatusFacts): WireStatus {
  return {
    ok: status.ok,
    supervisor: toWireSupervisor(status.supervisor),
    service: status.service && toWireService(status.service),
    problems: [...status.problems],
    warnings: [...status.warnings],
    holds: status.holds.map(toWireHold),
    quotas: status.quotas.map(toWireUsageWindow),
    counts: { ...status.counts },
    running: status.running.map(toWireRunning),
    verifying: status.verifying.map(({ project }) => toWireProject(project)),
    landing: status.landing.map(({ project }) => toWireProject(project)),
    checking: [...status.verifying, ...status.landing].flatMap(toWireChecking),
    questions: status.questions.map(({ request, resumeCost }) => toWireRequest(request, resumeCost)),
    waiting: status.waiting.map(({ project, measured, description, since, next }) => ({
      project: toWireProject(project),
      measured: measured ? toWireFigures(measured) : null,
      message: description,
      since,
      next: [...next],
    })),
    queue: status.queue.map(toWireProject),
    waits_for: [...status.waitsFor].map(([id, dependencies]) => ({
      project_id: id,
      dependencies: dependencies.map(toWireDependency),
    })),
    spent_today_usd: status.spentTodayUsd,
    today_runs_of_unknown_cost: status.todayRunsOfUnknownCost,
    state_dir: status.stateDir,
    log: { path: status.log.path, lines: [...status.log.lines] },
    now: status.now,
  };
}

function toWireChecking({ project, check }: WorkProgress): WireStatus['checking'] {
  return check
    ? [{ project_id: project.id, check: check.name, number: check.number, of: check.of, since: check.since }]
    : [];
}

function toWireSupervisor({ state, lease, writes }: StatusFacts['supervisor']): WireStatus['supervisor'] {
  return {
    state,
    lease: lease && {
      pid: lease.pid,
      version: lease.version,
      started_at: lease.startedAt,
      renewed_at: lease.renewedAt,
      expires_at: lease.expiresAt,
      stop_requested_at: lease.stopRequestedAt,
      degraded_reason: lease.degradedReason,
    },
    store_writable: writes,
  };
}

function toWireService(service: NonNullable<StatusFacts['service']>): WireService {
  const { manager, scope, name, title, version, state, pid, startsAt, detail, next } = service;
  return { manager, scope, name, title, version, state, pid, starts_at: startsAt, detail, next };
}

function toWireRunning({
  project,
  run,
  process,
}: StatusFacts['running'][number]): WireStatus['running'][number] {
  return {
    project: toWireProject(project),
    run: toWireRun(run),
    process: process && {
      processes: process.processes,
      memory_bytes: process.memoryBytes,
      cpu_percent: process.cpuPercent,
    },
  };
}
