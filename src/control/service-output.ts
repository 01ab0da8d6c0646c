/** Reads what the service printed: nothing, unless it could not start or ended with an unexpected error. */
import { linesOf } from '../characters.ts';
import type { RunProgram } from '../machine/program.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { cleanLine } from '../project/text.ts';
import type { Host } from './host.ts';
import { lastLogLines } from './log-reader.ts';

/** Its last lines joined to one; empty when nothing was printed or kept. */
export async function lastOutput(
  host: Pick<Host, 'env'>,
  manager: Pick<ServiceManager, 'ownOutput'>,
  run: RunProgram,
): Promise<string> {
  const lines = await keptLines(host, manager, run).catch(() => []);
  return lines
    .flatMap(linesOf)
    .map(cleanLine)
    .filter((line) => line !== '')
    .slice(-LINES)
    .join(' / ');
}

const LINES = 5;

async function keptLines(
  { env }: Pick<Host, 'env'>,
  manager: Pick<ServiceManager, 'ownOutput'>,
  run: RunProgram,
): Promise<string[]> {
  const output = manager.ownOutput(LINES, false);
  if (output.kind === 'none') return [];
  if (output.kind === 'file') return (await lastLogLines(output.path, LINES)).lines;
  return (await run(output.command, output.args, { env })).stdout.split('\n');
}
