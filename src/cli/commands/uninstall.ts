import { Command } from 'commander';
import { serviceOf } from '../../control/find-service.ts';
import { withBridge } from '../../control/host.ts';
import { stopService } from '../../control/stop-service.ts';
import { defaultStopTimeout } from '../../control/stop-timeout.ts';
import { findTarget, type Target, uninstallOfMachine } from '../../install/target.ts';
import { ownAccount } from '../../machine/account.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import type { InstalledService } from '../../machine/service/service.ts';
import { StoreError } from '../../store/store-error.ts';
import type { WireUninstall } from '../../wire/schemas/install.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, yesOption } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';

export interface UninstallOptions {
  readonly system?: true;
  readonly user?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export function uninstallCommand(cli: Cli): Command {
  return new Command('uninstall')

    .option('--dry-run', 'show what would be removed, and change nothing')
    .option('--system', 'the system service')
    .option('--user <name>', 'with --system: the user it runs as')
    .addOption(yesOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('bridge-supervisor uninstall', 'sudo bridge-supervisor uninstall --system --user alice'),
    )
    .action((options: UninstallOptions) => uninstall(cli, options));
}

/** What was done, or would be. */
interface Removal {
  readonly title: string;
  readonly installed: InstalledService | null;
  /** The pid of the supervisor that was stopped. */
  readonly stopped: number | null;
}

/** Throws ServiceError when the manager refuses, or a file is not ours. */
export async function uninstall(
  cli: Cli,
  options: UninstallOptions,
  services: Services = ownServices,
): Promise<void> {
  const ofMachine = options.system ? null : await serviceOfMachine(cli, services);
  if (ofMachine !== null) return fail(cli, ofMachine);
  const found = await findTarget(cli, { ...options, isRemoval: true }, services);
  if (!found.ok) return fail(cli, found.refusal);
  const target = found.value;
  const installed = await target.manager.installed();
  const isToGo = installed !== null && !options.dryRun;
  const stopped = isToGo ? await stopTarget(cli, target) : null;
  if (isToGo) await target.manager.uninstall();

  const removal = { title: target.manager.title, installed, stopped };
  if (options.json) cli.out.json(report(target, removal, options));
  else for (const line of lines(target, removal, options)) cli.out.line(line);
}

/** What to do about the service of the machine that works for this person; null when there is none. */
async function serviceOfMachine(cli: Cli, services: Services): Promise<string | null> {
  const own = ownAccount(cli.env);
  const service = own.uid === 0 ? null : await serviceOf(cli, services);
  if (service?.manager.scope !== 'system') return null;
  return `the ${service.manager.title} is installed. Remove it with: ${uninstallOfMachine(own)}`;
}

async function stopTarget(cli: Cli, { manager, isOtherUser }: Target): Promise<number | null> {
  const { state, pid } = await manager.status();
  // A supervisor in the background is not the service's, and goes on.
  if (state === 'stopped') return null;
  if (!isOtherUser) {
    try {
      const { supervisor } = await withBridge(cli, (bridge) =>
        stopService(bridge, manager, defaultStopTimeout(cli)),
      );
      return supervisor?.pid ?? null;
    } catch (error) {
      // A damaged store must not keep anybody from taking the service away.
      if (!(error instanceof StoreError)) throw error;
    }
  }
  await manager.stop(async () => undefined);
  return pid;
}

function lines(
  { stateDir }: Target,
  { title, installed, stopped }: Removal,
  { dryRun }: UninstallOptions,
): string[] {
  const folder = installed?.stateDir ?? stateDir;
  const stays = `The state folder stays as it is, with service.env: ${folder}`;
  if (!installed) return [`Nothing to remove: no ${title} is installed.`, stays];
  const files = installed.files.map(({ path }) => `  ${path}`);
  if (dryRun) return [`Would stop and remove: ${title}`, ...files, stays];
  return [
    ...(stopped === null ? [] : [`Stopped the service (pid ${stopped}).`]),
    `Removed: ${title}`,
    ...files,
    stays,
    'Without the service: bridge-supervisor start',
  ];
}

function report(
  { manager, stateDir }: Target,
  { installed, stopped }: Removal,
  { dryRun }: UninstallOptions,
): WireUninstall {
  return {
    service: { manager: manager.kind, scope: manager.scope, name: manager.name, title: manager.title },
    removed: installed !== null && !dryRun,
    version: installed?.version ?? null,
    files: installed?.files.map(({ path }) => path) ?? [],
    stopped_pid: stopped,
    state_dir: stateDir,
    dry_run: dryRun ?? false,
  };
}
