/**
 * Processes that may have been left by a run, which nothing proves: they are told to a person, and not ended. On Linux
 * only; elsewhere none is found.
 */
import { readFile, readlink } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ProcessIdentity } from './identity.ts';
import type { ProcessRow } from './process-reader.ts';
import { ancestorsOf, living } from './tree.ts';

/**
 * What was started after `root`, is nobody's child any more, and works in `folder` or came to be in the service that we
 * are.
 */
export async function findStrays(root: ProcessIdentity, folder: string): Promise<ProcessRow[]> {
  const rows = await living();
  // An orphan goes to the first process, or to one above us that takes its place.
  const above = new Set([1, ...ancestorsOf(process.pid, rows).slice(1)]);
  const orphans = rows.filter(
    (row) => above.has(row.parent) && !above.has(row.pid) && isLater(row, root) && row.pid !== process.pid,
  );
  const found: ProcessRow[] = [];
  const service = await serviceOf('self');
  for (const row of orphans) {
    const where = await readlink(`/proc/${row.pid}/cwd`).catch(() => '');
    const isInFolder = where === folder || where.startsWith(folder + sep);
    if (isInFolder || (service !== undefined && service === (await serviceOf(row.pid)))) found.push(row);
  }
  return found;
}

/** Field 22 of `/proc/pid/stat`, behind the boot (identity.ts). */
function isLater({ startedAt }: ProcessIdentity, root: ProcessIdentity): boolean {
  const [[boot, time], [bootOfRoot, timeOfRoot]] = [startedAt.split(':'), root.startedAt.split(':')];
  return boot === bootOfRoot && Number(time) >= Number(timeOfRoot);
}

/** The control group of a process, if it is one of a service: whatever is in it was started by that service. */
async function serviceOf(pid: number | 'self'): Promise<string | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return /^0::.*\.service(?:\/|$)/m.exec(groups)?.[0];
}
