import { Command } from 'commander';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { withoutSecrets } from '../../config-notify.ts';
import { configOf } from '../../control/host.ts';
import { prepareStateFolder } from '../../control/prepare-state-folder.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { correctHome } from '../../home-path.ts';
import type { Log, LogHealth } from '../../log.ts';
import { mergeEnvironment, readEnvironmentFile } from '../../machine/service/environment-file.ts';
import { logFile } from '../../state-folder.ts';
import type { HttpService, SendNotice } from '../../supervisor/context.ts';
import { type Cli, fail } from '../context.ts';
import { explainError, isPermanent } from '../errors.ts';
import { path } from '../terminal/arguments.ts';
import { stopRequest } from '../terminal/signals.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  quiet?: true;
  environment?: string;
  giveUp?: true;
}

export function runCommand(cli: Cli): Command {
  return new Command('run')

    .option('--quiet', 'do not print the log to stdout')
    .option('--environment <file>', 'read variables from this file first, such as service.env', path)
    .option('--give-up', 'exit 0 instead of 78, and after 5 failures in 5 minutes (for launchd)')
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor run'))
    .action((options: Options) =>
      options.giveUp ? runWithStartLimit(cli, options) : tryToRun(cli, options),
    );
}

const ABOUT = `
SIGTERM or ctrl-c stops it and its runs. A second signal stops it immediately;
its runs continue, and the next supervisor adopts them.

Exit code: 0 after a stop; 1 after a failure that a restart may fix; 78 when a
restart will not help: an invalid configuration, an unreadable environment file,
or a store that is damaged, missing, read-only or too new. With --give-up it is
0 instead of 78, and after 5 failures in 5 minutes: launchd has no start limit.`;

async function runWithStartLimit(cli: Cli, options: Options): Promise<void> {
  const { withStartLimit } = await import('../../control/start-limit.ts');
  let message = '';
  const failure = (text: string) => {
    message = text;
    cli.out.failure(text);
  };
  const attempt = async () => {
    const own: Cli = { ...cli, out: { ...cli.out, failure }, exitCode: 0 };
    await tryToRun(own, options);
    return { exitCode: own.exitCode, message };
  };
  cli.exitCode = await withStartLimit(cli, attempt, cli.out.failure);
}

/** Never throws: a failure is printed, and is in the exit code. */
async function tryToRun(cli: Cli, { environment, quiet }: Options): Promise<void> {
  try {
    const env = environment === undefined ? cli.env : await environmentFrom(environment, cli.env);
    const own: Cli = { ...cli, env, exitCode: 0 };
    await run(own, quiet ?? false);
    cli.exitCode = own.exitCode;
  } catch (error) {
    const code = explainError(cli, error);
    cli.exitCode = isPermanent(error) ? EXIT.config : code;
  }
}

/** The time zone and the like are read from the environment of the process itself. */
async function environmentFrom(file: string, env: Environment): Promise<Environment> {
  const values = await readEnvironmentFile(file);
  Object.assign(process.env, values);
  correctHome(process.env);
  const merged = { ...mergeEnvironment(env, values) };
  correctHome(merged);
  return merged;
}

async function run(cli: Cli, quiet: boolean): Promise<void> {
  const { stateDir, env, clock, selfCommand } = cli;
  const config = configOf(cli);
  const prepared = await prepareStateFolder(stateDir);
  if (!prepared.ok) {
    fail(cli, prepared.refusal);
    cli.exitCode = EXIT.config;
    return;
  }

  const { openLog } = await import('../../log.ts');
  const { runSupervisor } = await import('../../supervisor/supervisor.ts');
  const log = openLog({
    path: logFile(stateDir),
    level: config.log_level,
    maxBytes: config.log_max_mb * 1_000_000,
    maxFiles: config.log_files,
    clock,
    ...(quiet ? {} : { mirror: process.stdout }),
  });
  const sendNotice = sender(config, env, clock);
  const ownEnv = withoutSecrets(env, config.notify);
  const http = await httpServer(config, ownEnv, clock, log, sendNotice);
  const stop = stopRequest();
  try {
    const degradedReason = () => logTrouble(log.health());
    const work = runSupervisor({
      stateDir,
      config,
      env: ownEnv,
      clock,
      log,
      degradedReason,
      selfCommand,
      http,
      sendNotice,
      signal: stop.signal,
    });
    const end = await Promise.race([work, stop.again]);
    if (end.kind === 'already-running')
      fail(
        cli,
        `another supervisor (pid ${end.pid}) is already running on ${stateDir}`,
        'Look with: bridge-supervisor status',
      );
    if (end.kind === 'lease-lost')
      fail(
        cli,
        `another supervisor has taken over ${stateDir}; this one exited`,
        'See: bridge-supervisor logs',
      );
    if (end.kind === 'hurried') fail(cli, 'stopped immediately; the next supervisor adopts running work');
  } finally {
    stop.dispose();
    await log.close();
  }
}

/** Loaded only where it is wanted. */
async function httpServer(
  config: Config,
  env: Environment,
  clock: Clock,
  log: Log,
  sendNotice: SendNotice,
): Promise<HttpService | undefined> {
  if (!config.http.enabled) return undefined;
  const { LateHttpServer } = await import('../../http/late-server.ts');
  return new LateHttpServer(async () => {
    const { HttpServer } = await import('../../http/server.ts');
    const { followOutput } = await import('../../claude/follow-output.ts');
    return new HttpServer({
      config,
      env,
      clock,
      log,
      sendNotice,
      followOutput: (file, after, ended) => followOutput(file, after, ended, clock),
    });
  });
}

/** Loaded with the first notification: most supervisors send none. */
function sender(config: Config, env: Environment, clock: Clock): SendNotice {
  let send: Promise<SendNotice> | undefined;
  return async (receiver, notice, signal) => {
    send ??= import('../../notify/send.ts').then(({ createSender }) =>
      createSender({ env, clock, publicUrl: config.http.public_url }),
    );
    return (await send)(receiver, notice, signal);
  };
}

function logTrouble({ ok, error, waiting, dropped }: LogHealth): string | null {
  return ok ? null : `cannot write loop.log (${error}): ${waiting} lines are buffered, ${dropped} are lost`;
}
