/**
 * Processes as `ps` shows them on macOS and the BSDs (https://keith.github.io/xcode-man-pages/ps.1.html).
 * ps-list lacks what an identity needs: zombies, process groups, and a start time that stays the same when the machine
 * changes its time zone (ps-list reads the local time that ps prints).
 */
import type { ProcessReader, ProcessRow } from './process-reader.ts';

export const psProcesses: ProcessReader = {
  pollMs: 250,

  async one(pid) {
    const { text } = await ps(['-p', String(pid), '-o', COLUMNS]);
    const [row] = parseRows(text);
    return row;
  },

  async all() {
    const { text, pid: asked } = await ps(['-A', '-o', COLUMNS]);
    // Our own ps, which has ended by now.
    return parseRows(text).filter(({ pid }) => pid !== asked);
  },

  // -E prints the environment after the arguments. The list without -E shows where the arguments end, so that a command
  // that only mentions the mark, such as a grep for it, does not count.
  async marked(name, value) {
    const [plain, full] = await everyCommand();
    return parseMarked(plain, full, `${name}=${value}`);
  },

  async marks(name) {
    const [plain, full] = await everyCommand();
    return parseMarks(plain, full, name);
  },
};

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=,comm=';
const EVERY_COMMAND = ['-A', '-ww', '-o', 'pid=,command='];

async function everyCommand(): Promise<[plain: string, full: string]> {
  const [plain, full] = await Promise.all([ps([...EVERY_COMMAND]), ps(['-E', ...EVERY_COMMAND])]);
  return [plain.text, full.text];
}

async function ps(args: string[]): Promise<{ text: string; pid: number | undefined }> {
  // UTC and the C locale: the start time is part of an identity, so it must always read the same.
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
  // Loaded when used: Linux never does, and a stdio server stays small.
  const { execa } = await import('execa');
  const asking = execa('ps', args, { env, extendEnv: false, reject: false, maxBuffer: 64_000_000 });
  const { pid } = asking;
  const result = await asking;
  // ps exits 1 when no process matched.
  if (result.exitCode === 0 || (result.exitCode === 1 && result.stdout === ''))
    return { text: result.stdout, pid };
  throw new Error(`ps could not list the processes: ${result.stderr || result.message}`);
}

export function parseRows(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const [, pid, parent, group, stat = '', started, command = ''] = ROW.exec(line) ?? [];
    if (pid === undefined) continue;
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      name: command.slice(command.lastIndexOf('/') + 1),
      startedAt: new Date(`${started} UTC`).toISOString(),
      ended: stat.startsWith('Z'),
    });
  }
  return rows;
}

/** pid, parent, group, state, start as in "Sat Nov 21 03:04:05 2026", command */
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3} +\w{3} +\d+ +[\d:]{8} +\d{4})\s*(.*)$/;

export function parseMarked(plain: string, full: string, mark: string): number[] {
  return environments(plain, full)
    .filter(([, words]) => words.includes(mark))
    .map(([pid]) => pid);
}

/** A value ends at its first blank: nothing shows where the next variable begins. */
export function parseMarks(plain: string, full: string, name: string): Map<number, string> {
  return new Map(
    environments(plain, full).flatMap(([pid, words]) => {
      const word = words.find((text) => text.startsWith(`${name}=`));
      return word === undefined ? [] : [[pid, word.slice(name.length + 1)]];
    }),
  );
}

/** The words after the arguments of each process. */
function environments(plain: string, full: string): [pid: number, words: string[]][] {
  const commands = new Map(plain.split('\n').map(splitPid));
  return full.split('\n').flatMap((line) => {
    const [pid, text] = splitPid(line);
    const command = commands.get(pid);
    if (command === undefined || !text.startsWith(command)) return [];
    return [[pid, text.slice(command.length).split(' ')]];
  });
}

function splitPid(line: string): [number, string] {
  const [, pid, text = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
  return [Number(pid), text.trimEnd()];
}
