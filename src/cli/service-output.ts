/** What the manager keeps of what the service prints: nothing, unless it cannot start or ends of an error nobody expected. */
import type { RunProgram } from '../machine/program.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import type { Cli } from './context.ts';
import { lastLogLines } from './log-files.ts';
import { plainLines } from './terminal/text.ts';

/** Its last lines on one line; empty when it said nothing, or where nothing is kept. */
export async function lastOutput(
  cli: Pick<Cli, 'env'>,
  manager: Pick<ServiceManager, 'ownOutput'>,
  run: RunProgram,
): Promise<string> {
  const lines = await linesOf(cli, manager, run).catch(() => []);
  return lines
    .flatMap(plainLines)
    .filter((line) => line !== '')
    .slice(-LINES)
    .join(' / ');
}

const LINES = 5;

async function linesOf(
  { env }: Pick<Cli, 'env'>,
  manager: Pick<ServiceManager, 'ownOutput'>,
  run: RunProgram,
): Promise<string[]> {
  const output = manager.ownOutput(LINES, false);
  if (output.kind === 'none') return [];
  if (output.kind === 'file') return (await lastLogLines(output.path, LINES)).lines;
  return (await run(output.command, output.args, { env })).stdout.split('\n');
}
