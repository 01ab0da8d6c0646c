/** What the commands have to do with a service: whether there is one for this state folder, and what to call it. */
import { ownAccount } from '../machine/account.ts';
import { type FoundService, findService, ownServices, type Services } from '../machine/service/find.ts';
import type { ServiceManager, ServiceStatus } from '../machine/service/service.ts';
import type { Host } from './host.ts';

export type { FoundService };

/** The service that works on this state folder; null when none is installed for it. */
export function serviceOf(host: Host, services: Services = ownServices): Promise<FoundService | null> {
  return findService({ stateDir: host.stateDir, env: host.env, clock: host.clock }, services);
}

/** The manager has it running, or will. */
export function isActive({ state }: Pick<ServiceStatus, 'state'>): boolean {
  return state !== 'stopped' && state !== 'failed' && state !== 'gave-up';
}

/** What a person who is not root has to do about a service of the machine; null for who may do it by this command. */
export function forRoot(
  { env }: Pick<Host, 'env'>,
  { kind, scope, name, title }: ServiceManager,
  verb: 'start' | 'stop' | 'restart',
): string | null {
  if (kind !== 'systemd' || scope === 'user' || ownAccount(env).uid === 0) return null;
  return `the ${title} is root's to ${verb}: sudo systemctl ${verb} ${name}`;
}
