import { Command } from 'commander';
import type { LogHealth } from '../log.ts';
import { type Cli, configOf, fail } from './context.ts';
import { explainError, isPermanent, NOT_TO_BE_RESTARTED } from './errors.ts';
import { prepareHome } from './home.ts';
import { logFile } from './logs.ts';
import { stopRequest } from './stop-request.ts';
import { examples } from './usage.ts';

export function runCommand(cli: Cli): Command {
  return new Command('run')
    .description('Run the supervisor here, in the foreground: for services and containers.')
    .option('--quiet', 'do not repeat the log on stdout')
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor run'))
    .action(async ({ quiet }: { quiet?: true }) => {
      try {
        await run(cli, quiet ?? false);
      } catch (error) {
        const code = explainError(cli, error);
        cli.exitCode = isPermanent(error) ? NOT_TO_BE_RESTARTED : code;
      }
    });
}

const ABOUT = `
SIGTERM or ctrl-c stops it: runs under way are ended and nothing is left. A
second signal ends it at once; runs then go on, and the next supervisor takes
them over.

It exits with 0 when it was stopped, 1 when it failed and may be started again,
and 78 when a restart would not help: a wrong configuration, or a store that is
damaged, lost, not writable or too new.`;

async function run(cli: Cli, quiet: boolean): Promise<void> {
  const { home, env, clock, entry } = cli;
  const config = configOf(cli);
  const prepared = await prepareHome(home);
  if (!prepared.ok) {
    fail(cli, prepared.refusal);
    cli.exitCode = NOT_TO_BE_RESTARTED;
    return;
  }

  const { openLog } = await import('../log.ts');
  const { runSupervisor } = await import('../supervisor/supervisor.ts');
  const log = openLog({
    path: logFile(cli),
    level: config.log_level,
    maxBytes: config.log_max_mb * 1_000_000,
    maxFiles: config.log_files,
    clock,
    ...(quiet ? {} : { mirror: process.stdout }),
  });
  const stop = stopRequest();
  try {
    const trouble = () => logTrouble(log.health());
    const work = runSupervisor({ home, config, env, clock, log, trouble, entry, signal: stop.signal });
    const end = await Promise.race([work, stop.again]);
    if (end.kind === 'already-running')
      fail(
        cli,
        `another supervisor (pid ${end.pid}) already works on ${home}`,
        'Look with: bridge-supervisor status',
      );
    if (end.kind === 'lease-lost')
      fail(
        cli,
        `another supervisor has taken over ${home}, so this one ended`,
        'See: bridge-supervisor logs',
      );
    if (end.kind === 'hurried') fail(cli, 'ended at once; the next supervisor takes over what is under way');
  } finally {
    stop.dispose();
    await log.close();
  }
}

function logTrouble({ ok, error, waiting, dropped }: LogHealth): string | null {
  return ok ? null : `loop.log cannot be written (${error}); ${waiting} lines wait, ${dropped} are lost`;
}
