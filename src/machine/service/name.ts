/** What the service is called at its manager: the same for the same state folder, and another for another. */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { defaultStateFolder } from '../../state-folder.ts';
import type { ServiceScope } from './service.ts';

export interface ServiceOwner {
  readonly scope: ServiceScope;
  /** Name and home folder of the account it runs as. */
  readonly account: { readonly name: string; readonly homeDir: string };
  readonly stateDir: string;
}

/** `bridge-supervisor` for the usual state folder; further words tell the user, at the machine's level, and the folder. */
export function serviceName({ scope, account, stateDir }: ServiceOwner): string {
  return [
    'bridge-supervisor',
    ...(scope === 'system' ? [withoutSigns(account.name)] : []),
    ...(resolve(stateDir) === defaultStateFolder(account.homeDir) ? [] : [shortHash(stateDir)]),
  ].join('-');
}

/** A unit's name may hold letters, digits and `:-_.\` (systemd.unit(5)); an account of a domain has others. */
function withoutSigns(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
}

function shortHash(folder: string): string {
  return createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 8);
}
