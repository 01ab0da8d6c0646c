import { Command } from 'commander';
import { projectDetails } from '../../bridge/queries.ts';
import { nextCommands } from '../../control/next-commands.ts';
import { toWireProjectDetails } from '../../wire/project-details.ts';
import type { Cli } from '../context.ts';
import { idArgument, jsonOption, wholeNumber } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { runOutput } from '../views/run-output.ts';
import { showLines } from '../views/show-text.ts';
import { withProject } from '../with-project.ts';

interface Options {
  updates: number;
  json?: true;
}

export function showCommand(cli: Cli): Command {
  return new Command('show')

    .addArgument(idArgument())
    .option('--updates <number>', 'maximum number of updates; the newest are shown', wholeNumber(0), 20)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('bridge-supervisor show 3f9a', 'bridge-supervisor show 3f9a --json | jq -r .markdown'),
    )
    .action((id: string, { updates, json }: Options) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => projectDetails(bridge, projectId, updates),
        (details) => {
          if (json) {
            const next = nextCommands(details.project);
            return cli.out.json(toWireProjectDetails(details, (run) => runOutput(cli.stateDir, run), next));
          }
          for (const line of showLines(details, cli)) cli.out.line(line);
        },
      ),
    );
}
