/** Where Claude Code keeps what belongs to a person (https://code.claude.com/docs/en/settings). We only ever read there. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';

/** Settings, transcripts and logs. `personHome` counts where the environment names no home. */
export function claudeFolder(env: Environment, personHome: string): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || personHome, '.claude');
}

/**
 * Where `claude mcp add -s user` writes. A `.config.json` of former versions goes first where it is there (seen with
 * 2.1.329).
 */
export function claudeUserFile(env: Environment, personHome: string): string {
  const former = join(claudeFolder(env, personHome), '.config.json');
  if (existsSync(former)) return former;
  return join(env.CLAUDE_CONFIG_DIR || env.HOME || personHome, '.claude.json');
}
