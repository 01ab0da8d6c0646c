/** The files that runs leave in the state folder, and which of them to remove. */

import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinishedRun } from '../../bridge/run-output.ts';
import { messageOf } from '../../error-message.ts';
import { asRunId, type RunId } from '../../project/ids.ts';
import { parseRunFileName, runsFolder } from '../../state-folder.ts';

export interface RunArtifact {
  readonly path: string;
  readonly runId: RunId;
  readonly kind: 'output' | 'secret';
  readonly bytes: number;
}

/** All files of all runs. Throws the error of the system. */
export async function listArtifacts(stateDir: string): Promise<RunArtifact[]> {
  const folder = runsFolder(stateDir);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: RunArtifact[] = [];
  for (const name of names) {
    // A file that a person put into the folder is not ours.
    const ours = parseRunFileName(name);
    if (!ours) continue;
    const path = join(folder, name);
    const file = await lstat(path).catch(() => undefined);
    if (file?.isFile()) found.push({ ...ours, runId: asRunId(ours.runId), path, bytes: file.size });
  }
  return found;
}

interface Retention {
  /** Output of runs that ended before this time (ISO 8601) is removed. */
  readonly before: string;
  /** How much output may stay. */
  readonly bytes: number;
}

/**
 * Chooses the files to remove. Of closed projects: output that is too old, then the oldest until the rest is small
 * enough. Of any ended run: files that may hold secrets.
 *
 * @param finished In the order of their end.
 */
export function chooseArtifacts(
  artifacts: readonly RunArtifact[],
  finished: readonly FinishedRun[],
  retention: Retention,
): RunArtifact[] {
  const byRun = Map.groupBy(artifacts, ({ runId }) => runId);
  let kept = bytesOf(artifacts);
  return finished.flatMap(({ id, endedAt, closed }) => {
    const files = byRun.get(id) ?? [];
    const all = closed && (endedAt < retention.before || kept > retention.bytes);
    const chosen = all ? files : files.filter(({ kind }) => kind === 'secret');
    kept -= bytesOf(chosen);
    return chosen;
  });
}

interface Removed {
  readonly removed: readonly RunArtifact[];
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

/** Removes each file. A file that cannot be removed is returned with the reason. */
export async function removeArtifacts(files: readonly RunArtifact[]): Promise<Removed> {
  const removed: RunArtifact[] = [];
  const failed: { path: string; message: string }[] = [];
  for (const file of files) {
    try {
      await rm(file.path, { force: true });
      removed.push(file);
    } catch (error) {
      failed.push({ path: file.path, message: messageOf(error) });
    }
  }
  return { removed, failed };
}

export function bytesOf(files: readonly RunArtifact[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
