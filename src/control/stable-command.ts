/** The command that starts this program later too: from a service, from Claude Desktop. */

import { isAbsolute } from 'node:path';
import type { Environment } from '../environment.ts';
import { homeFolder } from '../home-path.ts';
import { type ShortLivedPath, shortLivedPath } from '../machine/short-lived-path.ts';
import { stablePath } from '../machine/stable-path.ts';
import { ok, type Result, refuse } from '../result.ts';

/**
 * The program and arguments that start this command line, by stable paths where there are any. Refuses a copy that is
 * useless after this call, such as that of npx.
 *
 * @param command What started this process.
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
 * The paths in a command that do not last.
 *
 * @param homeDir Of the account that will start it.
 */
export function shortLivedParts(command: readonly string[], homeDir = homeFolder()): ShortLivedPath[] {
  return command.filter((part) => isAbsolute(part)).flatMap((part) => shortLivedPath(part, homeDir) ?? []);
}
