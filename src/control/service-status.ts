/** The service in the status report: its state, and what a person should do about it. */
import { stat } from 'node:fs/promises';
import { environmentFileOf, isOpenToOthers } from '../machine/service/environment-file.ts';
import {
  ServiceError,
  type ServiceManager,
  type ServiceState,
  type ServiceStatus,
} from '../machine/service/service.ts';
import { VERSION } from '../version.ts';
import { type FoundService, isActive } from './find-service.ts';
import { adviceText, serviceAdvice } from './service-advice.ts';
import { isWorking, type SupervisorState } from './supervisor-state.ts';

export interface ServiceReport {
  readonly manager: ServiceManager['kind'];
  readonly scope: ServiceManager['scope'];
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** The version that installed it. */
  readonly version: string;
  /** `unknown`: the manager does not answer here; `detail` says why. */
  readonly state: ServiceState | 'unknown';
  readonly pid: number | null;
  readonly startsAt: ServiceStatus['startsAt'];
  readonly detail: string | null;
  /** The command to give next; null when nothing is to be done. */
  readonly next: string | null;
}

export interface ServiceFindings {
  readonly service: ServiceReport;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Asks the manager. A manager that does not answer is reported as state `unknown`. */
export async function serviceFindings(
  stateDir: string,
  { manager, installed }: FoundService,
  supervisor: SupervisorState,
): Promise<ServiceFindings> {
  const { kind, scope, name, title } = manager;
  const status = await statusOf(manager);
  const service: ServiceReport = {
    ...{ manager: kind, scope, name, title, version: installed.version },
    ...status.report,
    next: nextFor(status.report.state, supervisor),
  };
  const found = stateProblems(service, status.hasAdvice);
  const works = isWorking(supervisor);
  return {
    service,
    problems: works ? [] : found,
    warnings: [
      ...(works ? [...found, ...besideTheService(service, supervisor)] : []),
      ...versionWarning(service),
      ...(await fileWarnings(environmentFileOf(stateDir))),
    ],
  };
}

interface Status {
  readonly report: Pick<ServiceReport, 'state' | 'pid' | 'startsAt' | 'detail'>;
  /** The detail already says what to do. */
  readonly hasAdvice: boolean;
}

async function statusOf(manager: ServiceManager): Promise<Status> {
  try {
    const status = await manager.status();
    const { state, pid, startsAt } = status;
    const advice = serviceAdvice(manager, status);
    const detail = advice && adviceText(advice);
    return { report: { state, pid, startsAt, detail }, hasAdvice: advice !== null && advice.advice !== null };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const detail = error.message;
    return { report: { state: 'unknown', pid: null, startsAt: null, detail }, hasAdvice: true };
  }
}

function nextFor(state: ServiceReport['state'], supervisor: SupervisorState): string | null {
  if (isWorking(supervisor)) return state === 'stopped' ? 'bridge-supervisor restart' : null;
  switch (state) {
    case 'stopped':
    case 'failed':
    case 'gave-up':
      return 'bridge-supervisor start';
    case 'waiting':
      return 'bridge-supervisor logs --service';
    default:
      return null;
  }
}

function stateProblems({ title, state, detail, next }: ServiceReport, hasAdvice: boolean): string[] {
  if (detail === null && state !== 'failed' && state !== 'gave-up' && state !== 'waiting') return [];
  const what = detail ?? `its state is '${state}'.`;
  const todo = next === null || hasAdvice ? '' : ` Next: ${next}`;
  return [`${title}: ${what}${todo}`];
}

function besideTheService({ title, state }: ServiceReport, supervisor: SupervisorState): string[] {
  if (!isWorking(supervisor) || state === 'unknown' || isActive({ state })) return [];
  return [
    `The supervisor (pid ${supervisor.lease.pid}) runs in the background, not as the installed service (${title}). To let the service take over: bridge-supervisor restart`,
  ];
}

function versionWarning({ title, version }: ServiceReport): string[] {
  if (version === VERSION) return [];
  return [
    `${title} was installed by version ${version}; this is ${VERSION}. Upgrade it: bridge-supervisor install`,
  ];
}

async function fileWarnings(file: string): Promise<string[]> {
  const isThere = await stat(file).catch(() => undefined);
  if (!isThere)
    return [
      `${file} is missing, and the service cannot start without it. Write it: bridge-supervisor install`,
    ];
  return (await isOpenToOthers(file))
    ? [`Other users can read ${file}, which may hold credentials. Close it to them: chmod 600 ${file}`]
    : [];
}
