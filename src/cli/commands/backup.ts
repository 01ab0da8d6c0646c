import { Command } from 'commander';
import { workInStateFolder } from '../../control/work-in-state-folder.ts';
import { isClosed } from '../../project/project.ts';
import { plural } from '../../project/text.ts';
import { backUp } from '../../store/sqlite/backup.ts';
import type { Cli } from '../context.ts';
import { path } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';

export function backupCommand(cli: Cli): Command {
  return new Command('backup')

    .argument('<file>', 'a new file; an existing one is not overwritten', path)
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor backup ~/bridge-2026-11-21.db'))
    .action(async (file: string) => {
      await backUp(cli.stateDir, file);
      cli.out.line(`Backed up to ${file}. Put it back with: bridge-supervisor restore ${file}`);
      const open = (await workInStateFolder(cli.stateDir)).filter(({ project }) => !isClosed(project.status));
      if (open.length > 0)
        cli.out.hint(
          `Not in it: the work under way of ${plural(open.length, 'project')}, in worktrees/ and measure/.`,
        );
    });
}

const ABOUT = `
Contains projects, plans, decisions, runs and the history, but not Claude's own
output (runs/) or its sessions, nor worktrees/ and measure/: work that has not
landed is only there. What has landed is on the branches of your repositories.
A copy of bridge.db made by hand misses what is still in its log.`;
