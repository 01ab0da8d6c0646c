import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { approve, type Decided } from '../../bridge/reviews.ts';
import type { ProjectId } from '../../project/ids.ts';
import { isOutline, nameOfRound } from '../../project/outline.ts';
import { type Result, refuse } from '../../result.ts';
import type { Cli } from '../context.ts';
import { bindingOf, bindingText, waitingRound } from '../decide.ts';
import { idArgument, wholeNumber, yesOption } from '../terminal/arguments.ts';
import { canAsk, confirm } from '../terminal/ask.ts';
import { layoutOf } from '../terminal/layout.ts';
import { dateAndTime } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { evidenceLines } from '../views/evidence-text.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

interface Options {
  round?: number;
  tree?: string;
  yes?: true;
}

export function approveCommand(cli: Cli): Command {
  return new Command('approve')

    .addArgument(idArgument())
    .option('--round <number>', 'fail unless this round waits for a decision', wholeNumber(1))
    .option('--tree <digits>', 'fail unless this is what was measured of it')
    .addOption(yesOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor approve 3f9a', 'bridge-supervisor approve 3f9a --round 2 --tree 9f3c1e07'),
    )
    .action((id: string, options: Options) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => approveWhatIsShown(cli, bridge, projectId, options),
        async ({ project, decision, repeated }, bridge) => {
          const what = nameOfRound(decision.round, isOutline(project, decision.round));
          if (repeated) {
            const at = dateAndTime(decision.createdAt);
            return cli.out.line(`${named(project)} was already approved (${what}, ${at}).`);
          }
          cli.out.line(`Approved ${what} of ${named(project)}.`);
          if (isOutline(project, decision.round))
            cli.out.line(`Nothing landed: Claude begins the work in round ${decision.round + 1}.`);
          await hintIfNobodyActs(cli, bridge);
        },
      ),
    );
}

const ABOUT = `
Shows what was measured and what the approval does, asks, and approves exactly
that: work that has changed since is refused. With --round and --tree it neither
shows nor asks. With --yes, or without a terminal, it shows and does not ask.`;

async function approveWhatIsShown(
  cli: Cli,
  bridge: Bridge,
  projectId: ProjectId,
  { round, tree, yes }: Options,
): Promise<Result<Decided>> {
  const given = { round, tree };
  const waiting = await waitingRound(cli, bridge, projectId, given);
  if (!waiting || (round !== undefined && tree !== undefined))
    return approve(bridge, projectId, 'person', given);
  for (const line of evidenceLines(waiting, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
  cli.out.line();
  const outline = isOutline(waiting.project) ? 'the outline of ' : '';
  const question = `Approve ${outline}${bindingText(waiting)} of ${named(waiting.project)}?`;
  if (!yes && canAsk() && !(await confirm(question)))
    return refuse(`${named(waiting.project)} was not approved; nothing was changed.`);
  return approve(bridge, projectId, 'person', bindingOf(waiting, given));
}
