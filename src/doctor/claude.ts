/** Claude Code as the supervisor would start it: there, fit, logged in, on the account that is meant. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeEnvironment } from '../claude/environment.ts';
import { askLogin } from '../claude/login.ts';
import { KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../claude/version.ts';
import { isAtLeast, versionIn } from '../machine/version-number.ts';
import { claudeSettings } from './claude-settings.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, skipped, warning } from './finding.ts';
import { upper } from './measure.ts';
import { endpoints } from './network.ts';
import { passingIn } from './passing.ts';

/** The oldest version with which everything was seen to work. */
const OLDEST_KNOWN = '2.1.197';

export function claudeGroup(patient: Patient): Group {
  return {
    name: 'claude',
    title: 'Claude Code',
    checks: [
      { name: 'program', subject: 'claude', limitMs: 20_000, look: () => program(patient) },
      { name: 'login', subject: 'the login', limitMs: 20_000, look: (signal) => login(patient, signal) },
      { name: 'account', subject: 'the account', look: () => account(patient) },
      { name: 'network', subject: 'the network', look: (signal) => endpoints(patient, signal) },
    ],
  };
}

async function program(patient: Patient): Promise<Observation> {
  const { env, words, ofService } = await patient.setting();
  const located = await patient.locateClaude();
  if (!located.found)
    return problem('claude', `${upper(located.message)}. (Looked for ${words}.)`, { fix: INSTALL });
  const { path } = located;
  const marked = claudeEnvironment(env, { id: 'doctor', projectId: '' });
  const answer = await patient.run(path, ['--version'], { env: marked, timeoutMs: 15_000 });
  const version = versionIn(answer.stdout);
  if (answer.failure === 'late')
    return problem(path, `${path} --version gave no answer within 15 s.`, { fix: INSTALL });
  if (answer.code !== 0 || version === undefined) {
    const said = (answer.stderr || answer.stdout).trim().split('\n')[0] ?? '';
    return problem(
      path,
      `${path} does not work: it ended with ${answer.code ?? 'a signal'}${said && `: ${said}`}`,
      {
        fix: INSTALL,
      },
    );
  }
  if (!isAtLeast(version, OLDEST_KNOWN))
    return warning(
      path,
      `Claude Code ${version} (${path}) is older than ${OLDEST_KNOWN}, the first known to work.`,
      {
        fix: 'claude update',
      },
    );
  if (!keepsSettingsOut(version))
    return warning(
      path,
      `Claude Code ${version} (${path}) obeys some settings of a repository that it is told to leave out; ${KEEPS_SETTINGS_OUT_SINCE} does not. It is started only in workspaces that config.json names.`,
      { fix: 'claude update' },
    );
  const passing = ofService && passingIn(patient, [path], 'the service', CAPTURE);
  if (passing) return passing;
  return ok(
    path,
    `Claude Code ${version} (${path}), found ${words}${ofService ? '' : ': no service is installed'}`,
  );
}

const CAPTURE = 'bridge-supervisor install --capture-environment';

const INSTALL =
  'npm install -g @anthropic-ai/claude-code, or set "claude" in config.json to the path of the program.';

async function login(patient: Patient, signal: AbortSignal): Promise<Observation> {
  const claude = await patient.claude();
  const { env, words, ofService } = await patient.setting();
  const folder = await mkdtemp(join(tmpdir(), 'bridge-doctor-'));
  try {
    const marked = claudeEnvironment(env, { id: `login:${folder}`, projectId: '' });
    const answer = await askLogin({ program: claude, env: marked, folder, clock: patient.clock, signal });
    if (answer.state === 'in')
      return ok(
        'login',
        `Claude is logged in (${answer.method}) ${words}; whether that is accepted, a run will tell`,
      );
    if (answer.state === 'out')
      return problem('login', `Nobody is logged in to Claude ${words}.`, {
        fix: ofService
          ? 'Run claude and /login as the user of the service; or put CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token` into service.env, then: bridge-supervisor restart'
          : 'Run claude and /login; or set CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token`.',
      });
    return warning('login', `Claude does not say whether it is logged in ${words}: ${answer.why}.`, {
      fix: `Ask it yourself: ${claude} auth status. If that hangs, it waits for a keychain: use \`claude setup-token\`.`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the order in which Claude prefers them (https://code.claude.com/docs/en/authentication#authentication-precedence). */
const CLOUDS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];
const KEYS = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'];

/** A key that was set for something else silently pays for every run, whatever subscription is logged in. */
async function account(patient: Patient): Promise<Observation> {
  const { env, words } = await patient.setting();
  const settings = await claudeSettings(await patient.claudeFolder());
  const cloud = CLOUDS.find((name) => env[name] || settings.env?.[name]);
  if (cloud) return ok(cloud, `Runs are billed to the cloud account of ${cloud}`);
  const key = KEYS.find((name) => env[name]);
  if (key)
    return warning(key, `${key} is set ${words}: runs are billed to that key, not to a subscription.`, {
      fix: `If that is not meant, take ${key} out of service.env or the environment, then: bridge-supervisor restart`,
    });
  const inSettings =
    KEYS.find((name) => settings.env?.[name]) ?? (settings.apiKeyHelper ? 'apiKeyHelper' : undefined);
  if (inSettings)
    return warning(
      inSettings,
      `${inSettings} is set in Claude's settings.json: runs are billed to that key.`,
      {
        fix: `If that is not meant, take it out of ${join(await patient.claudeFolder(), 'settings.json')}.`,
      },
    );
  if (env.CLAUDE_CODE_OAUTH_TOKEN)
    return ok('account', 'Runs use the subscription of CLAUDE_CODE_OAUTH_TOKEN');
  return skipped('account', 'No key or token is set: runs use the account that is logged in.');
}
