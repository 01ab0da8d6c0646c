import { Command } from 'commander';
import { reject } from '../../bridge/reviews.ts';
import type { Cli } from '../context.ts';
import { idArgument, wholeNumber } from '../terminal/arguments.ts';
import { dateAndTime } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

export function rejectCommand(cli: Cli): Command {
  return new Command('reject')

    .addArgument(idArgument())
    .requiredOption('--reason <text>', 'what to change; Claude reads exactly this')
    .option('--round <number>', 'fail unless this round waits for a decision', wholeNumber(1))
    .option('--tree <digits>', 'fail unless this is what was measured of it')
    .addHelpText(
      'after',
      examples('bridge-supervisor reject 3f9a --reason "Keep the old file format readable."'),
    )
    .action((id: string, { reason, round, tree }: { reason: string; round?: number; tree?: string }) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => reject(bridge, projectId, reason, 'person', { round, tree }),
        async ({ project, decision, repeated }, bridge) => {
          if (repeated) {
            const at = dateAndTime(decision.createdAt);
            return cli.out.line(
              `${named(project)} was already rejected with this reason (round ${decision.round}, ${at}).`,
            );
          }
          cli.out.line(`Rejected round ${decision.round} of ${named(project)}.`);
          if (project.attention !== null) return cli.out.line(`It needs attention: ${project.attention}.`);
          cli.out.line(`Claude starts round ${decision.round + 1} with your reason.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}
