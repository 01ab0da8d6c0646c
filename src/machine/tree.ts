/** Process groups and trees, as far as the process table shows them while the parents live. */
import { systemClock } from '../clock.ts';
import { isSame, type ProcessIdentity } from './identity.ts';
import type { ProcessRow } from './process-reader.ts';
import { ProcessTable } from './process-table.ts';
import { processes } from './processes.ts';

/**
 * The living members of a process group; none on Windows.
 *
 * @param leader The first process of the group, if it is known: no member is older, and older ones are not read.
 */
export async function groupMembers(group: number, leader?: ProcessIdentity): Promise<ProcessIdentity[]> {
  const rows = await (leader ? livingSince(leader) : living());
  return rows.filter((row) => row.group === group && group > 0).map(toIdentity);
}

/**
 * Every living process below this pid, in any group or session. Empty once the pid has ended: its children have moved.
 */
export async function descendants(pid: number): Promise<ProcessIdentity[]> {
  return below(new Set([pid]), await living()).map(toIdentity);
}

/**
 * A process, its group and its descendants; empty when it has ended. Remember it while the process lives: afterwards
 * its children have another parent, and only this list or their environment shows whose they are.
 */
export async function processTree(root: ProcessIdentity): Promise<ProcessIdentity[]> {
  const rows = await livingSince(root);
  if (!rows.some((row) => isSame(row, root))) return [];
  const group = rows.filter((row) => row.pid === root.pid || row.group === root.pid);
  return [...group, ...below(new Set(group.map((row) => row.pid)), rows)].map(toIdentity);
}

/** Every process that has not ended. */
export async function living(): Promise<ProcessRow[]> {
  return (await processes.all()).filter((row) => !row.ended);
}

const table = new ProcessTable(processes, systemClock);

/** Every living process that `root` may have started, and `root` itself. On Linux it costs a fraction of `living`. */
export async function livingSince(root: ProcessIdentity): Promise<ProcessRow[]> {
  return table.since(root);
}

/** The rows below these pids, without the pids themselves. */
export function below(pids: ReadonlySet<number>, rows: readonly ProcessRow[]): ProcessRow[] {
  const known = new Set(pids);
  const found: ProcessRow[] = [];
  for (let before = -1; before !== found.length; ) {
    before = found.length;
    for (const row of rows) {
      if (known.has(row.pid) || !known.has(row.parent)) continue;
      known.add(row.pid);
      found.push(row);
    }
  }
  return found;
}

/** A process and every process above it. */
export function ancestorsOf(pid: number, rows: readonly ProcessRow[]): number[] {
  const parents = new Map(rows.map((row) => [row.pid, row.parent]));
  const line: number[] = [];
  for (let at: number | undefined = pid; at && !line.includes(at); at = parents.get(at)) line.push(at);
  return line;
}

export function toIdentity({ pid, startedAt }: ProcessIdentity): ProcessIdentity {
  return { pid, startedAt };
}
