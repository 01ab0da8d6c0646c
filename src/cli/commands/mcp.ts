import { Command, Option } from 'commander';
import { RELAY_CLIENTS, type RelayClient } from '../../project/relay.ts';
import type { Cli } from '../context.ts';
import { type Side, serve, serveRelay } from '../serve.ts';

export function mcpCommand(cli: Cli): Command {
  const server = (side: Side, description: string) =>
    new Command(side)
      .description(description)
      .helpOption('-h, --help', 'show this help')
      .action(() => serve(side, cli.env));
  return new Command('mcp')
    .helpCommand(false)
    .addCommand(server('desktop', 'The tools of Claude Desktop: send plans, see progress, approve, reject.'))
    .addCommand(server('code', 'The tools of Claude Code: take a plan, report progress, submit the work.'))
    .addCommand(
      server(
        'channels',
        'Channels in which agents send each other messages; setup --toolset channels adds it.',
      ),
    )
    .addCommand(
      server(
        'scripts',
        'Your scripts, and tasks for Claude Code, for other agents; setup --toolset scripts adds it.',
      ),
    )
    .addCommand(relayServer(cli));
}

function relayServer(cli: Cli): Command {
  return new Command('relay')
    .description('Messages between Claude Desktop and Claude Code; setup --toolset relay adds it.')
    .addOption(
      new Option('--client <side>', 'who is connected: desktop or code')
        .choices(RELAY_CLIENTS)
        .makeOptionMandatory(),
    )
    .option('--hold', 'let it fetch only what you let through with: bridge-supervisor relay get')
    .helpOption('-h, --help', 'show this help')
    .action(({ client, hold }: { client: RelayClient; hold?: true }) =>
      serveRelay(cli.env, client, hold === true),
    );
}
