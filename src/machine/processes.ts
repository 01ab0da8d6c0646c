/**
 * What the operating system says about its processes, read in one shape on every platform. Linux reads `/proc`,
 * macOS and the BSDs ask `ps`, Windows asks CIM. This is the only file that knows which of them we are on.
 */
import { linuxProcesses } from './processes-linux.ts';
import { psProcesses } from './processes-ps.ts';
import { windowsProcesses } from './processes-windows.ts';

export interface ProcessRow {
  pid: number;
  parent: number;
  /** Process group; 0 on Windows, which has none. */
  group: number;
  /** Short name of the program, for people. */
  name: string;
  /** Opaque and stable: equal tokens under one pid mean the same process. */
  startedAt: string;
  /** It has ended and only waits for its parent to notice (a zombie). */
  ended: boolean;
}

export interface ProcessReader {
  /** The process with this pid, ended ones included. `undefined` when there is none. */
  one(pid: number): Promise<ProcessRow | undefined>;
  /** Every process we may see, ended ones included. */
  all(): Promise<ProcessRow[]>;
  /** The pids whose environment at their start held `NAME=value`; none where that cannot be read. */
  marked(name: string, value: string): Promise<number[]>;
  /** How often it is reasonable to ask, in milliseconds: one question costs microseconds on Linux, a process elsewhere. */
  pollMs: number;
}

export const isWindows = process.platform === 'win32';

export const processes: ProcessReader =
  process.platform === 'linux' ? linuxProcesses : isWindows ? windowsProcesses : psProcesses;
