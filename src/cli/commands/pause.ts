import { Command } from 'commander';
import { pause } from '../../bridge/holds.ts';
import { withBridge } from '../../control/host.ts';
import type { Cli } from '../context.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';

export function pauseCommand(cli: Cli): Command {
  return new Command('pause')

    .option('--reason <text>', 'why; `status` shows it')
    .addHelpText('after', examples('bridge-supervisor pause --reason "deploying until noon"'))
    .action(({ reason = '' }: { reason?: string }) =>
      withBridge(cli, async (bridge) => {
        await pause(bridge, plainLine(reason) || 'paused by a person', 'person');
        cli.out.line('Paused: no new runs start. Resume with: bridge-supervisor resume');
      }),
    );
}
