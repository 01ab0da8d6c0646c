/**
 * Records that the supervisor gave up, for a manager without a start limit. `run --give-up` writes the file before it
 * exits with 0, `status` reads it, and the next start removes it.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../atomic-file.ts';

const gaveUpSchema = z.object({ at: z.iso.datetime(), why: z.string() });

/** When it gave up, and why, in one sentence. */
export type GaveUp = z.infer<typeof gaveUpSchema>;

function fileOf(stateDir: string): string {
  return join(stateDir, 'service-gave-up.json');
}

/** Null when it did not give up, or the file is not readable. */
export async function readGaveUp(stateDir: string): Promise<GaveUp | null> {
  try {
    return gaveUpSchema.parse(JSON.parse(await readFile(fileOf(stateDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Throws the system's error. */
export async function writeGaveUp(stateDir: string, gaveUp: GaveUp): Promise<void> {
  await writeAtomically(fileOf(stateDir), `${JSON.stringify(gaveUp)}\n`, 0o600);
}

/** Removes the record, if there is one. */
export async function forgetGaveUp(stateDir: string): Promise<void> {
  await rm(fileOf(stateDir), { force: true });
}
