/** Finds the service of a state folder. */
import { realpath } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import { type Account, findAccount, ownAccount, ownerOf } from '../account.ts';
import { type Platform, platform } from '../platform.ts';
import { type RunProgram, runProgram } from '../program.ts';
import { type OpenServiceManager, openServiceManager } from './manager.ts';
import { serviceName } from './name.ts';
import { type InstalledService, ServiceError, type ServiceManager, type ServiceScope } from './service.ts';

/** Access to service managers. Passed in, so that a test can simulate one. */
export interface Services {
  readonly platform: Platform;
  readonly open: OpenServiceManager;
  readonly run: RunProgram;
}

export const ownServices: Services = { platform, open: openServiceManager, run: runProgram };

export interface FoundService {
  readonly manager: ServiceManager;
  readonly installed: InstalledService;
}

interface Wanted {
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/**
 * The user service, or else the system service that runs as the owner of the state folder. Null when there is neither,
 * or when a file with that name is not ours or belongs to another folder. Reads files; it does not ask a manager that
 * has none of our files.
 */
export async function findService(
  wanted: Wanted,
  services: Services = ownServices,
): Promise<FoundService | null> {
  const own = ownAccount(wanted.env);
  const ofUser = await findServiceOf('user', own, wanted, services);
  if (ofUser || services.platform !== 'linux') return ofUser;
  const owner = await accountOf(wanted, own, services);
  return owner ? findServiceOf('system', owner, wanted, services) : null;
}

/** The service of one scope and account; null as above. */
export async function findServiceOf(
  scope: ServiceScope,
  account: Account,
  { stateDir, env, clock }: Wanted,
  { platform, open, run }: Services,
): Promise<FoundService | null> {
  const name = serviceName({ scope, account, stateDir });
  const opened = await open(platform, { name, scope, account, env, run, clock });
  if (opened.kind === 'none') return null;
  try {
    const installed = await opened.manager.installed();
    if (!installed || !(await isSameFolder(installed.stateDir, stateDir))) return null;
    return { manager: opened.manager, installed };
  } catch (error) {
    // A file with this name that is not ours: nothing of ours runs from it, and `install` reports it.
    if (error instanceof ServiceError) return null;
    throw error;
  }
}

/** Whether two paths lead to one folder: a home folder may lie behind a link, with another name for root. */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [here, there] = await Promise.all([one, other].map((path) => realpath(path).catch(() => undefined)));
  return here !== undefined && here === there;
}

async function accountOf({ stateDir, env }: Wanted, own: Account, { run }: Services) {
  const uid = await ownerOf(stateDir);
  if (uid === undefined || uid === own.uid) return own;
  return findAccount(String(uid), run, env);
}
