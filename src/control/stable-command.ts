/** How this program can still be started when this call is long over: by a service, by Claude Desktop. */

import { isAbsolute } from 'node:path';
import type { Environment } from '../environment.ts';
import { homeFolder } from '../home-path.ts';
import { type ShortLivedPath, shortLivedPath } from '../machine/short-lived-path.ts';
import { stablePath } from '../machine/stable-path.ts';
import { ok, type Result, refuse } from '../result.ts';

/**
 * The program and arguments that start this command line later too, by names that stay where there are such. Refused
 * for a copy that is useless once this call is over, such as that of npx.
 *
 * @param command What started it now.
 */
export function stableCommand(
  command: readonly string[],
  env: Environment,
  called = process.argv[1],
): Result<readonly string[]> {
  const homeDir = homeFolder();
  const lasting = command.map((part) =>
    isAbsolute(part) ? stablePath(part, { env, homeDir, called }) : part,
  );
  const useless = shortLivedParts(lasting).find((part) => part.isUseless);
  if (!useless) return ok(lasting);
  return refuse(
    `this copy will not stay: ${useless.path} ${useless.fate}. ${useless.advice('run this again')}`,
  );
}

/**
 * Those of its files that will not be there for long.
 *
 * @param homeDir Of whoever is to start it.
 */
export function shortLivedParts(command: readonly string[], homeDir = homeFolder()): ShortLivedPath[] {
  return command.filter((part) => isAbsolute(part)).flatMap((part) => shortLivedPath(part, homeDir) ?? []);
}
