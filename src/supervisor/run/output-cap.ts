/**
 * Limits the output of a run. Claude writes its files itself, so a write cannot be stopped or shortened: a run that
 * floods the disk is stopped, and what it wrote is kept.
 */

import { stat } from 'node:fs/promises';
import type { Outcome } from '../../project/outcome.ts';
import type { RunFiles } from '../../state-folder.ts';

/** The outcome of a run whose files exceed `maxMb` megabytes; undefined for others. */
export async function overCap(files: RunFiles, maxMb: number): Promise<Outcome | undefined> {
  const sizes = await Promise.all([files.output, files.errors].map(sizeOf));
  const writtenMb = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  return writtenMb > maxMb
    ? { kind: 'output_too_large', writtenMb: Math.round(writtenMb), maxMb }
    : undefined;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
