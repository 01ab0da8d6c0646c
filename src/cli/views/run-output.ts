import { existsSync } from 'node:fs';
import type { Run } from '../../project/run.ts';
import { runFiles } from '../../state-folder.ts';

/** The file with everything Claude wrote in a run; null when none is kept. */
export function runOutput(stateDir: string, run: Run): string | null {
  const { output } = runFiles(stateDir, run.id);
  return existsSync(output) ? output : null;
}
