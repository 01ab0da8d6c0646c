import { Command } from 'commander';
import type { Cli } from '../context.ts';
import { type Side, serve } from '../serve.ts';

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
    );
}
