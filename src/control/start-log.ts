/** Reads what a background supervisor printed: nothing, unless it could not start or ended with an unexpected error. */

import { readFile } from 'node:fs/promises';
import { linesOf } from '../characters.ts';
import { cleanLine } from '../project/text.ts';
import { redact } from '../redaction.ts';
import { startLogFile } from '../state-folder.ts';

const LAST_CHARACTERS = 20_000;

/** Its last lines joined to one, without secrets; empty when nothing was printed. */
export async function lastStartOutput(stateDir: string): Promise<string> {
  const text = await readFile(startLogFile(stateDir), 'utf8').catch(() => '');
  return linesOf(redact(text.slice(-LAST_CHARACTERS)))
    .map(cleanLine)
    .filter((line) => line !== '')
    .slice(-5)
    .join(' / ');
}
