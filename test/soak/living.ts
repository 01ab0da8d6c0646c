/** The processes of a soak, found by the folder that is in all their environments; never anybody else's. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { RUN_MARK } from '../../src/claude/environment.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/machine/identity.ts';

export interface Living {
  readonly identity: ProcessIdentity;
  readonly parent: number;
  readonly argv: readonly string[];
  /** The run in whose name it works, if any. */
  readonly run: string | undefined;
  readonly project: string | undefined;
  /** What it is marked with that is no run: `check:ID`, `prepare:ID`. */
  readonly command: string | undefined;
}

/** Everything that lives and was started with `root` in its environment, less this process. */
export async function livingIn(root: string): Promise<Living[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => look(pid, root)));
  return found.filter((one) => one !== undefined);
}

async function look(pid: number, root: string): Promise<Living | undefined> {
  if (pid === process.pid) return undefined;
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  if (!environ.includes(root)) return undefined;
  const [argv, stat, identity] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    identify(pid),
  ]);
  if (!identity) return undefined;
  const variables = environ.split('\0');
  const value = (name: string) =>
    variables.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const mark = value(RUN_MARK);
  return {
    identity,
    // The field after the name in parentheses and the state (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
    parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]),
    argv: argv.split('\0'),
    run: RUN_ID.test(mark ?? '') ? mark : undefined,
    project: value('BRIDGE_PROJECT_ID'),
    command: mark?.includes(':') ? mark : undefined,
  };
}

/** The mark is also on processes of no run, such as one that asks whether somebody is logged in. */
export const RUN_ID = /^[0-9a-f]{12}$/;

/** The session a claude process works on; undefined for every other process. */
export function sessionOf({ argv }: Living): string | undefined {
  const at = argv.findIndex((word) => word === '--session-id' || word === '--resume');
  return at < 0 ? undefined : argv[at + 1];
}

/** The claude processes, less what they have forked and not yet made into another program. */
export function claudesAmong(living: readonly Living[]): Living[] {
  const claudes = living.filter((one) => sessionOf(one) !== undefined);
  const pids = new Set(claudes.map(({ identity }) => identity.pid));
  return claudes.filter(({ parent }) => !pids.has(parent));
}

export function isCodeServer({ argv }: Living): boolean {
  return argv.includes('mcp') && argv.includes('code');
}

/** Signals exactly this process; false when it is gone. */
export async function signal(identity: ProcessIdentity, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    return false;
  }
}

/** Kills whatever is left, and what that starts meanwhile; returns what there was. */
export async function endAll(root: string): Promise<string[]> {
  const left = new Map<number, string>();
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const living = await livingIn(root);
    if (living.length === 0) break;
    for (const { identity, argv } of living) {
      left.set(identity.pid, argv.join(' ').slice(0, 120));
      await signal(identity, 'SIGKILL');
    }
    await delay(LOOK_AGAIN_MS);
  }
  return [...left].map(([pid, command]) => `${pid} ${command}`);
}

const MAX_LOOKS = 50;
const LOOK_AGAIN_MS = 100;
