/** Removes an installed service: stops what runs as it, then has its manager delete it. The state folder stays. */
import { isStoreError } from '../bridge/bridge.ts';
import { serviceOf } from '../control/find-service.ts';
import { type Host, withBridge } from '../control/host.ts';
import { stopService } from '../control/stop-service.ts';
import { defaultStopTimeout } from '../control/stop-timeout.ts';
import { ownAccount } from '../machine/account.ts';
import type { Services } from '../machine/service/find.ts';
import type { InstalledService } from '../machine/service/service.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findTarget, type Target, type TargetOptions, uninstallOfMachine } from './target.ts';

export interface RemoveOptions extends Pick<TargetOptions, 'system' | 'user'> {
  /** Changes nothing, and reports what would be removed. */
  readonly dryRun?: true;
}

/** What was removed, or would be. */
export interface Removal {
  readonly target: Target;
  /** Null when nothing was installed. */
  readonly installed: InstalledService | null;
  /** The pid of the supervisor that was stopped; null when none ran as the service. */
  readonly stoppedPid: number | null;
}

/** A refusal says why nothing is removed. Throws ServiceError when the manager refuses, or a file is not ours. */
export async function removeService(
  host: Host,
  options: RemoveOptions,
  services: Services,
): Promise<Result<Removal>> {
  const other = options.system ? null : await systemServiceInstead(host, services);
  if (other !== null) return refuse(other);
  const found = await findTarget(host, { ...options, isRemoval: true }, services);
  if (!found.ok) return found;
  const target = found.value;
  const installed = await target.manager.installed();
  if (installed === null || options.dryRun) return ok({ target, installed, stoppedPid: null });
  const stoppedPid = await stopTarget(host, target);
  await target.manager.uninstall();
  return ok({ target, installed, stoppedPid });
}

/** How to remove the system service that works for this person; null when there is none. */
async function systemServiceInstead(host: Host, services: Services): Promise<string | null> {
  const own = ownAccount(host.env);
  const service = own.uid === 0 ? null : await serviceOf(host, services);
  if (service?.manager.scope !== 'system') return null;
  return `the ${service.manager.title} is installed. Remove it with: ${uninstallOfMachine(own)}`;
}

/** A supervisor in the background is not the service's, and continues. */
async function stopTarget(host: Host, { manager, isOtherUser }: Target): Promise<number | null> {
  const { state, pid } = await manager.status();
  if (state === 'stopped') return null;
  if (!isOtherUser) {
    try {
      const { supervisor } = await withBridge(host, (bridge) =>
        stopService(bridge, manager, defaultStopTimeout(host)),
      );
      return supervisor?.pid ?? null;
    } catch (error) {
      // A damaged store must not keep anybody from removing the service.
      if (!isStoreError(error)) throw error;
    }
  }
  await manager.stop(async () => undefined);
  return pid;
}
