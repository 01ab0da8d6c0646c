import { Argument, Command } from 'commander';
import { deleteFromGraph, type GraphDeletions } from '../../bridge/graph.ts';
import { findInGraph, listGraph, searchGraph } from '../../bridge/look-at-graph.ts';
import { withBridge } from '../../control/host.ts';
import { describeCounts } from '../../project/graph.ts';
import { toWireFoundEntity, toWireGraphHead, toWireWholeEntity } from '../../wire/graph.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { plainLine } from '../terminal/text.ts';
import { examples, UsageError } from '../terminal/usage.ts';
import { entityLines, foundLines, graphHeadLines } from '../views/graph-text.ts';

const PERSON = { actor: 'person', runId: null } as const;

type Json = { json?: true };

export function memoryGraphCommand(cli: Cli): Command {
  return new Command('graph')
    .description('See and delete the entities and relations that agents keep.')
    .helpCommand(false)
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(searchCommand(cli))
    .addCommand(deleteCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor memory graph list', 'bridge-supervisor memory graph show "Ann Lee"'),
    );
}

const ABOUT = `
Agents write it with the tools of the reference memory server, which
'setup --toolset graph' adds. 'import memory.jsonl' takes over what that server
has kept. docs/memory.md has the whole of it.`;

const LOOK = 'What there is: bridge-supervisor memory graph list';

function nameArgument(): Argument {
  return new Argument('<name>', "of an entity, as 'memory graph list' shows it");
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the entities by name, with how much is known of each.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor memory graph list --json'))
    .action(({ json }: Json) =>
      withBridge(cli, async (bridge) => {
        const { entities, total } = await listGraph(bridge);
        if (json)
          return cli.out.json({
            entities: entities.map(toWireGraphHead),
            total_entities: total.entities,
            total_observations: total.observations,
            total_relations: total.relations,
          });
        for (const line of entities.flatMap((one) => graphHeadLines(one, layout(cli)))) cli.out.line(line);
        cli.out.line(`${describeCounts(total)} in all.`);
      }),
    );
}

function layout(cli: Cli) {
  return layoutOf(cli.out, cli.clock.now());
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .addArgument(nameArgument())
    .description('Show one entity: its observations and relations, with who wrote each.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor memory graph show "Ann Lee"'))
    .action((name: string, { json }: Json) =>
      withBridge(cli, async (bridge) => {
        const entity = await findInGraph(bridge, name);
        if (entity === undefined) return fail(cli, `there is no entity '${plainLine(name)}'.`, LOOK);
        if (json) return cli.out.json(toWireWholeEntity(entity));
        for (const line of entityLines(entity, layout(cli))) cli.out.line(line);
      }),
    );
}

function searchCommand(cli: Cli): Command {
  return new Command('search')
    .argument('<text>', 'part of a name, of a type or of an observation, in any case')
    .description('Find entities, and show what was found of their observations.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor memory graph search bread'))
    .action((text: string, { json }: Json) =>
      withBridge(cli, async (bridge) => {
        const found = await searchGraph(bridge, text);
        if (json) return cli.out.json({ entities: found.map(toWireFoundEntity) });
        if (found.length === 0) cli.out.line(`Nothing in the graph holds '${plainLine(text)}'.`);
        for (const line of found.flatMap((one) => foundLines(one, layout(cli)))) cli.out.line(line);
      }),
    );
}

interface Chosen {
  readonly observation?: string;
  readonly relation?: string;
  readonly to?: string;
}

function deleteCommand(cli: Cli): Command {
  return new Command('delete')
    .addArgument(nameArgument())
    .description('Delete an entity with its observations and relations, or one of them.')
    .option('--observation <text>', 'only this one of its observations')
    .option('--relation <type>', 'only its relation of this type to the one of --to')
    .option('--to <name>', 'where that relation ends')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText(
      'after',
      `
What is deleted cannot be had back, but from a backup.`,
    )
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor memory graph delete "Ann Lee"',
        'bridge-supervisor memory graph delete "Ann Lee" --relation works_at --to Shop',
      ),
    )
    .action(async (name: string, { json, ...chosen }: Chosen & Json) => {
      if ((chosen.relation === undefined) !== (chosen.to === undefined))
        throw new UsageError(
          '--relation and --to name a relation together. See: bridge-supervisor memory graph delete --help',
        );
      const deleted = await withBridge(cli, (bridge) =>
        deleteFromGraph(bridge, deletionsOf(name, chosen), PERSON),
      );
      if (json) return cli.out.json(deleted);
      const isAny = Object.values(deleted).some((count) => count > 0);
      cli.out.line(isAny ? `Deleted: ${describeCounts(deleted)}.` : 'There is no such thing in the graph.');
      if (!isAny) cli.out.hint(LOOK);
    });
}

function deletionsOf(name: string, { observation, relation, to }: Chosen): GraphDeletions {
  if (observation === undefined && relation === undefined) return { entities: [name] };
  return {
    observations: observation === undefined ? [] : [{ entityName: name, contents: [observation] }],
    relations: relation === undefined || to === undefined ? [] : [{ from: name, relationType: relation, to }],
  };
}
