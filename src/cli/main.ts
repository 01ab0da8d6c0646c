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
import { COMMANDS } from './command-table.ts';
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
    const called = args.length > 0 ? args : ['--help'];
    const program = await programFor(cli, called);
    await program.parseAsync(called, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return explainError(cli, error);
  }
}

async function programFor(cli: Cli, args: readonly string[]): Promise<Command> {
  const program = new Command('bridge-supervisor')
    .description('Runs Claude Code on your plans, unattended, and brings every result to you for approval.')
    .version(VERSION, '-V, --version', 'show the version')
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText('after', ABOUT);
  // No option before the command takes a value, so the first word is its name.
  const called = args.find((arg) => !arg.startsWith('-'));
  for (const entry of COMMANDS) {
    // Without the rest, it is enough for the help, and to find what a misspelt name means.
    const command = entry.name === called ? takingYes(await entry.load(cli)) : new Command(entry.name);
    program.addCommand(command.description(entry.summary).helpGroup(entry.group));
  }
  program.hook('preAction', (_, command) => refuseInsideRun(cli, command));
  return prepare(program, cli.out).configureHelp({
    ...program.configureHelp(),
    subcommandTerm: (command) => TERMS.get(command.name()) ?? command.name(),
  });
}

const TERMS = new Map(COMMANDS.map(({ name, usage }) => [name, `${name} ${usage}`.trimEnd()]));

function refuseInsideRun(cli: Cli, command: Command): void {
  const [, ...names] = pathOf(command).split(' ');
  const called = [...names, ...(command.getOptionValue('fix') ? ['--fix'] : [])].join(' ');
  const refusal = whyNotInsideRun(cli.env, called);
  if (refusal !== undefined) throw new RefusedError(refusal);
}

/** Commands that change nothing. */
const READ_ONLY = ['status', 'logs', 'list', 'show', 'evidence', 'questions', 'budget', 'watch'];

/**
 * A script may give --yes to every command that changes something, whether that one asks or not. Of a group, the commands
 * in it say so themselves.
 */
export function takingYes(command: Command): Command {
  const isTaken = command.options.some(({ long }) => long === '--yes');
  if (isTaken || command.commands.length > 0 || READ_ONLY.includes(command.name())) return command;
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
