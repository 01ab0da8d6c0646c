import { Command } from 'commander';
import { type FoundService, serviceOf } from '../../control/find-service.ts';
import { followLog, lastLogLines } from '../../control/log-reader.ts';
import { ownAccount } from '../../machine/account.ts';
import { programLines } from '../../machine/program-lines.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import { logFile } from '../../state-folder.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, wholeNumber } from '../terminal/arguments.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { plainLines } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { readLogLine } from '../views/log-record.ts';

interface Options {
  follow?: true;
  lines: number;
  json?: true;
  service?: true;
}

export function logsCommand(cli: Cli): Command {
  return new Command('logs')

    .option('-f, --follow', 'follow the log until ctrl-c')
    .option('-n, --lines <number>', 'number of lines', wholeNumber(0), 20)
    .option('--service', 'print what the service itself printed')
    .addOption(jsonOption('one object per line'))
    .addHelpText(
      'after',
      examples('bridge-supervisor logs -f', 'bridge-supervisor logs -n 1000 | grep run.ended'),
    )
    .action((options: Options) => showLogs(cli, options));
}

export async function showLogs(cli: Cli, options: Options, services: Services = ownServices): Promise<void> {
  const service = await serviceOf(cli, services);
  if (options.service) return serviceLogs(cli, options, service);
  const path = logFile(cli.stateDir);
  if (service) cli.out.hint(`The log of ${service.manager.title}: ${path}`);
  const show = (line: string) =>
    options.json ? cli.out.jsonLine(readLogLine(line)) : cli.out.line(plainLines(line).join(' '));
  await showFile(cli, path, options, show);
}

/** Where the reason of a failed start or an unexpected end is, when there is no log. */
async function serviceLogs(cli: Cli, options: Options, service: FoundService | null): Promise<void> {
  const { follow, lines, json } = options;
  if (!service)
    return fail(cli, `no service is installed for ${cli.stateDir}`, 'See: bridge-supervisor install --help');
  const { manager } = service;
  const output = manager.ownOutput(lines, follow ?? false);
  if (output.kind === 'none') return fail(cli, output.why, 'See: bridge-supervisor logs');
  const show = (line: string) =>
    json ? cli.out.jsonLine({ text: line }) : cli.out.line(plainLines(line).join(' '));
  cli.out.hint(`What ${manager.title} printed:`);
  if (output.kind === 'file') return showFile(cli, output.path, options, show);
  const { command, args } = output;
  const signal = untilInterrupted(cli);
  if (!(await programLines(command, args, { env: cli.env, signal }, show)))
    fail(
      cli,
      `${command} failed`,
      `If you may not read the journal, root can allow it: usermod -aG systemd-journal ${ownAccount(cli.env).name}; then log in again. The command was: ${[command, ...args].join(' ')}`,
    );
}

async function showFile(
  cli: Cli,
  path: string,
  { follow, lines: count }: Options,
  show: (line: string) => void,
): Promise<void> {
  const { lines, place } = await lastLogLines(path, count);
  if (place.file === undefined) cli.out.hint(`Nothing has been logged yet: ${path} does not exist.`);
  for (const line of lines) show(line);
  if (follow) await followLog(path, place, cli.clock, untilInterrupted(cli), show);
}
