/** What `service.env` is to hold: what is there already, which is the person's, or what is captured here and now. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { done, type Reply, refuse } from '../../bridge/bridge.ts';
import { locateClaude } from '../../claude/locate.ts';
import { captureEnvironment } from '../../claude/needed-environment.ts';
import { ConfigError, configVariables, type Environment, loadConfig } from '../../config.ts';
import {
  EnvironmentFileError,
  environmentFileOf,
  environmentText,
  readEnvironmentText,
} from '../../machine/service/environment-file.ts';
import type { Cli } from '../context.ts';
import type { Target } from './target.ts';

export interface EnvironmentOptions {
  /** Names of further variables to capture. */
  readonly env?: readonly string[];
  /** Also when there is a file already. */
  readonly captureEnvironment?: true;
}

export interface PlannedEnvironment {
  readonly path: string;
  /** What is there; null when nothing is. */
  readonly before: string | null;
  readonly after: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A refusal names what cannot be captured. Throws EnvironmentFileError for a file that is there and cannot be read. */
export async function planEnvironment(
  cli: Cli,
  { account, stateFolder }: Target,
  options: EnvironmentOptions,
): Promise<Reply<PlannedEnvironment>> {
  const path = environmentFileOf(stateFolder);
  const before = await textIfThere(path);
  if (before !== null && !options.captureEnvironment)
    return done({ path, before, after: before, values: readEnvironmentText(before) });

  const missing = (options.env ?? []).filter((name) => !cli.env[name]);
  if (missing.length > 0) return refuse(`${missing.join(', ')} cannot be captured: not set here.`);
  const captured = captureEnvironment(cli.env, [...configVariables(), ...(options.env ?? [])]);
  const values = { ...captured, ...claudeOf(cli.env, captured, stateFolder, account.home) };
  try {
    return done({ path, before, after: environmentText(values), values });
  } catch (error) {
    if (error instanceof EnvironmentFileError) return refuse(error.message);
    throw error;
  }
}

/** Where Claude's own installers put it, below the home folder. */
const USUAL_PLACES = ['.local/bin/claude', '.claude/local/claude'];

/**
 * Where claude is now, for a service that may not have the person's PATH. The link and not what it points to: Claude's
 * updates leave the link and move the rest. Nothing where the configuration names a program.
 */
function claudeOf(
  env: Environment,
  captured: Environment,
  stateFolder: string,
  home: string,
): Record<string, string> {
  try {
    if (loadConfig(stateFolder, captured).claude !== undefined) return {};
  } catch (error) {
    if (error instanceof ConfigError) return {};
    throw error;
  }
  const places = [
    () => locateClaude(undefined, captured),
    ...USUAL_PLACES.map((place) => () => locateClaude(join(home, place), {})),
    () => locateClaude(undefined, env),
  ];
  for (const look of places) {
    const claude = look();
    if (claude.found) return { BRIDGE_CLAUDE: claude.path };
  }
  return {};
}

async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new EnvironmentFileError(`cannot read ${path}: ${message}`);
  }
}
