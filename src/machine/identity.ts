/**
 * Who a process is. A pid alone does not identify a process: pids are reused, and an ended process keeps its pid until
 * its parent notices. A pid with its start time names one process for ever, also across our own restarts.
 */
import { processes } from './processes.ts';

export interface ProcessIdentity {
  pid: number;
  /**
   * Opaque start token, comparable only for equality: on Linux `<boot id>:<field 22 of /proc/pid/stat>`, elsewhere the
   * start time in ISO 8601 (to the second on macOS).
   */
  startedAt: string;
}

/** The identity of the living process with this pid; undefined when there is none or it has ended. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const row = await processes.one(pid);
  return row && !row.ended ? { pid, startedAt: row.startedAt } : undefined;
}

/** Whether exactly this process still lives. A zombie does not live, nor does another process with the same pid. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const found = await identify(identity.pid);
  return found !== undefined && isSame(found, identity);
}

export function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

/** Whether a process has surely begun before `other`; on Linux to the hundredth of a second, elsewhere never sure. */
export function isOlder(process: ProcessIdentity, other: ProcessIdentity): boolean {
  const [boot, ticks, ...rest] = process.startedAt.split(':');
  const [otherBoot, otherTicks] = other.startedAt.split(':');
  // A time of day, which can be set, has more parts.
  return rest.length === 0 && boot === otherBoot && Number(ticks) < Number(otherTicks);
}
