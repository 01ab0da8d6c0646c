/** What the manager keeps of what the service prints: nothing, unless it cannot start or ends of an error nobody expected. */
import { linesOf } from '../characters.ts';
import type { RunProgram } from '../machine/program.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { cleanLine } from '../project/text.ts';
import type { Host } from './host.ts';
import { lastLogLines } from './log-reader.ts';

/** Its last lines on one line; empty when it said nothing, or where nothing is kept. */
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
