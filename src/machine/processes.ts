/** What the operating system says about its processes: `/proc` on Linux, `ps` on macOS and the BSDs, CIM on Windows. */
import { platform } from './platform.ts';
import type { ProcessReader } from './process-reader.ts';
import { linuxProcesses } from './processes-linux.ts';
import { psProcesses } from './processes-ps.ts';
import { windowsProcesses } from './processes-windows.ts';

export const processes: ProcessReader = {
  linux: linuxProcesses,
  windows: windowsProcesses,
  macos: psProcesses,
  'other-unix': psProcesses,
}[platform];
