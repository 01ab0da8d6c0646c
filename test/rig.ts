/**
 * A state folder of its own, the bridge opened on it, and a clock that stands still until a test moves it. Whatever a
 * test leaves behind fails it: a process, an open file, a watch, a half-written draft.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bridge } from '../src/bridge/bridge.ts';
import type { Clock } from '../src/clock.ts';
import type { DatabaseOptions } from '../src/store/database.ts';
import type { Row, Tables } from '../src/store/schema.ts';
import { COMPILED } from './built.ts';
import { eventually } from './eventually.ts';
import { openNewBridge } from './new-store.ts';
import { rowsOf, tamper } from './store/raw.ts';

export interface Rig extends AsyncDisposable {
  /** The state folder. */
  readonly home: string;
  readonly bridge: Bridge;
  readonly clock: TestClock;
  /** A folder that a plan may name. */
  readonly workspace: string;
  /** The same state folder through a connection of its own, as another process has it. */
  connect(): Promise<Bridge>;
  /** Every row of a table, read behind the back of the program. */
  rowsOf<T extends keyof Tables>(table: T): Row<T>[];
  /** Changes the store behind the back of the program. */
  tamper(query: string, ...values: unknown[]): void;
  /** A script of the tests in a process of its own; it waits for `go`. */
  process(script: URL, args?: readonly string[], wrapper?: readonly string[]): Puppet;
}

export interface Puppet {
  /** Resolves when the script is about to begin. */
  readonly ready: Promise<void>;
  /** Lets it begin, and resolves with what it printed as JSON. Throws with its error output when it fails. */
  go(): Promise<unknown>;
}

interface RigOptions extends DatabaseOptions {
  /** The store's, where it is not that of the rig. */
  readonly storeClock?: Clock;
}

/** Unless told otherwise every write runs twice, the first time rolled back: what it does besides writing is seen. */
export async function createRig({ storeClock, repeatWrites = true }: RigOptions = {}): Promise<Rig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-')));
  const home = join(root, 'state');
  const clock = new TestClock();
  const open = () => openNewBridge(home, storeClock ?? clock, { repeatWrites });
  const bridge = await open();
  const bridges = [bridge];
  const children: ChildProcess[] = [];

  return {
    home,
    bridge,
    clock,
    workspace: root,
    async connect() {
      const another = await open();
      bridges.push(another);
      return another;
    },
    rowsOf: (table) => rowsOf(home, table),
    tamper: (query, ...values) => tamper(home, query, ...values),
    process(script, args = [], wrapper = []) {
      const [program, ...rest] = [...wrapper, ...nodeCommand(script), ...args];
      const child = spawn(program ?? '', rest, {
        stdio: 'pipe',
        env: { PATH: process.env.PATH, ...COMPILED },
      });
      children.push(child);
      return puppet(child);
    },
    async [Symbol.asyncDispose]() {
      const left = [...(await endProcesses(children)), ...(await draftsIn(root))];
      for (const one of bridges) await one.close();
      left.push(...(await openFilesIn(root)), ...(await watchesOn(home)));
      await rm(root, { recursive: true, maxRetries: 5 });
      if (left.length > 0) throw new Error(`left behind by the test: ${left.join(', ')}`);
    },
  };
}

/** Time that moves only when a test says so. */
export class TestClock implements Clock {
  #now = Date.parse('2026-03-01T12:00:00.000Z');
  #sleepers: { until: number; wake: () => void }[] = [];

  now(): Date {
    return new Date(this.#now);
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.sleepUntil(new Date(this.#now + ms), signal);
  }

  sleepUntil(time: Date, signal?: AbortSignal): Promise<void> {
    if (time.getTime() <= this.#now || signal?.aborted) return Promise.resolve();
    return new Promise((wake) => {
      this.#sleepers.push({ until: time.getTime(), wake });
      signal?.addEventListener('abort', () => wake(), { once: true });
    });
  }

  /** Resolves when somebody sleeps for `ms` milliseconds from now. */
  async slept(ms: number): Promise<void> {
    const until = this.#now + ms;
    await eventually(() => {
      if (!this.#sleepers.some((sleeper) => sleeper.until === until))
        throw new Error('nobody sleeps so long');
    });
  }

  /** Moves time on, waking who sleeps until then. Returns the new time as the store writes it. */
  advance(ms: number): string {
    this.#now += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    return this.now().toISOString();
  }
}

/** The runtime of the tests, reading TypeScript by itself: Node 22 needs to be asked, later ones do not mind. */
function nodeCommand(script: URL): string[] {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  return [process.execPath, ...flags, fileURLToPath(script)];
}

function puppet(child: ChildProcess): Puppet {
  const ended = once(child, 'close');
  let output = '';
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.startsWith(READY)) resolve();
    });
    child.once('close', () => reject(new Error(`ended before it was ready: ${errors}`)));
  });
  // Who does not wait for it hears of the failure from go().
  ready.catch(() => undefined);
  return {
    ready,
    async go() {
      child.stdin?.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
      return JSON.parse(output.slice(READY.length));
    },
  };
}

const READY = 'ready\n';

async function endProcesses(children: readonly ChildProcess[]): Promise<string[]> {
  const left = children.filter((child) => child.exitCode === null && child.signalCode === null);
  for (const child of left) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  return left.map((child) => `process ${child.pid}`);
}

/** A draft is a file on its way to its name; one that stays was forgotten. */
async function draftsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.tmp'));
}

const SELF = '/proc/self';

/** Elsewhere than on Linux no file says this, and nothing is checked. */
async function openFilesIn(folder: string): Promise<string[]> {
  if (!existsSync(SELF)) return [];
  const files = await Promise.all((await readdir(`${SELF}/fd`)).map((fd) => link(`${SELF}/fd/${fd}`)));
  return files.filter((file) => file.startsWith(folder)).map((file) => `open ${file}`);
}

async function watchesOn(folder: string): Promise<string[]> {
  if (!existsSync(SELF)) return [];
  const inode = (await stat(folder)).ino.toString(16);
  const left: string[] = [];
  for (const fd of await readdir(`${SELF}/fdinfo`)) {
    const info = await readFile(`${SELF}/fdinfo/${fd}`, 'utf8').catch(() => '');
    if (info.split('\n').some((line) => line.startsWith('inotify') && line.includes(`ino:${inode} `)))
      left.push(`a watch on ${folder}`);
  }
  return left;
}

async function link(path: string): Promise<string> {
  return readlink(path).catch(() => '');
}
