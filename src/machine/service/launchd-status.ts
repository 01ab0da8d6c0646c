/** What launchd prints of a service, and what the supervisor left behind, as a state. */
import type { GaveUp } from './launchd-gave-up.ts';
import type { PrintedJob } from './launchd-print.ts';
import type { ServiceState, ServiceStatus } from './service.ts';

type Status = Omit<ServiceStatus, 'startsAt'>;

export const NOTHING_LOADED: ServiceStatus = { state: 'stopped', pid: null, startsAt: null, detail: null };

/** @param gaveUp What the supervisor wrote before it ended in success, so that launchd starts it no more. */
export function statusOf(job: PrintedJob | null, gaveUp: GaveUp | null): Status {
  const state = stateOf(job, gaveUp);
  return { state, pid: job?.pid ?? null, detail: detailOf(state, job, gaveUp) };
}

function stateOf(job: PrintedJob | null, gaveUp: GaveUp | null): ServiceState {
  if (job?.pid) {
    // Between the fork and the program, launchd's own helper stands at its place.
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

function detailOf(state: ServiceState, job: PrintedJob | null, gaveUp: GaveUp | null): string | null {
  if (state === 'gave-up' && gaveUp)
    return `It gave up at ${gaveUp.at}: ${gaveUp.why.replace(/\.$/, '')}. Find the cause with \`bridge-supervisor logs\`, then: bridge-supervisor start`;
  if (!job || (state !== 'waiting' && state !== 'failed')) return null;
  // launchd itself says so when a path in the plist is wrong, or may not be used by an agent.
  if (job.exitCode?.startsWith('78'))
    return 'launchd could not start it (78, EX_CONFIG): Node, the program or its folder is missing or not allowed. Write it anew with: bridge-supervisor install';
  const end = job.signal ? `signal ${job.signal}` : `exit code ${job.exitCode ?? 'unknown'}`;
  if (state === 'waiting')
    return `It ended (${end}) and will be started again; so far it was started ${times(job.runs)}.`;
  return `It ended (${end}) and is not started again. See \`bridge-supervisor logs\`, then: bridge-supervisor start`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
