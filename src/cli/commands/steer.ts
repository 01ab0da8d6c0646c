import { Command } from 'commander';
import { steer } from '../../bridge/control.ts';
import type { Cli } from '../context.ts';
import { idArgument } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

export function steerCommand(cli: Cli): Command {
  return new Command('steer')

    .addArgument(idArgument())
    .argument('<text...>', 'what Claude should know')
    .option('--request-id <text>', 'a repeat with the same id sends nothing')
    .addHelpText('after', examples('bridge-supervisor steer 3f9a "Use the database that is already there."'))
    .action((id: string, text: string[], { requestId }: { requestId?: string }) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => steer(bridge, projectId, text.join(' '), 'person', requestId),
        async ({ project }, bridge) => {
          const when = project.status === 'in_progress' ? 'between two steps' : 'when it starts';
          cli.out.line(`Message saved for ${named(project)}; Claude reads it ${when}.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}
