import { Command } from 'commander';
import { retry } from '../bridge/direct.ts';
import { hintIfNobodyActs, named } from './after.ts';
import { idArgument } from './arguments.ts';
import { type Cli, withProject } from './context.ts';
import { examples } from './usage.ts';

export function retryCommand(cli: Cli): Command {
  return new Command('retry')
    .description('Put a project that needed your attention back into the queue; it keeps its session.')
    .addArgument(idArgument())
    .addHelpText('after', examples('bridge-supervisor retry 3f9ac1d20b7e'))
    .action((id: string) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => retry(bridge, projectId, 'person'),
        async (project, bridge) => {
          cli.out.line(`${named(project)} is back in the queue.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}
