/** The state of a launchd service, from what launchd prints and what the supervisor recorded. */
import { EXIT } from '../../exit-codes.ts';
import type { GaveUp } from './launchd-gave-up.ts';
import type { PrintedJob } from './launchd-print.ts';
import type { ServiceCause, ServiceState, ServiceStatus } from './service.ts';

type Status = Omit<ServiceStatus, 'startsAt'>;

export const NOTHING_LOADED: ServiceStatus = { state: 'stopped', pid: null, startsAt: null, cause: null };

/** @param gaveUp What the supervisor recorded before it exited with 0, so that launchd does not restart it. */
export function statusOf(job: PrintedJob | null, gaveUp: GaveUp | null): Status {
  const state = stateOf(job, gaveUp);
  return { state, pid: job?.pid ?? null, cause: causeOf(state, job, gaveUp) };
}

function stateOf(job: PrintedJob | null, gaveUp: GaveUp | null): ServiceState {
  if (job?.pid) {
    // Between the fork and the program, launchd's own helper runs.
    if (job.state === 'xpcproxy') return 'starting';
    return job.state.startsWith('SIG') ? 'stopping' : 'running';
  }
  if (job?.state === 'spawn scheduled') return 'waiting';
  if (gaveUp) return 'gave-up';
  return job && endedBadly(job) ? 'failed' : 'stopped';
}

function endedBadly({ exitCode, signal }: PrintedJob): boolean {
  return signal !== null || (exitCode !== null && exitCode !== '0');
}

function causeOf(state: ServiceState, job: PrintedJob | null, gaveUp: GaveUp | null): ServiceCause | null {
  if (state === 'gave-up' && gaveUp) return { kind: 'gave-up', ...gaveUp };
  if (!job || (state !== 'waiting' && state !== 'failed')) return null;
  // `run --give-up` turns our own 78 into 0. launchd itself reports 78 when a path in the plist is wrong or not allowed.
  if (job.exitCode?.startsWith(String(EXIT.config))) return { kind: 'not-startable' };
  const end = job.signal ? `signal ${job.signal}` : `exit code ${job.exitCode ?? 'unknown'}`;
  return { kind: 'exited', end, starts: job.runs };
}
