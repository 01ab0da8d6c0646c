/** The memory and processor time of a process and its descendants, for people to read. */
import { readFileSync } from 'node:fs';
import { totalmem, uptime } from 'node:os';
import * as z from 'zod';
import type { ProcessIdentity } from './identity.ts';
import { platform } from './platform.ts';
import { processTree } from './tree.ts';
import { POWERSHELL } from './windows-programs.ts';

export interface TreeUsage {
  processes: number;
  /** Resident memory; shared memory counts for each process. */
  memoryBytes: number;
  /**
   * Percent of one processor: on Linux and Windows the average over each process's life, elsewhere as `ps` gives it.
   */
  cpuPercent: number;
}

type Usage = Omit<TreeUsage, 'processes'>;

/** Sums up the tree of a process; undefined when it has ended. */
export async function treeUsage(root: ProcessIdentity): Promise<TreeUsage | undefined> {
  const pids = new Set((await processTree(root)).map(({ pid }) => pid));
  if (pids.size === 0) return undefined;
  const all = await { linux: linuxUsage, windows: windowsUsage, macos: psUsage, 'other-unix': psUsage }[
    platform
  ](pids);
  return {
    processes: all.length,
    memoryBytes: sum(all.map(({ memoryBytes }) => memoryBytes)),
    cpuPercent: sum(all.map(({ cpuPercent }) => cpuPercent)),
  };
}

async function linuxUsage(pids: ReadonlySet<number>): Promise<Usage[]> {
  return [...pids].map(linuxUsageOf).filter((usage) => usage !== undefined);
}

function linuxUsageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Fields 14, 15 (time in user and kernel mode) and 22 (start since boot), in ticks of 1/100 s
    // (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
    const [user = 0, kernel = 0, started = 0] = [14, 15, 22].map(
      (number) => Number(fields[number - 3]) / 100,
    );
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
    return { memoryBytes: Number(resident) * 1024, cpuPercent: percent(user + kernel, uptime() - started) };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

async function psUsage(pids: ReadonlySet<number>): Promise<Usage[]> {
  const { default: psList } = await import('ps-list');
  const rows = (await psList()).filter(({ pid }) => pids.has(pid));
  return rows.map(({ memory = 0, cpu = 0 }) => ({
    memoryBytes: (memory / 100) * totalmem(),
    cpuPercent: cpu,
  }));
}

const CimUsage = z.array(z.object({ Memory: z.number(), Cpu: z.number(), Age: z.number() }));

async function windowsUsage(pids: ReadonlySet<number>): Promise<Usage[]> {
  const filter = [...pids].map((pid) => `ProcessId=${pid}`).join(' OR ');
  const fields = [
    "@{n='Memory';e={$_.WorkingSetSize}}",
    // Both in units of 100 ns (https://learn.microsoft.com/windows/win32/cimwin32prov/win32-process).
    "@{n='Cpu';e={($_.KernelModeTime+$_.UserModeTime)/1e7}}",
    "@{n='Age';e={((Get-Date)-$_.CreationDate).TotalSeconds}}",
  ];
  const script = `ConvertTo-Json -Compress @(Get-CimInstance Win32_Process -Filter '${filter}'|Select-Object ${fields})`;
  const command = ['-NoProfile', '-NonInteractive', '-Command', script];
  const { execa } = await import('execa');
  const { stdout } = await execa(POWERSHELL, command, { windowsHide: true });
  const rows = CimUsage.parse(JSON.parse(stdout));
  return rows.map(({ Memory, Cpu, Age }) => ({ memoryBytes: Memory, cpuPercent: percent(Cpu, Age) }));
}

function percent(cpuSeconds: number, ageSeconds: number): number {
  return ageSeconds > 0 ? (100 * cpuSeconds) / ageSeconds : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
