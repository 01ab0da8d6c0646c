import { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { duration } from './arguments.ts';
import { type Cli, configOf, fail, withBridge } from './context.ts';
import { type StopReport, stopSupervisor } from './stop-supervisor.ts';
import { plainLine } from './text.ts';
import { examples } from './usage.ts';

export function stopCommand(cli: Cli): Command {
  return new Command('stop')
    .description('Stop the supervisor and the runs under way, and wait until they have ended.')
    .option('--timeout <duration>', 'how long to wait before it is ended by signal', duration)
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor stop', 'bridge-supervisor stop --timeout 0s'))
    .action(({ timeout }: { timeout?: number }) => stop(cli, timeout));
}

const ABOUT = `
It asks first, and signals after drain_timeout plus one minute. Projects keep
their place: the next supervisor goes on with them in the same session.`;

/** Shared with `restart`. */
export async function stop(cli: Cli, timeoutMs = defaultPatience(cli)): Promise<void> {
  await withBridge(cli, async (bridge) => say(cli, await stopSupervisor(bridge, timeoutMs)));
}

/** Beside the time that the owner gives to runs under way, what ending them may take. */
const MINUTE = 60_000;

/** Also with a configuration that cannot be used: it must not keep anybody from stopping. */
export function defaultPatience(cli: Cli): number {
  try {
    return configOf(cli).drain_timeout + MINUTE;
  } catch (error) {
    if (error instanceof ConfigError) return MINUTE;
    throw error;
  }
}

function say(cli: Cli, { supervisor, runs }: StopReport): void {
  const { out } = cli;
  if (!supervisor) out.line('The supervisor was not running.');
  else if (supervisor.by === 'not-ended')
    fail(
      cli,
      `the supervisor (pid ${supervisor.pid}) could not be ended`,
      'End it as the user who started it.',
    );
  else
    out.line(
      `Stopped the supervisor (pid ${supervisor.pid}${supervisor.by === 'request' ? '' : `, ended by ${supervisor.by}`}).`,
    );
  for (const { run, by, leftovers } of runs) {
    out.line(`Ended a run it had left behind: ${run.id} of project ${run.projectId} (${by}).`);
    for (const { pid, name } of leftovers)
      fail(cli, `pid ${pid} (${plainLine(name)}) of run ${run.id} could not be ended`, 'End it by hand.');
  }
}
