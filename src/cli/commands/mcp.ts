import { Command, InvalidArgumentError, Option } from 'commander';
import { RELAY_CLIENTS, type RelayClient } from '../../project/relay.ts';
import type { Cli } from '../context.ts';
import { type Side, serve, serveFolder, serveGraph, serveMemory, serveRelay } from '../serve.ts';
import { path } from '../terminal/arguments.ts';

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
    .addCommand(relayServer(cli))
    .addCommand(memoryServer(cli))
    .addCommand(graphServer(cli))
    .addCommand(folderServer(cli));
}

function folderServer(cli: Cli): Command {
  return new Command('folder')
    .description('The files of the folder that both sides share; setup --toolset folder adds it.')
    .option('--path <folder>', 'share this folder, not that of config.json', path)
    .option('--all-tools', 'offer all 14 tools, not the 7 that suffice')
    .helpOption('-h, --help', 'show this help')
    .action((named: { path?: string; allTools?: true }) => serveFolder(cli.env, named));
}

function memoryServer(cli: Cli): Command {
  return new Command('memory')
    .description('Facts that Claude Desktop, Claude Code and you share; setup --toolset memory adds it.')
    .addOption(clientOption())
    .helpOption('-h, --help', 'show this help')
    .action(({ client }: { client: RelayClient }) => serveMemory(cli.env, client));
}

function graphServer(cli: Cli): Command {
  return new Command('graph')
    .description('The shared memory as a graph of entities and relations; setup --toolset graph adds it.')
    .addOption(clientOption())
    .helpOption('-h, --help', 'show this help')
    .action(({ client }: { client: RelayClient }) => serveGraph(cli.env, client));
}

function clientOption(): Option {
  return new Option('--client <side>', 'who is connected: desktop or code')
    .choices(RELAY_CLIENTS)
    .makeOptionMandatory();
}

function relayServer(cli: Cli): Command {
  return new Command('relay')
    .description('Messages between Claude Desktop and Claude Code; setup --toolset relay adds it.')
    .addOption(clientOption())
    .option('--hold', 'let it fetch only what you let through with: bridge-supervisor relay get')
    .option(
      '--idle-timeout <seconds>',
      'end after so long without a word of the client; Claude Desktop does not start it again by itself',
      idleTime,
    )
    .helpOption('-h, --help', 'show this help')
    .action(({ client, hold, idleTimeout }: RelayOptions) =>
      serveRelay(cli.env, { client, isHeld: hold === true, idleMs: idleTimeout }),
    );
}

interface RelayOptions {
  readonly client: RelayClient;
  readonly hold?: true;
  /** In milliseconds. */
  readonly idleTimeout?: number;
}

/** A week: a timer of Node cannot be longer than 24 days. */
const MAX_IDLE_SECONDS = 7 * 24 * 3_600;

function idleTime(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= MAX_IDLE_SECONDS) return seconds * 1_000;
  throw new InvalidArgumentError(`It must be a whole number of seconds from 1 to ${MAX_IDLE_SECONDS}.`);
}
