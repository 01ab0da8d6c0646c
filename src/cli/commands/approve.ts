import { Command } from 'commander';
import { approve } from '../../bridge/reviews.ts';
import type { Cli } from '../context.ts';
import { idArgument, wholeNumber } from '../terminal/arguments.ts';
import { dateAndTime } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

export function approveCommand(cli: Cli): Command {
  return new Command('approve')

    .addArgument(idArgument())
    .option('--round <number>', 'fail unless this round waits for a decision', wholeNumber(1))
    .option('--tree <digits>', 'fail unless this is what was measured of it')
    .addHelpText('after', examples('bridge-supervisor approve 3f9ac1d20b7e'))
    .action((id: string, { round, tree }: { round?: number; tree?: string }) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => approve(bridge, projectId, 'person', { round, tree }),
        async ({ project, decision, repeated }, bridge) => {
          if (repeated) {
            const at = dateAndTime(decision.createdAt);
            return cli.out.line(`${named(project)} was already approved (round ${decision.round}, ${at}).`);
          }
          cli.out.line(`Approved round ${decision.round} of ${named(project)}.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}
