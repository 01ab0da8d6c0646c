/** Processes as Linux shows them under `/proc` (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemClock } from '../clock.ts';
import type { ProcessReader, ProcessRow } from './process-reader.ts';

export const linuxProcesses: ProcessReader = {
  pollMs: 25,

  // Synchronous on purpose. These files never wait for a disk, and a child cannot be reaped within the turn of its
  // spawn, so even one that ends immediately gets its identity.
  async one(pid) {
    return withDescriptors(() => readRow(pid));
  },

  async all(isKnown = () => false) {
    return withDescriptors(() =>
      listPids()
        .filter((pid) => !isKnown(pid))
        .map(readRow)
        .filter((row) => row !== undefined),
    );
  },

  // Asynchronous: reading an environment may wait for the other process's memory lock.
  async marked(name, value, among) {
    const mark = Buffer.from(`\0${name}=${value}\0`);
    const found: number[] = [];
    await eachEnvironment((pid, environment) => {
      if (environment.includes(mark)) found.push(pid);
    }, among);
    return found;
  },

  async marks(name) {
    const found = new Map<number, string>();
    await eachEnvironment((pid, environment) => {
      const value = valueIn(environment, name);
      if (value !== undefined) found.set(pid, value);
    });
    return found;
  },
};

/** The number of files open at a time, however many processes there are. */
const MAX_OPEN_FILES = 16;

async function eachEnvironment(
  look: (pid: number, environment: Buffer) => void,
  among?: readonly number[],
): Promise<void> {
  const pids = (among ?? (await withDescriptors(listPids))).values();
  const readers = Array.from({ length: MAX_OPEN_FILES }, async () => {
    // All readers share one iterator.
    for (const pid of pids) look(pid, await withDescriptors(() => readEnvironment(pid)));
  });
  await Promise.all(readers);
}

/**
 * Retries while this process or the machine has no file descriptor left: that says nothing about the process in
 * question. The first try happens in the turn of the call.
 */
async function withDescriptors<T>(read: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isCode(error, 'EMFILE', 'ENFILE')) throw error;
    }
    await systemClock.sleep(WAIT_MS);
  }
}

const WAIT_MS = 25;

function valueIn(environment: Buffer, name: string): string | undefined {
  const start = environment.indexOf(`\0${name}=`);
  if (start < 0) return undefined;
  const from = start + name.length + 2;
  return environment.toString('utf8', from, environment.indexOf(0, from));
}

function readRow(pid: number): ProcessRow | undefined {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  // The name is in parentheses and may contain spaces and parentheses; the fields follow the last parenthesis.
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
    // ESRCH: the process ended between open and read.
    if (isCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

/** Newer Node versions name every Node process after its main thread. */
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

/** With a leading NUL, so that the first variable too is found as `\0NAME=value\0`. */
async function readEnvironment(pid: number): Promise<Buffer> {
  const bytes = await readFile(`/proc/${pid}/environ`).catch((error: unknown) => {
    // The process belongs to another user, or has ended. Kernel threads have an empty environment.
    if (isCode(error, 'EACCES', 'EPERM', 'ENOENT', 'ESRCH')) return Buffer.alloc(0);
    throw error;
  });
  return Buffer.concat([Buffer.of(0), bytes, Buffer.of(0)]);
}

let knownBootId: string | undefined;

/**
 * Field 22 counts from the boot, so alone it could match a process of the previous boot.
 * systemd's `ProcSubset=pid` hides this file; then the count alone is used.
 */
function bootId(): string {
  try {
    knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    if (!isCode(error, 'ENOENT', 'EACCES', 'EPERM')) throw error;
    knownBootId ??= 'hidden';
  }
  return knownBootId;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
