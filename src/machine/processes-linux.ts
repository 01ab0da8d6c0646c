/** Processes as Linux shows them under `/proc` (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ProcessReader, ProcessRow } from './process-reader.ts';

export const linuxProcesses: ProcessReader = {
  pollMs: 25,

  // Synchronous on purpose: these files never wait for a disk, and a child asked for in the same turn as its spawn
  // cannot have been reaped yet, so that even one that ends at once gets its identity.
  async one(pid) {
    return readRow(pid);
  },

  async all() {
    return listPids()
      .map(readRow)
      .filter((row) => row !== undefined);
  },

  // Reading an environment takes the other process's memory lock and may wait for it: never on the event loop.
  async marked(name, value) {
    const mark = Buffer.from(`\0${name}=${value}\0`);
    const found: number[] = [];
    await Promise.all(
      listPids().map(async (pid) => {
        if ((await readEnvironment(pid)).includes(mark)) found.push(pid);
      }),
    );
    return found;
  },

  async marks(name) {
    const found = new Map<number, string>();
    await Promise.all(
      listPids().map(async (pid) => {
        const value = valueIn(await readEnvironment(pid), name);
        if (value !== undefined) found.set(pid, value);
      }),
    );
    return found;
  },
};

function valueIn(environment: Buffer, name: string): string | undefined {
  const start = environment.indexOf(`\0${name}=`);
  if (start < 0) return undefined;
  const from = start + name.length + 2;
  return environment.toString('utf8', from, environment.indexOf(0, from));
}

function readRow(pid: number): ProcessRow | undefined {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  // The name stands in parentheses and may itself hold spaces and parentheses; the fields go on after the last one.
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const field = (number: number): string => fields[number - 3] ?? '';
  return {
    pid,
    parent: Number(field(4)),
    group: Number(field(5)),
    name: programName(pid, stat.slice(stat.indexOf('(') + 1, nameEnd)),
    startedAt: `${bootId()}:${field(22)}`,
    ended: field(3) === 'Z' || field(3) === 'X',
  };
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    // ESRCH: it went away between open and read.
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

/** Newer Node versions call every Node program by the name of its main thread. */
function programName(pid: number, name: string): string {
  if (name !== 'MainThread') return name;
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return name;
  }
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** With a leading NUL, so that every variable, the first too, is found as `\0NAME=value\0`. */
async function readEnvironment(pid: number): Promise<Buffer> {
  // Other users' processes refuse (EACCES), kernel threads have none, and any may be gone by now.
  const bytes = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
  return Buffer.concat([Buffer.of(0), bytes, Buffer.of(0)]);
}

let knownBootId: string | undefined;

/**
 * Field 22 counts from the boot, so alone it could match a process of the previous boot.
 * systemd's `ProcSubset=pid` hides this file; then the count alone has to do.
 */
function bootId(): string {
  try {
    knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    knownBootId ??= 'hidden';
  }
  return knownBootId;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
