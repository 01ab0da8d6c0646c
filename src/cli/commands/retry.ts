import { Command, Option } from 'commander';
import { retry } from '../../bridge/control.ts';
import { retryAll } from '../../bridge/retry-all.ts';
import { configOf, withBridge } from '../../control/host.ts';
import type { OutcomeKind } from '../../project/outcome.ts';
import { PARKING_OUTCOMES } from '../../project/retry.ts';
import { toWireProject } from '../../wire/project.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption, usDollars } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

interface Options {
  all?: true;
  reason?: OutcomeKind;
  budget?: number;
  json?: true;
}

export function retryCommand(cli: Cli): Command {
  return new Command('retry')

    .addArgument(idArgument().argOptional())
    .option('--all', 'every project that needs attention')
    .addOption(
      new Option('--reason <kind>', 'with --all: only those whose last run ended this way').choices(
        PARKING_OUTCOMES,
      ),
    )
    .option('--budget <usd>', 'what all its runs together may cost from now on', usDollars)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor retry 3f9ac1d20b7e',
        'bridge-supervisor retry 3f9ac1d20b7e --budget 8',
        'bridge-supervisor retry --all',
        'bridge-supervisor retry --all --reason api_error --json',
      ),
    )
    .action((id: string | undefined, options: Options) => {
      if (id !== undefined && options.all)
        return fail(cli, 'an id and --all exclude each other', 'Give one of them.');
      if (options.reason && !options.all)
        return fail(cli, '--reason needs --all', 'Add --all, or leave it out.');
      if (options.all && options.budget !== undefined)
        return fail(cli, '--all and --budget exclude each other', 'Give each project its own.');
      if (id !== undefined) return retryOne(cli, id, options);
      if (options.all) return retryEach(cli, options);
      return fail(
        cli,
        'no project was given',
        'Give an id, or --all for every project that needs attention.',
      );
    });
}

async function retryOne(cli: Cli, id: string, { budget, json }: Options): Promise<void> {
  const raised = budget === undefined ? undefined : { usd: budget, policy: configOf(cli) };
  await withProject(
    cli,
    id,
    (bridge, projectId) => retry(bridge, projectId, 'person', raised),
    async (project, bridge) => {
      if (json) return cli.out.json(toWireProject(project));
      cli.out.line(`${named(project)} is back in the queue.`);
      await hintIfNobodyActs(cli, bridge);
    },
  );
}

async function retryEach(cli: Cli, { reason, json }: Options): Promise<void> {
  await withBridge(cli, async (bridge) => {
    const projects = await retryAll(bridge, 'person', reason);
    if (json) return cli.out.json(projects.map(toWireProject));
    for (const project of projects) cli.out.line(`${named(project)} is back in the queue.`);
    if (projects.length > 0) return hintIfNobodyActs(cli, bridge);
    cli.out.hint(reason ? `No project needs attention because of ${reason}.` : 'No project needs attention.');
  });
}
