/** The account, state folder and manager of a service to be installed or removed. */

import type { Host } from '../control/host.ts';
import { type Account, findAccount, ownAccount } from '../machine/account.ts';
import { findServiceOf, type Services } from '../machine/service/find.ts';
import { guardAdvice, guardedBy } from '../machine/service/guarded-folders.ts';
import { serviceName } from '../machine/service/name.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { ok, type Result, refuse } from '../result.ts';
import { defaultStateFolder } from '../state-folder.ts';

export interface TargetOptions {
  /** A system service. */
  readonly system?: true;
  /** The account that a system service runs as. */
  readonly user?: string;
  /** The service is to be removed: its account may no longer exist. */
  readonly isRemoval?: true;
}

export interface Target {
  readonly account: Account;
  /** The account is not ours: its files are read and written as that user. */
  readonly isOtherUser: boolean;
  readonly stateDir: string;
  readonly manager: ServiceManager;
}

/** A refusal says why there can be no such service here, and what to do instead. */
export async function findTarget(
  host: Host,
  options: TargetOptions,
  services: Services,
): Promise<Result<Target>> {
  const own = ownAccount(host.env);
  const account = options.system
    ? await accountOfMachine(host, options, own, services)
    : ofPerson(host, options, own);
  if (!account.ok) return account;
  const scope = options.system ? 'system' : 'user';
  const isOtherUser = account.value.uid !== own.uid;
  const stateDir =
    isOtherUser && !host.env.BRIDGE_HOME ? defaultStateFolder(account.value.homeDir) : host.stateDir;
  // First: a guarded folder may not even answer to a look.
  const guard = await guardedBy(services.platform, account.value.homeDir, stateDir);
  if (guard !== null) return refuse(guardAdvice(stateDir, guard));
  const name = serviceName({ scope, account: account.value, stateDir });
  const { env, clock } = host;
  const { run } = services;
  const cannot = `no service can be ${options.isRemoval ? 'looked for' : 'installed'} here`;
  const opened = await services.open(services.platform, {
    name,
    scope,
    account: account.value,
    env,
    run,
    clock,
  });
  if (opened.kind === 'none') return refuse(`${cannot}: ${opened.why}. ${INSTEAD}`);
  const why = await opened.manager.unavailable();
  if (why !== null) return refuse(`${cannot}: ${why}`);
  return ok({ account: account.value, isOtherUser, stateDir, manager: opened.manager });
}

/** Why there can be no second service for this state folder, or null: two would compete for it. */
export async function otherServiceFor(
  { env, clock }: Host,
  { account, stateDir, manager }: Target,
  services: Services,
): Promise<string | null> {
  const scope = manager.scope === 'user' ? 'system' : 'user';
  const other = await findServiceOf(scope, account, { stateDir, env, clock }, services);
  if (!other) return null;
  const how =
    scope === 'user'
      ? `, as ${account.name}: bridge-supervisor uninstall`
      : ` with: ${uninstallOfMachine(account)}`;
  return `the ${other.manager.title} already works on ${stateDir}. Remove it first${how}`;
}

/** The command that removes a system service. */
export function uninstallOfMachine({ name }: Pick<Account, 'name'>): string {
  return `sudo bridge-supervisor uninstall --system --user ${name}`;
}

const INSTEAD =
  'Without a service: bridge-supervisor start, or in a container bridge-supervisor run as its command.';

function ofPerson({ env }: Host, { user }: TargetOptions, own: Account): Result<Account> {
  if (user !== undefined && user !== own.name)
    return refuse('--user is for services of the whole machine: add --system, or run this as that user.');
  const person = env.SUDO_USER;
  if (own.uid === 0 && person && person !== own.name)
    return refuse(
      `under sudo this would be a service for ${own.name}, not for ${person}. Run it without sudo; or, for a service of the whole machine: sudo bridge-supervisor install --system --user ${person}`,
    );
  return ok(own);
}

async function accountOfMachine(
  { env }: Host,
  { user, isRemoval }: TargetOptions,
  own: Account,
  { run }: Services,
): Promise<Result<Account>> {
  const name = user ?? env.SUDO_USER ?? (own.uid === 0 ? undefined : own.name);
  if (name === undefined) return refuse('name the user of the service: --system --user NAME.');
  if (name === own.name) return ok(own);
  const account = await findAccount(name, run, env);
  if (account) return ok(account);
  if (isRemoval) return ok({ name, uid: -1, gid: -1, homeDir: '/nonexistent' });
  return refuse(`there is no user '${name}' on this machine. See: getent passwd`);
}
