/** After installing: whatever supervisor runs by the old ways is stopped, and the service is started. */
import * as z from 'zod';
import type { Bridge } from '../bridge/bridge.ts';
import { isActive } from '../control/find-service.ts';
import { type Host, withBridge } from '../control/host.ts';
import type { StartResult } from '../control/start-background.ts';
import { startService } from '../control/start-service.ts';
import { stopService } from '../control/stop-service.ts';
import { stopSupervisor } from '../control/stop-supervisor.ts';
import { supervisorState } from '../control/supervisor-state.ts';
import type { RunProgram } from '../machine/program.ts';
import { mergeEnvironment } from '../machine/service/environment-file.ts';
import type { Services } from '../machine/service/find.ts';
import type { Plan } from './plan.ts';
import { runAs } from './run-as.ts';

export interface PutToWork {
  readonly result: StartResult;
  /** A supervisor that ran in the background and was stopped for the service. */
  readonly replaced: number | null;
  /** The service ran by its old files, and was started anew. */
  readonly restarted: boolean;
}

const PATIENCE_MS = 60_000;

/** Throws ServiceError when the manager refuses. */
export async function putToWork(host: Host, plan: Plan, services: Services): Promise<PutToWork> {
  if (plan.target.isForeign) return putToWorkAs(host, plan, services);
  return withBridge(host, (bridge) => putOwnToWork(host, bridge, plan, services));
}

async function putOwnToWork(host: Host, bridge: Bridge, plan: Plan, { run }: Services): Promise<PutToWork> {
  const { manager } = plan.target;
  const { stopMs } = plan.definition;
  const wasActive = isActive(await manager.status());
  const before = await supervisorState(bridge);
  if (wasActive && before.state === 'running' && isAsPlanned(plan, before.lease))
    return { result: { kind: 'already-running', pid: before.lease.pid }, replaced: null, restarted: false };
  if (wasActive) await stopService(bridge, manager, stopMs);
  const { supervisor } = await stopSupervisor(bridge, stopMs);
  return {
    result: await startService(host, bridge, manager, PATIENCE_MS, run),
    replaced: supervisor?.pid ?? null,
    restarted: wasActive,
  };
}

/** It need not run by the files as they are: an earlier call may have written them, and not have started it. */
function isAsPlanned({ isChange, definition }: Plan, running: { readonly version: string }): boolean {
  return !isChange && running.version === definition.version;
}

/** The store is asked by a command of its owner: what root opens there could be closed to them afterwards. */
async function putToWorkAs(host: Host, plan: Plan, { run }: Services): Promise<PutToWork> {
  const { target, definition } = plan;
  const { manager, account, stateFolder } = target;
  const env = mergeEnvironment(await manager.baseEnvironment(), {
    ...plan.environment.values,
    BRIDGE_HOME: stateFolder,
  });
  const end = definition.command.indexOf('run');
  const ask = command(runAs(account, run), definition.command.slice(0, end), env, definition.stopMs);

  const before = await ask('status', '--json').then(leaseIn);
  const wasActive = isActive(await manager.status());
  if (wasActive && before !== null && isAsPlanned(plan, before))
    return { result: { kind: 'already-running', pid: before.pid }, replaced: null, restarted: false };
  if (wasActive) await manager.stop(async () => undefined);
  // What works now is not the service: in the background it would keep the service from its work.
  const beside = wasActive ? await ask('status', '--json').then(leaseIn) : before;
  if (beside !== null) {
    await ask('stop');
    if ((await ask('status', '--json').then(leaseIn))?.pid === beside.pid)
      return failed(`the background supervisor (pid ${beside.pid}) could not be stopped.`, false);
  }
  await manager.start();
  for (const limit = host.clock.monotonic() + PATIENCE_MS; host.clock.monotonic() < limit; ) {
    const now = await ask('status', '--json').then(leaseIn);
    const replaced = beside?.pid ?? null;
    if (now) return { result: { kind: 'started', pid: now.pid }, replaced, restarted: wasActive };
    const { state, detail } = await manager.status();
    if (!isActive({ state }) || state === 'waiting')
      return failed(detail ?? `its state is '${state}'.`, wasActive);
    await host.clock.sleep(LOOK_EVERY_MS);
  }
  return failed('its supervisor has not taken up its work.', wasActive);
}

const LOOK_EVERY_MS = 1_000;

function failed(what: string, restarted: boolean): PutToWork {
  return { result: { kind: 'failed', what }, replaced: null, restarted };
}

function command(
  run: RunProgram,
  [node = '', ...program]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): (...args: readonly string[]) => Promise<string> {
  return async (...args) => (await run(node, [...program, ...args], { env, timeoutMs })).stdout;
}

const status = z.object({
  supervisor: z.object({
    state: z.string(),
    lease: z.object({ pid: z.number(), version: z.string() }).nullable(),
  }),
});

/** Of the supervisor that works; null when none does. */
function leaseIn(text: string): { readonly pid: number; readonly version: string } | null {
  try {
    const { supervisor } = status.parse(JSON.parse(text));
    return supervisor.state === 'running' ? supervisor.lease : null;
  } catch {
    return null;
  }
}
