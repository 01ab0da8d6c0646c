import { Command } from 'commander';
import { removeForPerson } from '../../bridge/worktree-removal.ts';
import { withBridge } from '../../control/host.ts';
import { worktreeReports } from '../../control/worktree-report.ts';
import { EXIT } from '../../exit-codes.ts';
import { toWireWorktreeList, toWireWorktreeRemoval } from '../../wire/worktree.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { examples } from '../terminal/usage.ts';
import { named } from '../views/hints.ts';
import { keptText, removedLines, worktreeLines } from '../views/worktree-text.ts';
import { withProject } from '../with-project.ts';

export function worktreeCommand(cli: Cli): Command {
  return new Command('worktree')
    .helpCommand(false)
    .addCommand(listCommand(cli))
    .addCommand(removeCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor worktree list', 'bridge-supervisor worktree remove 3f9a --dry-run'),
    );
}

const ABOUT = `
Work on a git repository is done in a worktree of its own, in the state folder.
The supervisor removes it some time after the project was closed
(keep_worktrees_days). One that holds anything that no branch has is kept.`;

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the worktrees: where they are, what they take, and what keeps each.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor worktree list --json'))
    .action(({ json }: { json?: true }) =>
      withBridge(cli, async (bridge) => {
        const reports = await worktreeReports(cli, bridge);
        if (json) return cli.out.json(toWireWorktreeList(reports));
        if (reports.length === 0) return cli.out.hint('There are no worktrees.');
        for (const line of worktreeLines(reports, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
      }),
    );
}

function removeCommand(cli: Cli): Command {
  return new Command('remove')
    .description('Remove the worktree of a closed project, if nothing is lost by that.')
    .addArgument(idArgument())
    .option('--dry-run', 'only say what would be removed')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', ABOUT_REMOVE)
    .addHelpText('after', examples('bridge-supervisor worktree remove 3f9a'))
    .action((id: string, options: { dryRun?: true; json?: true }) => remove(cli, id, options));
}

const ABOUT_REMOVE = `
Never by force: a change that is in no commit, or a commit that is on no branch,
keeps it. Files that git ignores go with it. Exit code: 1 when it is kept.`;

async function remove(
  cli: Cli,
  id: string,
  { dryRun = false, json }: { dryRun?: boolean; json?: true },
): Promise<void> {
  await withProject(
    cli,
    id,
    (bridge, projectId) => removeForPerson(bridge, projectId, cli.env, { dryRun }),
    (done) => {
      const { project, worktree, removal } = done;
      if (json) {
        cli.out.json(toWireWorktreeRemoval(done, dryRun));
        if (removal.kind === 'kept') cli.exitCode = EXIT.failed;
        return;
      }
      if (removal.kind === 'kept') {
        const { why, next } = keptText(removal, worktree);
        return fail(cli, `the worktree of ${named(project)} stays: ${why}`, next);
      }
      for (const line of removedLines(done, removal, cli.out.columns)) cli.out.line(line);
    },
  );
}
