/** Plans `service.env`: an existing file stays as it is, a new one captures the current environment. */

import { join } from 'node:path';
import { locateClaude } from '../claude/locate.ts';
import { captureEnvironment, ofTheMachine } from '../claude/needed-environment.ts';
import { configVariables } from '../config.ts';
import type { Host } from '../control/host.ts';
import type { Environment } from '../environment.ts';
import { ownAccount } from '../machine/account.ts';
import {
  EnvironmentFileError,
  environmentFileOf,
  environmentText,
  mergeEnvironment,
  readEnvironmentText,
} from '../machine/service/environment-file.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { UserSteps } from './as-user.ts';
import type { Target } from './target.ts';

export interface EnvironmentOptions {
  /** Names of further variables to capture. */
  readonly env?: readonly string[];
  /** Also when the file exists already. */
  readonly captureEnvironment?: true;
}

export interface PlannedEnvironment {
  readonly path: string;
  /** The existing text; null when there is none. */
  readonly before: string | null;
  readonly after: string;
  readonly values: Readonly<Record<string, string>>;
  /** Names of variables that are set here but belong to us, not to the user of the service. */
  readonly leftOut: readonly string[];
}

/**
 * A refusal names what cannot be captured. Throws EnvironmentFileError when an existing file cannot be read.
 *
 * @param base What the manager gives to the service.
 */
export async function planEnvironment(
  host: Host,
  { account, stateDir, isOtherUser }: Target,
  steps: UserSteps,
  base: Environment,
  options: EnvironmentOptions,
): Promise<Result<PlannedEnvironment>> {
  const path = environmentFileOf(stateDir);
  const named = options.env ?? [];
  const own = captureEnvironment(host.env, [...configVariables(), ...named]);
  // Root's credentials are not for another user.
  const captured = isOtherUser ? ofTheMachine(own, named, ownAccount(host.env).homeDir) : own;
  const looked = await steps.look(mergeEnvironment(base, captured));
  if (!looked.ok) return looked;
  const { environment: before, namesClaude } = looked.value;
  if (before !== null && !options.captureEnvironment)
    return ok({ path, before, after: before, values: readEnvironmentText(before), leftOut: [] });

  const missing = named.filter((name) => !host.env[name]);
  if (missing.length > 0) return refuse(`${missing.join(', ')} cannot be captured: not set here.`);
  const claude = namesClaude ? {} : claudeOf(isOtherUser ? {} : host.env, captured, account.homeDir);
  const values = { ...captured, ...claude };
  const leftOut = Object.keys(own)
    .filter((name) => !(name in captured))
    .sort();
  try {
    return ok({ path, before, after: environmentText(values), values, leftOut });
  } catch (error) {
    if (error instanceof EnvironmentFileError) return refuse(error.message);
    throw error;
  }
}

/** Where Claude's installers put it, below the home folder. */
const DEFAULT_PLACES = ['.local/bin/claude', '.claude/local/claude'];

/**
 * The current path of claude, for a service without the person's PATH. The link, not its target: updates of Claude keep
 * the link and move the target.
 */
function claudeOf(env: Environment, captured: Environment, homeDir: string): Record<string, string> {
  const places = [
    () => locateClaude(undefined, captured),
    ...DEFAULT_PLACES.map((place) => () => locateClaude(join(homeDir, place), {})),
    () => locateClaude(undefined, env),
  ];
  for (const look of places) {
    const claude = look();
    if (claude.found) return { BRIDGE_CLAUDE: claude.path };
  }
  return {};
}
