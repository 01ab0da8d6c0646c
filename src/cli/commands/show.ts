import { Command } from 'commander';
import { measuredRound } from '../../bridge/measured-round.ts';
import { projectDetails } from '../../bridge/queries.ts';
import { readableConfig } from '../../control/host.ts';
import { nextCommands } from '../../control/next-commands.ts';
import { deniedNow } from '../../project/project-details.ts';
import { ok } from '../../result.ts';
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
        async (bridge, projectId) => {
          const details = await projectDetails(bridge, projectId, updates);
          if (!details.ok) return details;
          const shown = await measuredRound(bridge, readableConfig(cli), projectId);
          if (!shown.ok) return shown;
          return ok({ details: details.value, revision: shown.value.revision });
        },
        ({ details, revision }) => {
          if (json) {
            const next = nextCommands(details.project, deniedNow(details));
            return cli.out.json(
              toWireProjectDetails(details, revision, (run) => runOutput(cli.stateDir, run), next),
            );
          }
          for (const line of showLines(details, revision, cli)) cli.out.line(line);
        },
      ),
    );
}
