import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import type { Binding } from '../../bridge/decision-binding.ts';
import { type Decided, reject } from '../../bridge/reviews.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Result } from '../../result.ts';
import type { Cli } from '../context.ts';
import { bindingOf, waitingRound } from '../decide.ts';
import { idArgument, wholeNumber } from '../terminal/arguments.ts';
import { dateAndTime } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { measuredInShort } from '../views/evidence-text.ts';
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
        (bridge, projectId) => rejectWhatIsShown(cli, bridge, projectId, reason, { round, tree }),
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

/** In one line: whoever gives a reason has looked. */
async function rejectWhatIsShown(
  cli: Cli,
  bridge: Bridge,
  projectId: ProjectId,
  reason: string,
  given: Pick<Binding, 'round' | 'tree'>,
): Promise<Result<Decided>> {
  const waiting = await waitingRound(cli, bridge, projectId, given);
  if (!waiting) return reject(bridge, projectId, reason, 'person', given);
  const { measured, maxRounds } = waiting;
  if (measured) cli.out.line(`Measured of ${measuredInShort(measured)}.`);
  const options = { ...bindingOf(waiting, given), ...(maxRounds !== undefined && { maxRounds }) };
  return reject(bridge, projectId, reason, 'person', options);
}
