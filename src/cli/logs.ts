import { join } from 'node:path';
import { Command } from 'commander';
import { jsonOption, wholeNumber } from './arguments.ts';
import type { Cli } from './context.ts';
import { untilInterrupted } from './interrupt.ts';
import { followLog, lastLogLines } from './log-files.ts';
import { readLogLine } from './log-record.ts';
import { plainLines } from './text.ts';
import { examples } from './usage.ts';

interface Options {
  follow?: true;
  lines: number;
  json?: true;
}

export function logFile(cli: Cli): string {
  return join(cli.home, 'loop.log');
}

export function logsCommand(cli: Cli): Command {
  return new Command('logs')
    .description("Print the end of the supervisor's log.")
    .option('-f, --follow', 'go on with what is added, until ctrl-c')
    .option('-n, --lines <number>', 'how many lines', wholeNumber(0), 20)
    .addOption(jsonOption('one object for each line'))
    .addHelpText(
      'after',
      examples('bridge-supervisor logs -f', 'bridge-supervisor logs -n 1000 | grep run.ended'),
    )
    .action((options: Options) => logs(cli, options));
}

async function logs(cli: Cli, { follow, lines: count, json }: Options): Promise<void> {
  const path = logFile(cli);
  const show = (line: string) =>
    json ? cli.out.jsonLine(readLogLine(line)) : cli.out.line(plainLines(line).join(' '));
  const { lines, place } = await lastLogLines(path, count);
  if (place.file === undefined) cli.out.hint(`Nothing has been logged yet: ${path} does not exist.`);
  for (const line of lines) show(line);
  if (follow) await followLog(path, place, cli.clock, untilInterrupted(cli), show);
}
