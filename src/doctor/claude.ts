/** Claude Code as the supervisor would start it: installed, recent enough, logged in, on the intended account. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capitalize } from '../characters.ts';
import { claudeEnvironment } from '../claude/environment.ts';
import { askLogin } from '../claude/login.ts';
import { KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../claude/version.ts';
import { isAtLeast, versionIn } from '../machine/program-output.ts';
import { checkAsking } from './asking.ts';
import { type CheckGroup, type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import { claudeSettings } from './claude-settings.ts';
import type { DoctorContext } from './context.ts';
import { endpoints } from './network.ts';
import { checkSandbox } from './sandbox.ts';
import { shortLivedPart } from './short-lived.ts';

/** The oldest version that passed our tests. */
const MIN_CLAUDE = '2.1.197';

export function claudeGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'claude',
    title: 'Claude Code',
    checks: [
      { name: 'program', subject: 'claude', timeoutMs: 20_000, run: () => program(context) },
      { name: 'permissions', subject: 'permissions', timeoutMs: 20_000, run: () => checkAsking(context) },
      { name: 'login', subject: 'login', timeoutMs: 20_000, run: (signal) => login(context, signal) },
      { name: 'account', subject: 'account', run: () => account(context) },
      { name: 'session-token', subject: 'AWS_SESSION_TOKEN', run: () => sessionToken(context) },
      { name: 'sandbox', subject: 'sandbox', timeoutMs: 20_000, run: () => checkSandbox(context) },
      { name: 'network', subject: 'network', run: (signal) => endpoints(context, signal) },
    ],
  };
}

async function program(context: DoctorContext): Promise<FindingFacts> {
  const { env, where, isService } = await context.supervisorEnv();
  const located = await context.locateClaude();
  if (!located.found)
    return problem('claude', `${capitalize(located.message)}. (Searched ${where}.)`, {
      // An earlier `install` has found it there.
      hint: isService && env.BRIDGE_CLAUDE ? `${CAPTURE} searches for it again.` : INSTALL,
      cause: 'claude_missing',
    });
  const { path } = located;
  const marked = claudeEnvironment(env, { id: 'doctor', projectId: '' });
  const answer = await context.run(path, ['--version'], { env: marked, timeoutMs: 15_000 });
  const version = versionIn(answer.stdout);
  if (answer.failure === 'late')
    return problem(path, `${path} --version timed out after 15 s.`, { hint: INSTALL });
  if (answer.code !== 0 || version === undefined) {
    const firstLine = (answer.stderr || answer.stdout).trim().split('\n')[0] ?? '';
    return problem(
      path,
      `${path} --version failed with ${answer.code === null ? 'a signal' : `exit code ${answer.code}`}${firstLine && `: ${firstLine}`}`,
      {
        hint: INSTALL,
      },
    );
  }
  if (!isAtLeast(version, MIN_CLAUDE))
    return warning(
      path,
      `Claude Code ${version} (${path}) is older than ${MIN_CLAUDE}, the oldest supported version.`,
      {
        hint: 'claude update',
      },
    );
  if (!keepsSettingsOut(version))
    return warning(
      path,
      `Claude Code ${version} (${path}) applies some repository settings even when told to ignore them; ${KEEPS_SETTINGS_OUT_SINCE} does not. Runs start only in workspaces named in config.json.`,
      { hint: 'claude update' },
    );
  const passing = isService && shortLivedPart(context, [path], 'the service', CAPTURE);
  if (passing) return passing;
  return ok(
    path,
    `Claude Code ${version} (${path}), found ${where}${isService ? '' : '; no service is installed'}`,
  );
}

const CAPTURE = 'bridge-supervisor install --capture-environment';

const INSTALL = 'npm install -g @anthropic-ai/claude-code, or set "claude" in config.json to its path';

async function login(context: DoctorContext, signal: AbortSignal): Promise<FindingFacts> {
  const claude = await context.claude();
  const { env, where, isService } = await context.supervisorEnv();
  const folder = await mkdtemp(join(tmpdir(), 'bridge-doctor-'));
  try {
    const marked = claudeEnvironment(env, { id: `login:${folder}`, projectId: '' });
    const answer = await askLogin({ program: claude, env: marked, folder, clock: context.clock, signal });
    if (answer.state === 'in')
      return ok(
        'login',
        `Claude is logged in (${answer.method}) ${where}; only a run shows whether the login is accepted`,
      );
    if (answer.state === 'out')
      return problem('login', `Claude has no login ${where}.`, {
        hint: isService
          ? `Run claude and /login as the user of the service, or put CLAUDE_CODE_OAUTH_TOKEN from \`claude setup-token\` into service.env, then run: ${context.applyCommand}`
          : 'Run claude and /login, or set CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token`.',
      });
    return warning('login', `Claude does not report its login ${where}: ${answer.reason}.`, {
      hint: `Run: ${claude} auth status. If that hangs, it waits for a keychain; use \`claude setup-token\` instead.`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In Claude's order of precedence (https://code.claude.com/docs/en/authentication#authentication-precedence). */
const CLOUDS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];
const KEYS = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'];

/** A key set for another purpose silently pays for every run, even where a subscription is logged in. */
async function account(context: DoctorContext): Promise<FindingFacts> {
  const { env, where } = await context.supervisorEnv();
  const settings = await claudeSettings(await context.claudeFolder());
  const cloud = CLOUDS.find((name) => env[name] || settings.env?.[name]);
  if (cloud) return ok(cloud, `Runs are billed to your cloud account (${cloud})`);
  const key = KEYS.find((name) => env[name]);
  if (key)
    return warning(key, `${key} is set ${where}: runs are billed to that key, not to your subscription.`, {
      hint: `To use the subscription, remove ${key} from service.env or the environment, then run: ${context.applyCommand}`,
    });
  const inSettings =
    KEYS.find((name) => settings.env?.[name]) ?? (settings.apiKeyHelper ? 'apiKeyHelper' : undefined);
  if (inSettings)
    return warning(
      inSettings,
      `${inSettings} is set in Claude's settings.json: runs are billed to that key, not to your subscription.`,
      {
        hint: `To use the subscription, remove it from ${join(await context.claudeFolder(), 'settings.json')}.`,
      },
    );
  if (env.CLAUDE_CODE_OAUTH_TOKEN)
    return ok('account', 'Runs use the subscription of CLAUDE_CODE_OAUTH_TOKEN');
  return skipped('account', 'No key or token is set; runs use the logged-in account.');
}

async function sessionToken(context: DoctorContext): Promise<FindingFacts[]> {
  const { env, where } = await context.supervisorEnv();
  if (!env.AWS_SESSION_TOKEN) return [];
  return [
    warning('AWS_SESSION_TOKEN', `AWS_SESSION_TOKEN is set ${where} and expires within hours.`, {
      hint: 'Set AWS_PROFILE to a profile that renews itself instead.',
    }),
  ];
}
