/** The service's name at its manager: one name for each state folder. */

import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { defaultStateFolder } from '../../state-folder.ts';
import type { ServiceScope } from './service.ts';

export interface ServiceOwner {
  readonly scope: ServiceScope;
  /** Name and home folder of the account it runs as. */
  readonly account: { readonly name: string; readonly homeDir: string };
  readonly stateDir: string;
}

/** `bridge-supervisor` for the default state folder; a system service adds its user, another folder adds a hash. */
export function serviceName({ scope, account, stateDir }: ServiceOwner): string {
  return [
    'bridge-supervisor',
    ...(scope === 'system' ? [withoutSigns(account.name)] : []),
    ...(resolve(stateDir) === defaultStateFolder(account.homeDir) ? [] : [shortHash(stateDir)]),
  ].join('-');
}

/** A unit's name may contain letters, digits and `:-_.\` (systemd.unit(5)); names of domain accounts have others. */
function withoutSigns(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
}

function shortHash(folder: string): string {
  return hash('sha256', resolve(folder)).slice(0, 8);
}
