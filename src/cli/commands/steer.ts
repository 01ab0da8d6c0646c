import { Command } from 'commander';
import { steer } from '../../bridge/control.ts';
import { type Cli, withProject } from '../context.ts';
import { idArgument } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';

export function steerCommand(cli: Cli): Command {
  return new Command('steer')
    .description('Send a message into a project; work under way takes it in between two steps.')
    .addArgument(idArgument())
    .argument('<text...>', 'what Claude should know')
    .option('--request-id <text>', 'sending again with the same id sends nothing twice')
    .addHelpText('after', examples('bridge-supervisor steer 3f9a "Use the database that is already there."'))
    .action((id: string, words: string[], { requestId }: { requestId?: string }) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => steer(bridge, projectId, words.join(' '), 'person', requestId),
        async ({ project }, bridge) => {
          const when = project.status === 'in_progress' ? 'between two steps' : 'as it starts';
          cli.out.line(`Message kept for ${named(project)}; Claude takes it in ${when}.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}
