/** What a supervisor in the background prints: nothing, unless it cannot start or ends of an error nobody expected. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redact } from '../redaction.ts';
import { plainLines } from './terminal/text.ts';

export function startLog(home: string): string {
  return join(home, 'start.log');
}

const LAST_CHARACTERS = 20_000;

/** Its last lines, on one line and without secrets; empty when it said nothing. */
export async function lastWords(home: string): Promise<string> {
  const text = await readFile(startLog(home), 'utf8').catch(() => '');
  return plainLines(redact(text.slice(-LAST_CHARACTERS)))
    .filter((line) => line !== '')
    .slice(-5)
    .join(' / ');
}
