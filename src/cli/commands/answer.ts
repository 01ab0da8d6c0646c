import { Command } from 'commander';
import { answerRequest } from '../../bridge/requests.ts';
import type { Cli } from '../context.ts';
import { jsonOption, requestArgument } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { withRequest } from '../with-request.ts';

export function answerCommand(cli: Cli): Command {
  return new Command('answer')

    .addArgument(requestArgument())
    .argument('<text...>', 'the answer; Claude reads exactly this')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor answer 5a1b "Port 8080, as in production."'))
    .action((id: string, text: string[], options: { json?: true }) =>
      withRequest(cli, id, options, (bridge, requestId) =>
        answerRequest(bridge, requestId, text.join(' '), 'person'),
      ),
    );
}

const ABOUT = `
The first answer stands. Claude goes on with it in the same session: at once
where its run still waits, else in a new run.`;
