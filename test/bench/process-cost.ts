/** What a process takes from the machine, as Linux counts it (https://man7.org/linux/man-pages/man5/proc.5.html). */
import { readdir, readFile } from 'node:fs/promises';

/** Processor time so far in milliseconds, of all threads: in nanoseconds inside, where `ps` counts in hundredths. */
export async function processorMs(pid: number): Promise<number> {
  const tasks = `/proc/${pid}/task`;
  const threads = await readdir(tasks);
  const times = await Promise.all(threads.map((thread) => readFile(`${tasks}/${thread}/schedstat`, 'utf8')));
  return times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
}

/** Resident memory in megabytes, shared libraries included. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status names no resident memory`);
  return (Number(kilobytes) * 1024) / 1e6;
}
