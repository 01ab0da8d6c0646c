/**
 * The command line: what a person or a script asks of the bridge. It promises results on stdout and one line on stderr
 * for whatever went wrong, and exits with 0 (done), 1 (refused or failed), 2 (called wrongly) or 3 (`status`: nothing
 * runs). It only calls the verbs; nothing is decided here.
 */

import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { keepHangupIgnored } from '../machine/hangup.ts';
import { stateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';
import { approveCommand } from './commands/approve.ts';
import { backupCommand } from './commands/backup.ts';
import { cancelCommand } from './commands/cancel.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { installCommand } from './commands/install.ts';
import { listCommand } from './commands/list.ts';
import { logsCommand } from './commands/logs.ts';
import { mcpCommand } from './commands/mcp.ts';
import { pauseCommand } from './commands/pause.ts';
import { rejectCommand } from './commands/reject.ts';
import { restartCommand } from './commands/restart.ts';
import { restoreCommand } from './commands/restore.ts';
import { resumeCommand } from './commands/resume.ts';
import { retryCommand } from './commands/retry.ts';
import { runCommand } from './commands/run.ts';
import { sendCommand } from './commands/send.ts';
import { setupCommand } from './commands/setup.ts';
import { showCommand } from './commands/show.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { steerCommand } from './commands/steer.ts';
import { stopCommand } from './commands/stop.ts';
import { uninstallCommand } from './commands/uninstall.ts';
import { watchCommand } from './commands/watch.ts';
import type { Cli } from './context.ts';
import { explainError } from './errors.ts';
import { whyNotInsideRun } from './inside-run.ts';
import { yesOption } from './terminal/arguments.ts';
import { openOutput } from './terminal/output.ts';
import { pathOf, prepare, RefusedError } from './terminal/usage.ts';

/**
 * Carries out one call and returns the exit code.
 *
 * @param selfCommand The program and arguments that start this command line again.
 */
export async function main(
  args: readonly string[],
  env: Environment,
  selfCommand: readonly string[],
): Promise<number> {
  keepHangupIgnored(env);
  const out = openOutput(env);
  const cli: Cli = {
    env,
    // Read when it is needed: help and the version are there without one.
    get stateDir() {
      return stateFolder(env);
    },
    clock: systemClock,
    out,
    selfCommand,
    exitCode: 0,
  };
  try {
    // Called with nothing: show what there is.
    await program(cli).parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return explainError(cli, error);
  }
}

const COMMANDS: Record<string, readonly ((cli: Cli) => Command)[]> = {
  'Supervisor:': [startCommand, stopCommand, restartCommand, statusCommand, logsCommand, runCommand],
  'Service:': [installCommand, uninstallCommand],
  'Work:': [sendCommand, listCommand, showCommand, watchCommand],
  'Decide and steer:': [approveCommand, rejectCommand, steerCommand, cancelCommand, retryCommand],
  'Back up:': [backupCommand, restoreCommand],
  'Pause and resume:': [pauseCommand, resumeCommand],
  'Set up and check:': [setupCommand, doctorCommand, demoCommand, mcpCommand],
};

function program(cli: Cli): Command {
  const program = new Command('bridge-supervisor')
    .description('Runs Claude Code on your plans, unattended, and brings every result to you for approval.')
    .version(VERSION, '-V, --version', 'show the version')
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText('after', ABOUT);
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    for (const create of commands) program.addCommand(takingYes(create(cli)).helpGroup(heading));
  }
  program.hook('preAction', (_, command) => refuseInsideRun(cli, command));
  return prepare(program, cli.out);
}

function refuseInsideRun(cli: Cli, command: Command): void {
  const [, ...names] = pathOf(command).split(' ');
  const words = [...names, ...(command.getOptionValue('fix') ? ['--fix'] : [])].join(' ');
  const refusal = whyNotInsideRun(cli.env, words);
  if (refusal !== undefined) throw new RefusedError(refusal);
}

/** They change nothing. */
const LOOKING = ['status', 'logs', 'list', 'show', 'watch', 'mcp'];

/** A script may give --yes to every command that changes something, whether that one asks or not. */
function takingYes(command: Command): Command {
  const isTaken = command.options.some(({ long }) => long === '--yes');
  if (isTaken || LOOKING.includes(command.name())) return command;
  return command.addOption(yesOption().hideHelp());
}

const ABOUT = `
An ID is 12 hex digits; its first 4 or more are enough while they are unique.

Examples:
  bridge-supervisor start
  bridge-supervisor send plan.md --workspace website
  bridge-supervisor watch
  bridge-supervisor approve 3f9a

The state folder is ~/.claude-bridge, or BRIDGE_HOME.
Every command that changes something takes --yes to skip confirmation.
See \`bridge-supervisor <command> --help\` for each command.
`;
