import { Command } from 'commander';
import { denyRequest } from '../../bridge/requests.ts';
import type { Cli } from '../context.ts';
import { jsonOption, requestArgument } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { withRequest } from '../with-request.ts';

export function denyCommand(cli: Cli): Command {
  return new Command('deny')

    .addArgument(requestArgument())
    .requiredOption('--reason <text>', 'why not; Claude reads exactly this')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor deny 5a1b --reason "Publish from CI alone."'))
    .action((id: string, { reason, ...options }: { reason: string; json?: true }) =>
      withRequest(cli, id, options, (bridge, requestId) => denyRequest(bridge, requestId, reason, 'person')),
    );
}

const ABOUT = `
Claude is told the reason and goes on without the call. The first decision
stands.`;
