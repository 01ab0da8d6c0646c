import { Command } from 'commander';
import { workInStateFolder } from '../../control/work-in-state-folder.ts';
import { type Removal, type RemoveOptions, removeService } from '../../install/remove.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import { plural } from '../../project/text.ts';
import type { WireUninstall } from '../../wire/schemas/install.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, yesOption } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { named } from '../views/hints.ts';

export interface UninstallOptions extends RemoveOptions {
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

/** Throws ServiceError when the manager refuses, or a file is not ours. */
export async function uninstall(
  cli: Cli,
  options: UninstallOptions,
  services: Services = ownServices,
): Promise<void> {
  const removed = await removeService(cli, options, services);
  if (!removed.ok) return fail(cli, removed.refusal);
  if (options.json) cli.out.json(report(removed.value, options));
  else for (const line of lines(removed.value, options)) cli.out.line(line);
  const { installed, target } = removed.value;
  await warnOfWork(cli, installed?.stateDir ?? target.stateDir);
}

/** Somebody who uninstalls may delete the state folder next. */
async function warnOfWork({ out }: Cli, stateDir: string): Promise<void> {
  const work = await workInStateFolder(stateDir);
  if (work.length === 0) return;
  out.hint(
    `Do not delete the state folder yet: it has the worktrees of ${plural(work.length, 'project')}, and what is on no other branch is nowhere else.`,
  );
  for (const { project, worktree } of work.slice(0, MAX_NAMED))
    out.hint(`${named(project)}: ${project.status}, branch ${worktree.branch} of ${worktree.repo}`);
  if (work.length > MAX_NAMED) out.hint(`… and ${work.length - MAX_NAMED} more`);
  out.hint('See what each holds: bridge-supervisor worktree list');
}

const MAX_NAMED = 10;

function lines({ target, installed, stoppedPid }: Removal, { dryRun }: UninstallOptions): string[] {
  const { title } = target.manager;
  const folder = installed?.stateDir ?? target.stateDir;
  const stays = `The state folder stays as it is, with service.env: ${folder}`;
  if (!installed) return [`Nothing to remove: no ${title} is installed.`, stays];
  const files = installed.files.map(({ path }) => `  ${path}`);
  if (dryRun) return [`Would stop and remove: ${title}`, ...files, stays];
  return [
    ...(stoppedPid === null ? [] : [`Stopped the service (pid ${stoppedPid}).`]),
    `Removed: ${title}`,
    ...files,
    stays,
    'Without the service: bridge-supervisor start',
  ];
}

function report({ target, installed, stoppedPid }: Removal, { dryRun }: UninstallOptions): WireUninstall {
  const { manager, stateDir } = target;
  return {
    service: { manager: manager.kind, scope: manager.scope, name: manager.name, title: manager.title },
    removed: installed !== null && !dryRun,
    version: installed?.version ?? null,
    files: installed?.files.map(({ path }) => path) ?? [],
    stopped_pid: stoppedPid,
    state_dir: stateDir,
    dry_run: dryRun ?? false,
  };
}
