/** What all commands share in how they are called: help that fits the terminal, and errors as one line with a hint. */

import { type Command, CommanderError } from 'commander';
import { ExpectedError } from '../../expected-error.ts';
import type { Output } from './output.ts';

/** The call was wrong: nothing was done. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The caller may not make this call: nothing was done. */
export class RefusedError extends ExpectedError {
  override name = 'RefusedError';
}

/** Sets up a command and all below it: wrong calls throw UsageError; shown help or version throw CommanderError. */
export function prepare(command: Command, out: Output): Command {
  const option = (text: string) => out.style('cyan', text);
  command
    .configureOutput({
      writeOut: out.raw,
      // Errors are thrown, and shown in one place.
      writeErr: () => undefined,
      getOutHelpWidth: () => out.columns,
      // Colour has been decided on by `out`.
      getOutHasColors: () => true,
    })
    .configureHelp({
      styleTitle: (title) => out.style('bold', title),
      styleSubcommandText: option,
      styleOptionText: option,
      styleArgumentText: option,
    })
    .helpOption('-h, --help', 'show this help')
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(command, error);
    });
  for (const child of command.commands) prepare(child, out);
  return command;
}

/** Help or the version was asked for and shown. */
export function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** Lines of examples, for the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

function usageError(command: Command, error: { code?: string; message: string }): UsageError {
  // commander throws this when no command is given; it would show the help on stderr.
  const message = error.code === 'commander.help' ? 'missing command' : error.message;
  const oneLine = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  return new UsageError(`${oneLine}${/[.?)]$/.test(oneLine) ? '' : '.'} See: ${pathOf(command)} --help`);
}

/** The words that call it, such as `bridge-supervisor mcp code`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
