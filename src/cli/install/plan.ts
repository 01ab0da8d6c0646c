/** All that an installation would do, decided before anything is done. */
import { done, type Reply, refuse } from '../../bridge/bridge.ts';
import { isOpenToOthers, mergeEnvironment } from '../../machine/service/environment-file.ts';
import type { Services } from '../../machine/service/find.ts';
import type { InstalledService, ServiceDefinition } from '../../machine/service/service.ts';
import type { Cli } from '../context.ts';
import { lastingEntry } from '../installed-at.ts';
import { type Check, warning } from './check.ts';
import { serviceDefinition } from './definition.ts';
import { type EnvironmentOptions, type PlannedEnvironment, planEnvironment } from './environment.ts';
import { probe } from './probe.ts';
import { probeAs } from './probe-as.ts';
import { checkProgram } from './program.ts';
import { findTarget, otherServiceFor, type Target, type TargetOptions } from './target.ts';

export interface PlanOptions extends TargetOptions, EnvironmentOptions {
  readonly hardened?: true;
}

export interface Plan {
  readonly target: Target;
  readonly definition: ServiceDefinition;
  readonly environment: PlannedEnvironment;
  /** What is installed by now; null when nothing is. */
  readonly installed: InstalledService | null;
  readonly files: readonly PlannedFile[];
  /** Some file will be another one than it is. */
  readonly isChange: boolean;
  readonly checks: readonly Check[];
}

export interface PlannedFile {
  readonly path: string;
  /** What is there; null when nothing is. */
  readonly before: string | null;
  /** Null for a file that is to go. */
  readonly after: string | null;
  /** Its values are shown to nobody. */
  readonly isSecret: boolean;
}

/** A refusal says why nothing can be installed. Throws ServiceError for files that are somebody else's. */
export async function planInstallation(
  cli: Cli,
  options: PlanOptions,
  services: Services,
): Promise<Reply<Plan>> {
  if (options.hardened && !options.system)
    return refuse('--hardened is for services of the machine: add --system, or leave it out.');
  const entry = lastingEntry(cli.entry);
  if (!entry.ok) return entry;
  const found = await findTarget(cli, options, services);
  if (!found.ok) return found;
  const target = found.value;
  const { manager, stateFolder } = target;
  const other = await otherServiceFor(cli, target, services);
  if (other !== null) return refuse(other);
  const planned = await planEnvironment(cli, target, options);
  if (!planned.ok) return planned;
  const environment = planned.value;
  const installed = await manager.installed();

  const own = { ...environment.values, BRIDGE_HOME: stateFolder };
  const env = mergeEnvironment(await manager.baseEnvironment(), own);
  const { hardened = false } = options;
  const definition = serviceDefinition({ ...target, entry: entry.value, env, hardened });
  const { platform, run } = services;
  const { home } = target.account;
  const given = { stateFolder, env, home, platform, run, clock: cli.clock };
  const probed = target.isForeign ? await probeAs(target.account, entry.value, given) : await probe(given);
  const checks = [
    await checkProgram(entry.value, platform, home),
    ...probed,
    ...(await checkEnvironmentFile(environment, options)),
  ];
  const files = filesOf(target, environment, definition, installed);
  const isChange = files.some(({ before, after }) => before !== after);
  return done({
    target,
    definition,
    environment,
    installed,
    files,
    isChange,
    checks,
  });
}

async function checkEnvironmentFile(
  { path, before, after }: PlannedEnvironment,
  options: EnvironmentOptions,
): Promise<Check[]> {
  const checks: Check[] = [];
  if (before !== null && before === after && (options.env ?? []).length > 0)
    checks.push(
      warning(
        'environment',
        `${path} is there already and stays as it is, so --env adds nothing to it`,
        'Edit it, or write it anew with --capture-environment.',
      ),
    );
  if (before !== null && (await isOpenToOthers(path)))
    checks.push(
      warning('environment', `other users can read ${path}`, `Close it to them: chmod 600 ${path}`),
    );
  return checks;
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
