import { Command } from 'commander';
import { allowRequest } from '../../bridge/requests.ts';
import type { Cli } from '../context.ts';
import { jsonOption, requestArgument } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { withRequest } from '../with-request.ts';

export function allowCommand(cli: Cli): Command {
  return new Command('allow')

    .addArgument(requestArgument())
    .option('--project', 'also each equal call of this project, from now on')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor allow 5a1b', 'bridge-supervisor allow 5a1b --project'))
    .action((id: string, { project, ...options }: { project?: true; json?: true }) =>
      withRequest(cli, id, options, (bridge, requestId) =>
        allowRequest(bridge, requestId, project ? 'project' : 'once', 'person'),
      ),
    );
}

const ABOUT = `
Allows exactly the call that 'questions' shows, once. The first decision stands.
To allow a kind of call for every project: 'policy' in config.json.`;
