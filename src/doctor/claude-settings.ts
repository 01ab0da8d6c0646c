/** Reads the settings that a person has for Claude Code. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const settings = z.looseObject({
  env: z.record(z.string(), z.unknown()).optional(),
  apiKeyHelper: z.string().optional(),
});

/** The person's settings.json; empty when it is missing or not understood. */
export async function claudeSettings(folder: string): Promise<z.output<typeof settings>> {
  const text = await readFile(join(folder, 'settings.json'), 'utf8').catch(() => '{}');
  try {
    return settings.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
