/**
 * Processes as Windows shows them through CIM
 * (https://learn.microsoft.com/windows/win32/cimwin32prov/win32-process). Windows has no process groups and shows no
 * environment of another process: what a run started is found as the tree below it, while that tree stands.
 * ps-list gives no start time on Windows, and does not work on ARM64.
 */
import * as z from 'zod';
import type { ProcessReader, ProcessRow } from './process-reader.ts';
import { POWERSHELL } from './windows-programs.ts';

export const windowsProcesses: ProcessReader = {
  pollMs: 1_000,

  async one(pid) {
    const { json } = await queryCim(`-Filter 'ProcessId=${pid}'`);
    const [row] = parseRows(json);
    return row;
  },

  async all() {
    const { json, pid: asked } = await queryCim('');
    // Our own PowerShell, which has ended by now.
    return parseRows(json).filter(({ pid }) => pid !== asked);
  },

  async marked() {
    return [];
  },

  async marks() {
    return new Map();
  },
};

async function queryCim(filter: string): Promise<{ json: string; pid: number | undefined }> {
  const fields = 'ProcessId,ParentProcessId,Name';
  // Round-trip format in UTC: the start time is part of an identity, so it must always read the same.
  const started = "@{n='Started';e={if($_.CreationDate){$_.CreationDate.ToUniversalTime().ToString('o')}}}";
  const script = `@(Get-CimInstance Win32_Process ${filter}|Select-Object ${fields},${started})|ConvertTo-Json -Compress`;
  // As in processes-ps.ts.
  const { execa } = await import('execa');
  const asking = execa(POWERSHELL, ['-NoProfile', '-NonInteractive', '-Command', script], {
    reject: false,
    windowsHide: true,
    maxBuffer: 64_000_000,
  });
  const { pid } = asking;
  const result = await asking;
  if (result.exitCode === 0) return { json: result.stdout, pid };
  throw new Error(`PowerShell could not list the processes: ${result.stderr || result.message}`);
}

const CimProcess = z.object({
  ProcessId: z.number(),
  ParentProcessId: z.number(),
  Name: z.string().nullable(),
  Started: z.string().nullable(),
});

export function parseRows(json: string): ProcessRow[] {
  if (json.trim() === '') return [];
  const parsed: unknown = JSON.parse(json);
  // Windows PowerShell 5 prints a lone element of an array without the array.
  const list = z.array(CimProcess).parse(Array.isArray(parsed) ? parsed : [parsed]);
  const started = new Map(list.map((entry) => [entry.ProcessId, entry.Started ?? '']));
  return list.map((entry) => ({
    pid: entry.ProcessId,
    parent: trueParent(entry.ParentProcessId, entry.Started ?? '', started),
    group: 0,
    name: entry.Name ?? '',
    startedAt: entry.Started ?? '',
    ended: false,
  }));
}

/** Windows keeps the pid of an ended parent and soon reuses it. A true parent is older than its child. */
function trueParent(parent: number, startedAt: string, started: Map<number, string>): number {
  const parentStarted = started.get(parent);
  return parentStarted !== undefined && parentStarted <= startedAt ? parent : 0;
}
