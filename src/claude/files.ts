/** Locates the files of a person in Claude Code (https://code.claude.com/docs/en/settings). We only read them. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';

/** The folder of settings, transcripts and logs. `personHome` applies where the environment names no home. */
export function claudeFolder(env: Environment, personHome: string): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || personHome, '.claude');
}

/**
 * The file that `claude mcp add -s user` writes. A `.config.json` of former versions takes precedence where it exists
 * (seen with 2.1.329).
 */
export function claudeUserFile(env: Environment, personHome: string): string {
  const former = join(claudeFolder(env, personHome), '.config.json');
  if (existsSync(former)) return former;
  return join(env.CLAUDE_CONFIG_DIR || env.HOME || personHome, '.claude.json');
}

/** Where Claude keeps its login where the system has no keychain (seen in 2.1.329 on Linux). */
export function credentialsFile(env: Environment, personHome: string): string {
  return join(claudeFolder(env, personHome), '.credentials.json');
}
