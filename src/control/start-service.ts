/** Has the service manager start the supervisor. The lease, not the manager, shows that it works. */
import type { Bridge } from '../bridge/bridge.ts';
import { type RunProgram, runProgram } from '../machine/program.ts';
import { ServiceError, type ServiceManager, type ServiceStatus } from '../machine/service/service.ts';
import type { Host } from './host.ts';
import { printedText, whyNotRunning } from './service-advice.ts';
import { lastOutput } from './service-output.ts';
import type { StartResult } from './start-background.ts';
import { isWorking, startBlocker, supervisorState } from './supervisor-state.ts';

/** Starts the service unless a supervisor runs. @param waitMs How long it may take to come up. */
export async function startService(
  host: Host,
  bridge: Bridge,
  manager: ServiceManager,
  waitMs: number,
  run: RunProgram = runProgram,
): Promise<StartResult> {
  const before = await supervisorState(bridge);
  if (before.state === 'running') return { kind: 'already-running', pid: before.lease.pid };
  const blocker = startBlocker(before);
  if (blocker !== null) return { kind: 'failed', message: blocker };
  try {
    await manager.start();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const printed = await lastOutput(host, manager, run);
    return { kind: 'failed', message: [error.message, ...printedText(printed)].join(' ') };
  }
  return comeUp(host, bridge, manager, waitMs, run);
}

const LOOK_EVERY_MS = 100;
/** Each question to the manager starts a program, and a slow one. */
const ASK_EVERY_MS = 1_000;

async function comeUp(
  host: Host,
  bridge: Bridge,
  manager: ServiceManager,
  waitMs: number,
  run: RunProgram,
): Promise<StartResult> {
  const { clock } = host;
  const end = clock.monotonic() + waitMs;
  let stopped = 0;
  for (let ask = clock.monotonic() + ASK_EVERY_MS; clock.monotonic() < end; ) {
    const now = await supervisorState(bridge);
    if (isWorking(now)) return { kind: 'started', pid: now.lease.pid };
    if (clock.monotonic() >= ask) {
      const status = await manager.status();
      stopped = status.state === 'stopped' ? stopped + 1 : 0;
      if (stopped !== 1 && !isComingUp(status))
        return {
          kind: 'failed',
          message: whyNotRunning(manager, status, await lastOutput(host, manager, run)),
        };
      ask = clock.monotonic() + ASK_EVERY_MS;
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
  return {
    kind: 'failed',
    message: `${manager.title} was started, but its supervisor has not started working. See: bridge-supervisor logs --service`,
  };
}

/** Whether it may still come up. */
function isComingUp({ state }: ServiceStatus): boolean {
  return state === 'running' || state === 'starting' || state === 'stopping';
}
