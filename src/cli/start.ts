import { Command } from 'commander';
import type { Bridge } from '../bridge/bridge.ts';
import { duration } from './arguments.ts';
import { type Cli, configOf, fail, withBridge } from './context.ts';
import { prepareHome } from './home.ts';
import { logFile } from './logs.ts';
import { startSupervisor } from './start-supervisor.ts';
import { examples } from './usage.ts';

const PATIENCE_MS = 30_000;

export function startCommand(cli: Cli): Command {
  return new Command('start')
    .description('Start the supervisor in the background.')
    .option('--timeout <duration>', 'how long it may take to come up (default: 30s)', duration)
    .addHelpText(
      'after',
      '\nIt returns when the supervisor works, or says why it does not. The supervisor\nlives until `stop`, also when this terminal is closed, but not across a reboot.',
    )
    .addHelpText('after', examples('bridge-supervisor start'))
    .action(({ timeout }: { timeout?: number }) => start(cli, timeout));
}

/** Shared with `restart`. */
export async function start(cli: Cli, timeoutMs = PATIENCE_MS): Promise<void> {
  // A configuration that cannot be used is better said here than found in a log.
  configOf(cli);
  const prepared = await prepareHome(cli.home);
  if (!prepared.ok) return fail(cli, prepared.refusal);
  await withBridge(cli, (bridge) => startAndSay(cli, bridge, timeoutMs));
}

async function startAndSay(cli: Cli, bridge: Bridge, timeoutMs: number): Promise<void> {
  const result = await startSupervisor(cli, bridge, timeoutMs);
  if (result.kind === 'failed') return fail(cli, `the supervisor did not start: ${result.what}`);
  const words = result.kind === 'started' ? 'is running' : 'was already running';
  cli.out.line(`The supervisor ${words} (pid ${result.pid}).`);
  cli.out.line(`Log: ${logFile(cli)}`);
  cli.out.line('Next: bridge-supervisor send plan.md, or bridge-supervisor status');
}
