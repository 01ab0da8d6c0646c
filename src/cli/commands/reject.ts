import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { type Decided, reject } from '../../bridge/reviews.ts';
import type { ProjectId } from '../../project/ids.ts';
import { isOutline, nameOfRound } from '../../project/outline.ts';
import { chooseRevision, type ReviseIn } from '../../project/revision.ts';
import { describeChoice } from '../../project/revision-text.ts';
import type { Result } from '../../result.ts';
import { type Cli, fail } from '../context.ts';
import { bindingOf, waitingRound } from '../decide.ts';
import { idArgument, wholeNumber } from '../terminal/arguments.ts';
import { dateAndTime } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { measuredInShort } from '../views/evidence-text.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

interface Options {
  reason: string;
  fresh?: true;
  session?: true;
  allow?: readonly string[];
  round?: number;
  tree?: string;
}

export function rejectCommand(cli: Cli): Command {
  return new Command('reject')

    .addArgument(idArgument())
    .requiredOption('--reason <text>', 'what to change; Claude reads exactly this')
    .option('--fresh', 'Claude revises the work in a new session')
    .option('--session', 'Claude revises it in the session that did the work')
    .option('--allow <rule>', 'what Claude may do from now on; once for each rule', rules)
    .option('--round <number>', 'fail unless this round waits for a decision', wholeNumber(1))
    .option('--tree <digits>', 'fail unless this is what was measured of it')
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor reject 3f9a --reason "Keep the old file format readable."',
        'bridge-supervisor reject 3f9a --reason "Test it." --allow "Bash(npm test *)"',
      ),
    )
    .addHelpText('after', ABOUT)
    .action((id: string, options: Options) => {
      if (options.fresh && options.session)
        return fail(cli, '--fresh and --session exclude each other', 'Give one of them.');
      return withProject(
        cli,
        id,
        (bridge, projectId) => rejectWhatIsShown(cli, bridge, projectId, options),
        async ({ project, decision, repeated }, bridge) => {
          const isOfOutline = isOutline(project, decision.round);
          const what = nameOfRound(decision.round, isOfOutline);
          if (repeated) {
            const at = dateAndTime(decision.createdAt);
            return cli.out.line(`${named(project)} was already rejected with this reason (${what}, ${at}).`);
          }
          cli.out.line(`Rejected ${what} of ${named(project)}.`);
          if (project.attention !== null) return cli.out.line(`It needs attention: ${project.attention}.`);
          const begun = isOfOutline ? 'makes another outline in' : 'starts';
          cli.out.line(`Claude ${begun} round ${decision.round + 1} with your reason.`);
          for (const rule of decision.allowed)
            cli.out.line(
              `It may use ${rule} ${isOfOutline ? 'once the work begins' : 'from now on'}, in this project.`,
            );
          await hintIfNobodyActs(cli, bridge);
        },
      );
    });
}

const ABOUT = `
Says what either session costs to begin with. Without --fresh or --session the
key 'revise_in' of the configuration decides. --allow permits a kind of call
that was refused, for this project alone; what the policy denies stays denied.`;

function rules(rule: string, former: readonly string[] = []): readonly string[] {
  return [...former, rule];
}

/** In one line: whoever gives a reason has looked. */
async function rejectWhatIsShown(
  cli: Cli,
  bridge: Bridge,
  projectId: ProjectId,
  { reason, round, tree, fresh, session, allow = [] }: Options,
): Promise<Result<Decided>> {
  const given = { round, tree };
  const reviseIn: ReviseIn | undefined = fresh ? 'fresh' : session && 'session';
  const waiting = await waitingRound(cli, bridge, projectId, given);
  if (!waiting) return reject(bridge, projectId, reason, 'person', { ...given, reviseIn, allow });
  const { measured, maxRounds, policy, revision } = waiting;
  if (measured) cli.out.line(`Measured of ${measuredInShort(measured)}.`);
  if (revision) {
    const choice = reviseIn ? chooseRevision({ asked: reviseIn, by: 'decision' }, revision.cost) : revision;
    cli.out.line(`A revision goes on ${describeChoice(choice)}.`);
  }
  const binding = { ...bindingOf(waiting, given), reviseIn, allow, policy };
  return reject(bridge, projectId, reason, 'person', {
    ...binding,
    ...(maxRounds !== undefined && { maxRounds }),
  });
}
