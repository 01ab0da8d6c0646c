/** Carries out a plan: writes and registers the service, then starts it in place of the supervisor that ran before. */
import type { Bridge } from '../bridge/bridge.ts';
import { isActive } from '../control/find-service.ts';
import { type Host, withBridge } from '../control/host.ts';
import { whyNotRunning } from '../control/service-advice.ts';
import type { StartResult } from '../control/start-background.ts';
import { startService } from '../control/start-service.ts';
import { stopService } from '../control/stop-service.ts';
import { stopSupervisor } from '../control/stop-supervisor.ts';
import { supervisorState } from '../control/supervisor-state.ts';
import type { Services } from '../machine/service/find.ts';
import type { Result } from '../result.ts';
import { runAs, type WorkingSupervisor } from './as-user.ts';
import type { InstallPlan } from './plan.ts';

/**
 * Writes the files and registers the service; starts and stops nothing. Throws ServiceError when the manager refuses.
 */
export async function apply(plan: InstallPlan): Promise<Result<void>> {
  const { before, after } = plan.environment;
  const prepared = await plan.steps.prepare(plan.env, before === after ? null : after);
  if (prepared.ok) await plan.target.manager.install(plan.definition);
  return prepared;
}

export interface Activation {
  readonly result: StartResult;
  /** The pid of a supervisor that ran in the background and was stopped for the service. */
  readonly replaced: number | null;
  /** The service ran with its old files, and was restarted. */
  readonly restarted: boolean;
}

const START_TIMEOUT_MS = 60_000;

/** Starts the service and waits until its supervisor works. Throws ServiceError when the manager refuses. */
export async function activate(host: Host, plan: InstallPlan, services: Services): Promise<Activation> {
  if (plan.target.isOtherUser) return activateForOtherUser(host, plan, services);
  return withBridge(host, (bridge) => activateOwn(host, bridge, plan, services));
}

async function activateOwn(
  host: Host,
  bridge: Bridge,
  plan: InstallPlan,
  { run }: Services,
): Promise<Activation> {
  const { manager } = plan.target;
  const { stopMs } = plan.definition;
  const wasActive = isActive(await manager.status());
  const before = await supervisorState(bridge);
  if (wasActive && before.state === 'running' && isAsPlanned(plan, before.lease))
    return { result: { kind: 'already-running', pid: before.lease.pid }, replaced: null, restarted: false };
  if (wasActive) await stopService(bridge, manager, stopMs);
  const { supervisor } = await stopSupervisor(bridge, stopMs);
  return {
    result: await startService(host, bridge, manager, START_TIMEOUT_MS, run),
    replaced: supervisor?.pid ?? null,
    restarted: wasActive,
  };
}

/** A running supervisor may be older than the files: an earlier call may have written them and started nothing. */
function isAsPlanned({ isChange, definition }: InstallPlan, running: { readonly version: string }): boolean {
  return !isChange && running.version === definition.version;
}

const POLL_MS = 1_000;

/** The store is opened by a process of its owner: what root opens there could be closed to them afterwards. */
async function activateForOtherUser(
  { clock }: Host,
  plan: InstallPlan,
  services: Services,
): Promise<Activation> {
  const { manager } = plan.target;
  const before = await runningSupervisor(plan);
  const wasActive = isActive(await manager.status());
  if (wasActive && before !== null && isAsPlanned(plan, before))
    return { result: { kind: 'already-running', pid: before.pid }, replaced: null, restarted: false };
  if (wasActive) await manager.stop(async () => undefined);
  // A supervisor that still works is not the service. In the background it would block the service.
  const beside = wasActive ? await runningSupervisor(plan) : before;
  if (beside !== null) {
    await stopAsUser(plan, services);
    if ((await runningSupervisor(plan))?.pid === beside.pid)
      return failed(`the background supervisor (pid ${beside.pid}) could not be stopped.`, false);
  }
  await manager.start();
  for (const limit = clock.monotonic() + START_TIMEOUT_MS; clock.monotonic() < limit; ) {
    const now = await runningSupervisor(plan);
    const replaced = beside?.pid ?? null;
    if (now) return { result: { kind: 'started', pid: now.pid }, replaced, restarted: wasActive };
    const status = await manager.status();
    if (!isActive(status) || status.state === 'waiting')
      return failed(whyNotRunning(manager, status), wasActive);
    await clock.sleep(POLL_MS);
  }
  return failed('its supervisor has not started working.', wasActive);
}

/** Null also when the question fails: the start of the service then decides. */
async function runningSupervisor({ steps, env }: InstallPlan): Promise<WorkingSupervisor | null> {
  const found = await steps.supervisor(env);
  return found.ok && found.value?.state === 'running' ? found.value : null;
}

async function stopAsUser({ target, definition, env }: InstallPlan, { run }: Services): Promise<void> {
  const [node = '', ...program] = definition.command.slice(0, definition.command.indexOf('run'));
  await runAs(target.account, run)(node, [...program, 'stop'], { env, timeoutMs: definition.stopMs });
}

function failed(message: string, restarted: boolean): Activation {
  return { result: { kind: 'failed', message }, replaced: null, restarted };
}
