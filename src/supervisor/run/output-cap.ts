/**
 * How much a run may write. Its files are Claude's own, so that no writing of it can be stopped or shortened: a run
 * that floods the disk is ended instead, and what it wrote is kept.
 */

import { stat } from 'node:fs/promises';
import type { Outcome } from '../../project/outcome.ts';
import type { RunFiles } from '../../state-folder.ts';

/** The outcome of a run whose files have grown beyond the cap; undefined while they have not. */
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
