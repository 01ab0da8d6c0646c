import { Command } from 'commander';
import { checkSettings } from '../../control/check-settings.ts';
import type { Cli } from '../context.ts';
import { duration } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';

export function restartCommand(cli: Cli): Command {
  return new Command('restart')

    .option('--timeout <duration>', 'how long to wait before sending a signal', duration)
    .addHelpText('after', examples('bridge-supervisor restart'))
    .action(async ({ timeout }: { timeout?: number }) => {
      // First: with an invalid configuration nothing would start again.
      await checkSettings(cli);
      await stop(cli, timeout, { isForGood: false });
      if (cli.exitCode === 0) await start(cli);
    });
}
