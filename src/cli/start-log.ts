/** What a supervisor in the background prints: nothing, unless it cannot start or ends of an error nobody expected. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainLines } from './text.ts';

export function startLog(home: string): string {
  return join(home, 'start.log');
}

/** Its last lines, on one line; empty when it said nothing. */
export async function lastWords(home: string): Promise<string> {
  const text = await readFile(startLog(home), 'utf8').catch(() => '');
  return plainLines(text)
    .filter((line) => line !== '')
    .slice(-5)
    .join(' / ');
}
