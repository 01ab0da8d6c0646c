/** Claude Code's own files, which are only ever looked at (https://code.claude.com/docs/en/settings). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../config.ts';

/** Settings, transcripts and logs. */
export function claudeConfigFolder(env: Environment, personHome: string): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || personHome, '.claude');
}

/** Where `claude mcp add -s user` writes: with CLAUDE_CONFIG_DIR it lies inside that folder (seen in 2.1.197 and 2.1.329). */
export function claudeUserFile(env: Environment, personHome: string): string {
  return env.CLAUDE_CONFIG_DIR
    ? join(env.CLAUDE_CONFIG_DIR, '.claude.json')
    : join(env.HOME || personHome, '.claude.json');
}

const settings = z.looseObject({
  env: z.record(z.string(), z.unknown()).optional(),
  apiKeyHelper: z.string().optional(),
});

/** The person's settings.json; empty when it is missing or of another form. */
export async function claudeSettings(folder: string): Promise<z.output<typeof settings>> {
  const text = await readFile(join(folder, 'settings.json'), 'utf8').catch(() => '{}');
  try {
    return settings.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
