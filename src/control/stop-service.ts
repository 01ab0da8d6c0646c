/** Has the service manager stop the supervisor, so that it does not restart it, then ends what is left. */
import type { Bridge } from '../bridge/bridge.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { stopChild } from '../machine/stop.ts';
import { GRACE_MS, type StopReport, stopSupervisor } from './stop-supervisor.ts';
import { holderOf, isLiving, supervisorState } from './supervisor-state.ts';

/**
 * Also stops a supervisor that runs beside the service. Throws ServiceError when the manager refuses.
 *
 * @param timeoutMs How long an orderly stop may take before the supervisor gets a signal.
 */
export async function stopService(
  bridge: Bridge,
  manager: ServiceManager,
  timeoutMs: number,
): Promise<StopReport> {
  const before = await supervisorState(bridge);
  const holder = isLiving(before) ? holderOf(before.lease) : undefined;
  const asked: { report?: StopReport } = {};
  const ended = manager.stop(async () => {
    asked.report = await stopSupervisor(bridge, timeoutMs);
  });

  const decided = new AbortController();
  const late = bridge.clock.sleep(timeoutMs, decided.signal).then(() => 'late' as const);
  const first = await Promise.race([ended.then(() => 'ended' as const), late]).finally(() => decided.abort());
  const isLate = first === 'late' && holder !== undefined && asked.report === undefined;
  const by = isLate
    ? await stopChild({ identity: holder }, { graceMs: GRACE_MS, clock: bridge.clock })
    : 'request';
  await ended;

  const after = await stopSupervisor(bridge, timeoutMs);
  const supervisor =
    asked.report?.supervisor ?? after.supervisor ?? (holder ? { pid: holder.pid, by } : null);
  return { supervisor, runs: [...(asked.report?.runs ?? []), ...after.runs] };
}
