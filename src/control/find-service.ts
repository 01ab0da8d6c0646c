/** The service of this state folder: whether there is one, whether it is active, and who may control it. */
import { ownAccount } from '../machine/account.ts';
import { type FoundService, findService, ownServices, type Services } from '../machine/service/find.ts';
import type { ServiceManager, ServiceStatus } from '../machine/service/service.ts';
import type { Host } from './host.ts';

export type { FoundService };

/** The service of this state folder; null when none is installed. */
export function serviceOf(host: Host, services: Services = ownServices): Promise<FoundService | null> {
  return findService({ stateDir: host.stateDir, env: host.env, clock: host.clock }, services);
}

/** Whether the manager runs the service, or is about to. */
export function isActive({ state }: Pick<ServiceStatus, 'state'>): boolean {
  return state !== 'stopped' && state !== 'failed' && state !== 'gave-up';
}

/** For a system service, the command that a person who is not root has to give; null when ours will do. */
export function forRoot(
  { env }: Pick<Host, 'env'>,
  { kind, scope, name, title }: ServiceManager,
  verb: 'start' | 'stop' | 'restart',
): string | null {
  if (kind !== 'systemd' || scope === 'user' || ownAccount(env).uid === 0) return null;
  return `the ${title} is root's to ${verb}: sudo systemctl ${verb} ${name}`;
}
