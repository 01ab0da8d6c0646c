/** Decides everything that an installation does, before it does anything. */

import { existsSync } from 'node:fs';
import type { Host } from '../control/host.ts';
import { serviceDefinition, withoutConfiguration } from '../control/service-definition.ts';
import { stableCommand } from '../control/stable-command.ts';
import { type Finding, warning } from '../doctor/check.ts';
import { checkServiceCommand } from '../doctor/short-lived.ts';
import type { Environment } from '../environment.ts';
import { isOpenToOthers, mergeEnvironment } from '../machine/service/environment-file.ts';
import { isSameFolder, type Services } from '../machine/service/find.ts';
import type { InstalledService, ServiceDefinition } from '../machine/service/service.ts';
import { ok, type Result, refuse } from '../result.ts';
import { otherUserSteps, ownSteps, type UserSteps } from './as-user.ts';
import { type EnvironmentOptions, type PlannedEnvironment, planEnvironment } from './environment.ts';
import { findTarget, otherServiceFor, type Target, type TargetOptions } from './target.ts';

export interface InstallPlanOptions extends TargetOptions, EnvironmentOptions {
  /** Undefined: as now installed. */
  readonly hardened?: boolean;
}

export interface InstallPlan {
  readonly target: Target;
  readonly steps: UserSteps;
  readonly definition: ServiceDefinition;
  /** The environment of the service. */
  readonly env: Environment;
  readonly environment: PlannedEnvironment;
  /** What is installed now; null when nothing is. */
  readonly installed: InstalledService | null;
  readonly files: readonly PlannedFile[];
  /** At least one file will change. */
  readonly isChange: boolean;
  readonly findings: readonly Finding[];
}

export interface PlannedFile {
  readonly path: string;
  /** The existing text; null when there is none. */
  readonly before: string | null;
  /** Null for a file that will be removed. */
  readonly after: string | null;
  /** Its values are never shown. */
  readonly isSecret: boolean;
}

/** A refusal says why nothing can be installed. Throws ServiceError for files that are not ours. */
export async function planInstallation(
  host: Host,
  options: InstallPlanOptions,
  services: Services,
): Promise<Result<InstallPlan>> {
  if (options.hardened && !options.system)
    return refuse('--hardened is for services of the machine: add --system, or leave it out.');
  const selfCommand = stableCommand(host.selfCommand, host.env);
  if (!selfCommand.ok) return selfCommand;
  const found = await findTarget(host, options, services);
  if (!found.ok) return found;
  const target = found.value;
  const { manager, stateDir, account } = target;
  const other = await otherServiceFor(host, target, services);
  if (other !== null) return refuse(other);
  const place = { account, stateDir, clock: host.clock, services };
  const steps = target.isOtherUser ? otherUserSteps(place, selfCommand.value) : ownSteps(place);
  const base = mergeEnvironment(await manager.baseEnvironment(), { BRIDGE_HOME: stateDir });
  const planned = await planEnvironment(host, target, steps, base, options);
  if (!planned.ok) return planned;
  const environment = planned.value;
  const installed = await manager.installed();
  const taken = installed && (await takenBy(installed, target));
  if (taken) return refuse(taken);

  const env = mergeEnvironment(base, { ...environment.values, BRIDGE_HOME: stateDir });
  const { findings: preflight, settings } = await steps.check(env);
  const hardened = options.hardened ?? installed?.hardened ?? false;
  const definition = serviceDefinition({
    stateDir,
    selfCommand: selfCommand.value,
    hardened,
    settings: settings ?? withoutConfiguration(account.homeDir),
  });
  const machine = { env, homeDir: account.homeDir, platform: services.platform };
  const findings = [
    await checkServiceCommand(machine, selfCommand.value),
    ...preflight,
    ...(await checkEnvironmentFile(environment, options)),
  ];
  const files = filesOf(target, environment, definition, installed);
  const isChange = files.some(({ before, after }) => before !== after);
  return ok({
    target,
    steps,
    definition,
    env,
    environment,
    installed,
    files,
    isChange,
    findings,
  });
}

/** Two state folders with one service name: why this one must not replace the other, or null. */
async function takenBy(
  { stateDir }: InstalledService,
  { manager, ...wanted }: Target,
): Promise<string | null> {
  if (!existsSync(stateDir) || (await isSameFolder(stateDir, wanted.stateDir))) return null;
  return `${manager.title} is there already, for another state folder: ${stateDir}. Take it away first, by the same command with uninstall for install.`;
}

async function checkEnvironmentFile(
  { path, before, after, leftOut }: PlannedEnvironment,
  options: EnvironmentOptions,
): Promise<Finding[]> {
  const found: [message: string, hint: string][] = [];
  if (leftOut.length > 0)
    found.push([
      `service.env leaves out variables of yours that are not for another user: ${leftOut.join(', ')}.`,
      `Name those meant for both: --env ${leftOut[0]}`,
    ]);
  if (before !== null && before === after && (options.env ?? []).length > 0)
    found.push([
      `${path} exists and stays as it is, so --env adds nothing to it.`,
      'Edit it, or rewrite it with --capture-environment.',
    ]);
  if (before !== null && (await isOpenToOthers(path)))
    found.push([`${path} can be read by other users.`, `chmod 600 ${path}`]);
  return found.map(([message, hint]) => ({
    check: 'service.environment',
    ...warning(path, message, { hint }),
  }));
}

function filesOf(
  { manager }: Target,
  environment: PlannedEnvironment,
  definition: ServiceDefinition,
  installed: InstalledService | null,
): PlannedFile[] {
  const wanted = manager.files(definition);
  const there = new Map(installed?.files.map(({ path, text }) => [path, text]));
  const leaving = [...there.keys()].filter((path) => !wanted.some((file) => file.path === path));
  const { path, before, after } = environment;
  return [
    { path, before, after, isSecret: true },
    ...wanted.map((file) => ({
      path: file.path,
      before: there.get(file.path) ?? null,
      after: file.text,
      isSecret: false,
    })),
    ...leaving.map((gone) => ({ path: gone, before: there.get(gone) ?? null, after: null, isSecret: false })),
  ];
}
