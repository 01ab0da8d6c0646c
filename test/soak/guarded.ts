/** The command that may not run unasked: it leaves a line for each time that it ran. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GUARDED } from './asking.ts';

/** With a line for each run of the command: the time in milliseconds, its two words, and the run. */
export function guardedLog(root: string): string {
  return join(root, `${GUARDED}.log`);
}

/** Makes the command; returns the folder for PATH. */
export async function makeGuarded(root: string): Promise<string> {
  const folder = join(root, 'bin');
  await mkdir(folder);
  const script = `#!/bin/sh\necho "$(date +%s%3N) $1 $2 $BRIDGE_RUN_ID" >> '${guardedLog(root)}'\n`;
  await writeFile(join(folder, GUARDED), script, { mode: 0o755 });
  return folder;
}
