/**
 * Looks through the service's eyes: with the environment it will have, as the user it will be. What fails here would
 * fail in the night.
 */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { claudeEnvironment } from '../claude/environment.ts';
import { locateClaude } from '../claude/locate.ts';
import { askLogin, type Login } from '../claude/login.ts';
import type { Clock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { serviceSettings, settingsOf } from '../control/service-definition.ts';
import type { Environment } from '../environment.ts';
import { passingPath } from '../machine/passing-path.ts';
import type { Platform } from '../machine/platform.ts';
import type { RunProgram } from '../machine/program.ts';
import { configFile } from '../state-folder.ts';
import { type Check, check, ok, problem, warning } from './check.ts';
import { checkFolders } from './folders.ts';

export interface Probe {
  readonly stateDir: string;
  /** The environment the service will have. */
  readonly env: Environment;
  /** The home folder of its user. */
  readonly home: string;
  readonly platform: Platform;
  readonly run: RunProgram;
  readonly clock: Clock;
}

export const probed = z.object({
  checks: z.array(check),
  /** Null where nothing could be found out. */
  settings: serviceSettings.nullable(),
});

export type Probed = z.output<typeof probed>;

/** Changes nothing, and leaves nothing of what it starts. */
export async function probe(given: Probe): Promise<Probed> {
  const { stateDir, env, home } = given;
  const settings = settingsOf(stateDir, env, home);
  const config = readConfig(given);
  if ('state' in config) return { checks: [config], settings };
  const checks = [
    ok('configuration', whatIsRead(stateDir)),
    ...(await checkClaude(given, config)),
    ...checkCredentials(env),
    ...(await checkFolders({ ...given, config })),
  ];
  return { checks, settings };
}

function readConfig({ stateDir, env }: Probe): Config | Check {
  try {
    return loadConfig(stateDir, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem('configuration', error.message, 'Correct it, and run install again.');
  }
}

function whatIsRead(stateDir: string): string {
  const file = configFile(stateDir);
  return existsSync(file) ? `${file} is valid` : `${file} is not there: every key has its default`;
}

async function checkClaude(given: Probe, config: Config): Promise<Check[]> {
  const claude = locateClaude(config.claude, given.env);
  if (!claude.found) {
    // Where an earlier installation found it, it may be no more.
    const again = given.env.BRIDGE_CLAUDE
      ? 'Then run install again; with --capture-environment it looks for claude anew.'
      : 'Then run install again.';
    return [problem('claude', `${claude.message}.`, again)];
  }
  const env = claudeEnvironment(given.env, { id: `probe:${given.stateDir}`, projectId: '' });
  const version = await given.run(claude.path, ['--version'], { env });
  if (version.code !== 0)
    return [
      problem(
        'claude',
        `${claude.path} --version ${howItEnded(version)}`,
        'Repair the installation of Claude Code, or name another program: claude in config.json.',
      ),
    ];
  const found = `${claude.path}, version ${version.stdout.trim()}`;
  const passing = passingPath(claude.path, given.home);
  return [
    passing
      ? warning('claude', `${found}, ${passing.fate}`, passing.advice(LOOK_AGAIN))
      : ok('claude', found),
    await checkLogin(given, claude.path, env),
  ];
}

const LOOK_AGAIN = 'bridge-supervisor install --capture-environment';

function howItEnded({ code, failure, stderr }: Awaited<ReturnType<RunProgram>>): string {
  if (failure === 'late') return 'does not answer';
  if (code === null) return 'cannot be started';
  return `ends with ${code}${stderr.trim() && `: ${stderr.trim()}`}`;
}

const NOBODY_WAITS = new AbortController().signal;

async function checkLogin({ clock }: Probe, program: string, env: Environment): Promise<Check> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-probe-'));
  try {
    return loginCheck(await askLogin({ program, env, folder, clock, signal: NOBODY_WAITS }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function loginCheck(login: Login): Check {
  switch (login.state) {
    case 'in':
      return ok('login', `logged in (${login.method})`);
    case 'out':
      return warning(
        'login',
        'nobody is logged in to Claude',
        'Run claude and log in with /login; or put CLAUDE_CODE_OAUTH_TOKEN, from claude setup-token, into service.env.',
      );
    case 'unknown':
      return warning('login', `Claude does not tell: ${login.why}`, 'See: claude auth status');
  }
}

/** Nobody is asked for these once the service runs. */
function checkCredentials(env: Environment): Check[] {
  const checks: Check[] = [];
  if (env.ANTHROPIC_API_KEY)
    checks.push(
      warning(
        'credentials',
        'ANTHROPIC_API_KEY is in service.env: all runs are billed to it, also where a subscription is logged in',
        'To use the subscription, take it out of service.env.',
      ),
    );
  if (env.AWS_SESSION_TOKEN)
    checks.push(
      warning(
        'credentials',
        'AWS_SESSION_TOKEN is in service.env, and ends within hours',
        'Let service.env name an AWS_PROFILE that renews itself.',
      ),
    );
  return checks;
}
