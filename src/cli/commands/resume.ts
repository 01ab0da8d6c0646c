import { Command } from 'commander';
import { resume } from '../../bridge/holds.ts';
import { withBridge } from '../../control/host.ts';
import type { Cli } from '../context.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs } from '../views/hints.ts';

export function resumeCommand(cli: Cli): Command {
  return new Command('resume').addHelpText('after', examples('bridge-supervisor resume')).action(() =>
    withBridge(cli, async (bridge) => {
      const ended = await resume(bridge, 'person');
      if (ended.length === 0) cli.out.line('Nothing was on hold.');
      for (const { kind, reason } of ended) cli.out.line(`Ended hold: ${kind} (${plainLine(reason)})`);
      await hintIfNobodyActs(cli, bridge);
    }),
  );
}
