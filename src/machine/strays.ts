/**
 * Processes that a run may have left, without proof: they are reported to a person and not ended. On Linux only;
 * elsewhere none is found.
 */
import { readFile, readlink } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ProcessIdentity } from './identity.ts';
import { platform } from './platform.ts';
import type { ProcessRow } from './process-reader.ts';
import { processes } from './processes.ts';
import { livingSince } from './tree.ts';

/**
 * Processes that started after `root`, have lost their parent, and work in `folder` or belong to our own service.
 *
 * @param inFolderOnly Leaves those of our service out.
 */
export async function findStrays(
  root: ProcessIdentity,
  folder: string,
  { inFolderOnly = false } = {},
): Promise<ProcessRow[]> {
  if (platform !== 'linux') return [];
  const rows = await livingSince(root);
  // The system gives an orphan to the first process, or to a subreaper above us.
  const above = new Set([1, ...(await ancestors())]);
  const orphans = rows.filter(
    (row) => above.has(row.parent) && !above.has(row.pid) && isLater(row, root) && row.pid !== process.pid,
  );
  const found: ProcessRow[] = [];
  const service = inFolderOnly ? undefined : await serviceOf('self');
  for (const row of orphans) {
    const where = await readlink(`/proc/${row.pid}/cwd`).catch(() => '');
    const isInFolder = where === folder || where.startsWith(folder + sep);
    if (isInFolder || (service !== undefined && service === (await serviceOf(row.pid)))) found.push(row);
  }
  return found;
}

/** The pids above this process. */
async function ancestors(): Promise<number[]> {
  const pids: number[] = [];
  for (let at = process.ppid; at > 0; at = (await processes.one(at))?.parent ?? 0) pids.push(at);
  return pids;
}

/** Compares field 22 of `/proc/pid/stat`, which follows the boot id in `startedAt` (identity.ts). */
function isLater({ startedAt }: ProcessIdentity, root: ProcessIdentity): boolean {
  const [[boot, time], [bootOfRoot, timeOfRoot]] = [startedAt.split(':'), root.startedAt.split(':')];
  return boot === bootOfRoot && Number(time) >= Number(timeOfRoot);
}

/** The control group of a process if it belongs to a service: that service started everything in it. */
async function serviceOf(pid: number | 'self'): Promise<string | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return /^0::.*\.service(?:\/|$)/m.exec(groups)?.[0];
}
