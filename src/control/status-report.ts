/** Everything that `status` shows. It is `ok` only when a supervisor can claim, write the store and log. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Bridge } from '../bridge/bridge.ts';
import type { Lease } from '../bridge/lease.ts';
import { type Overview, overview, projectState } from '../bridge/queries.ts';
import { type Question, questions } from '../bridge/questions.ts';
import { KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../claude/version.ts';
import { ConfigError } from '../config-error.ts';
import { freeSpace } from '../machine/disk.ts';
import { ownServices, type Services } from '../machine/service/find.ts';
import { type TreeUsage, treeUsage } from '../machine/usage.ts';
import type { Hold } from '../project/hold.ts';
import type { Project } from '../project/project.ts';
import type { Quota } from '../project/quota.ts';
import type { RecordedEvidence } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import { cleanLine } from '../project/text.ts';
import type { WorkProgress } from '../project/work-progress.ts';
import { redact } from '../redaction.ts';
import { logFile } from '../state-folder.ts';
import { whyUnwritable } from '../store/sqlite/inspect.ts';
import { serviceOf } from './find-service.ts';
import { configOf, type Host } from './host.ts';
import { lastLogLines } from './log-reader.ts';
import { nextCommands } from './next-commands.ts';
import { type ServiceReport, serviceFindings } from './service-status.ts';
import { lastStartOutput } from './start-log.ts';
import { type SupervisorState, supervisorOf } from './supervisor-state.ts';

export interface StatusReport {
  /** A supervisor runs, and no known problem keeps it from its work. */
  readonly ok: boolean;
  readonly supervisor: {
    readonly state: SupervisorState['state'];
    readonly lease: Omit<Lease, 'token'> | null;
    /** The store is writable now. */
    readonly writes: boolean;
  };
  /** Null when no service is installed for this state folder. */
  readonly service: ServiceReport | null;
  /** What keeps the supervisor from its work, or soon will. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly holds: readonly Hold[];
  readonly quotas: readonly Quota[];
  readonly counts: Overview['counts'];
  readonly running: readonly Running[];
  /** Submitted work that is being measured, and approved work on its way. */
  readonly verifying: readonly WorkProgress[];
  readonly landing: readonly WorkProgress[];
  /** What Claude asks a person, oldest first. */
  readonly questions: readonly Question[];
  readonly waiting: readonly Waiting[];
  readonly queue: readonly Project[];
  /** What those in the queue wait for before they begin. */
  readonly waitsFor: Overview['waitsFor'];
  readonly spentTodayUsd: number;
  readonly todayRunsOfUnknownCost: number;
  readonly stateDir: string;
  readonly log: { readonly path: string; readonly lines: readonly string[] };
  readonly now: string;
}

interface Running {
  readonly project: Project;
  readonly run: Run;
  /** What Claude's processes use; null when there are none. */
  readonly process: TreeUsage | null;
}

interface Waiting {
  readonly project: Project;
  /** What was measured of the round; undefined: nothing. */
  readonly measured: RecordedEvidence | undefined;
  /** The submitted summary, or why it needs attention. */
  readonly description: string;
  readonly since: string;
  /** The commands to give. */
  readonly next: readonly string[];
}

const MAX_LISTED = 10;
const LOG_LINES = 5;

/** Reads the store, the processes, the service and the log. Throws StoreError. */
export async function statusReport(
  host: Host,
  bridge: Bridge,
  services: Services = ownServices,
): Promise<StatusReport> {
  const now = bridge.clock.now();
  const seen = await overview(bridge, MAX_LISTED);
  const supervisor = await supervisorOf(seen.lease, now);
  const service = await serviceOf(host, services);
  const found = service ? await serviceFindings(host.stateDir, service, supervisor) : undefined;
  const unwritable = await whyUnwritable(host.stateDir);
  const problems = [
    ...(unwritable ? [unwritable.message] : []),
    ...(await findProblems(host, supervisor)),
    ...(found?.problems ?? []),
  ];
  return {
    ok: supervisor.state === 'running' && problems.length === 0,
    supervisor: { state: supervisor.state, lease: publicLease(supervisor), writes: unwritable === undefined },
    service: found?.service ?? null,
    // They quote the service manager and the last supervisor.
    problems: problems.map(redact),
    warnings: [
      ...configWarnings(host),
      ...claudeWarnings(seen.claudeVersion),
      ...scheduleWarnings(seen.schedules),
      ...(found?.warnings ?? []),
    ],
    holds: seen.holds,
    quotas: seen.quotas,
    counts: seen.counts,
    running: await Promise.all(
      seen.running.flatMap((state) => (state.run ? [withProcess(state.project, state.run)] : [])),
    ),
    verifying: seen.verifying,
    landing: seen.landing,
    questions: await questions(bridge, { undecided: true }),
    waiting: await Promise.all(seen.waiting.map((project) => waitingFor(bridge, project))),
    queue: seen.queue,
    waitsFor: seen.waitsFor,
    spentTodayUsd: seen.spentTodayUsd,
    todayRunsOfUnknownCost: seen.todayRunsOfUnknownCost,
    stateDir: host.stateDir,
    log: { path: logFile(host.stateDir), lines: await logEnd(host) },
    now: now.toISOString(),
  };
}

/** Without the token, which lets its holder write. */
function publicLease(supervisor: SupervisorState): Omit<Lease, 'token'> | null {
  if (supervisor.state === 'not_running') return null;
  const { token: _, ...lease } = supervisor.lease;
  return lease;
}

async function withProcess(project: Project, run: Run): Promise<Running> {
  const { pid, pidStartedAt } = run;
  const known = pid !== null && pidStartedAt !== null;
  const process = known ? await treeUsage({ pid, startedAt: pidStartedAt }) : undefined;
  return { project, run, process: process ?? null };
}

async function waitingFor(bridge: Bridge, project: Project): Promise<Waiting> {
  if (project.attention !== null) {
    const next = nextCommands(project);
    return { project, measured: undefined, description: project.attention, since: project.updatedAt, next };
  }
  const state = await projectState(bridge, project.id);
  const { completion, measured } = state.ok ? state.value : { completion: undefined, measured: undefined };
  return {
    project,
    measured,
    description: completion?.summary ?? '',
    since: completion?.createdAt ?? project.updatedAt,
    next: nextCommands(project, measured?.evidence.denied),
  };
}

/** Below this, the next write to the store or the log may fail. */
const MIN_FREE_BYTES = 5_000_000;

async function findProblems(host: Host, supervisor: SupervisorState): Promise<string[]> {
  const problems: string[] = [];
  if (supervisor.state === 'not_responding')
    problems.push(
      `The supervisor (pid ${supervisor.lease.pid}) is alive but has not renewed its lease since ${supervisor.lease.renewedAt}: it claims and writes nothing. Restart it: bridge-supervisor restart`,
    );
  if (supervisor.state === 'running' && supervisor.lease.degradedReason !== null)
    problems.push(supervisor.lease.degradedReason);
  const printed = supervisor.state === 'gone' ? await lastStartOutput(host.stateDir) : '';
  if (printed !== '') problems.push(`The last supervisor ended unexpectedly. It printed: ${printed}`);
  if ((await freeSpace(host.stateDir)).bytes < MIN_FREE_BYTES)
    problems.push(`The disk that holds ${host.stateDir} is full: free some space.`);
  const log = logFile(host.stateDir);
  if (!(await isWritable(log)))
    problems.push(`The log ${log} cannot be written: check the rights of the file and its folder.`);
  return problems;
}

/** A missing file counts as writable when its folder is. */
async function isWritable(file: string): Promise<boolean> {
  try {
    await access(file, constants.W_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    return access(dirname(file), constants.W_OK).then(
      () => true,
      () => false,
    );
  }
}

function configWarnings(host: Host): string[] {
  try {
    configOf(host);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [`The configuration cannot be used, and no supervisor will start with it: ${error.message}`];
  }
}

/** A schedule that has paused itself makes nothing until a person has looked. */
function scheduleWarnings(schedules: Overview['schedules']): string[] {
  return schedules.flatMap(({ id, title, problem }) =>
    problem === null
      ? []
      : [
          `The schedule ${id} (${cleanLine(title)}) is paused: ${cleanLine(problem)} Then say: bridge-supervisor schedule resume ${id}`,
        ],
  );
}

function claudeWarnings(version: string | null): string[] {
  if (version === null || keepsSettingsOut(version)) return [];
  return [
    `The newest run was of Claude Code ${version}, which obeys some settings of a repository; ${KEEPS_SETTINGS_OUT_SINCE} does not. It is started only in workspaces that config.json names. Say: claude update`,
  ];
}

async function logEnd(host: Host): Promise<string[]> {
  const end = await lastLogLines(logFile(host.stateDir), LOG_LINES).catch(() => undefined);
  return end?.lines ?? [];
}
