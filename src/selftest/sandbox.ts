/**
 * One temporary folder with its own processes, in which the whole loop runs with a scripted model. Its promise: nothing
 * of the machine's own Claude, keys or state is used, and `stop` and `remove` leave no process and no file behind,
 * whatever happened before.
 */

import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, openBridge } from '../bridge/bridge.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { type Child, type Exit, spawnChild } from '../machine/child.ts';
import { stopChild } from '../machine/stop.ts';
import { type Leftover, sweep } from '../machine/sweep.ts';
import type { Script } from '../simulator/script.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { logFile } from '../state-folder.ts';
import { type Desktop, startDesktop } from './desktop.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { SelftestError } from './selftest-error.ts';

export interface SandboxOptions {
  /** The program and arguments that start our command line. */
  readonly selfCommand: readonly string[];
  /** The machine's environment; only the folders of the system are taken from it. */
  readonly env: Environment;
  /** The PATH of the processes in the sandbox. */
  readonly path: string;
  /** Further variables for these processes, such as SHELL; none of Claude's. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Path of the claude program. */
  readonly claude: string;
  /** Prefix of the folder's name. */
  readonly name: string;
  /** The folder Claude works in: its name and its first files. */
  readonly workspace: { readonly name: string; readonly files: Readonly<Record<string, string>> };
  /** Keys of config.json besides the workspace. */
  readonly config: Readonly<Record<string, unknown>>;
}

export class Sandbox {
  readonly root: string;
  /** The folder Claude works in. */
  readonly workspace: string;
  readonly bridge: Bridge;
  readonly #options: SandboxOptions;
  readonly #stateDir: string;
  readonly #homeDir: string;
  #stopped: Promise<Leftover[]> | undefined;
  #simulator: Simulator | undefined;
  #supervisor: Child | undefined;
  #desktop: Desktop | undefined;

  constructor(root: string, options: SandboxOptions, bridge: Bridge) {
    this.root = root;
    this.#options = options;
    this.#stateDir = join(root, 'state');
    this.#homeDir = join(root, 'home');
    this.workspace = join(root, options.workspace.name);
    this.bridge = bridge;
  }

  /** Path of the claude program. */
  get claude(): string {
    return this.#options.claude;
  }

  /** All requests to the model so far. */
  get requests(): Simulator['requests'] {
    return this.#simulator?.requests ?? [];
  }

  async startModel(script: Script): Promise<void> {
    this.#simulator = await startSimulator({ script, clock: this.#options.clock });
  }

  /** Starts the supervisor; `onExit` gets its exit and the last line of its output. Returns its pid. */
  async startSupervisor(onExit: (exit: Exit, lastLine: string) => void): Promise<number> {
    const [command = process.execPath, ...args] = this.#options.selfCommand;
    const output = join(this.root, 'supervisor.out');
    const child = await spawnChild({
      command,
      args: [...args, 'run', '--quiet'],
      cwd: this.root,
      env: this.#environment(),
      stdoutPath: output,
      stderrPath: output,
    });
    if (child.kind !== 'child') throw new SelftestError(`the supervisor failed to start: ${child.message}`);
    this.#supervisor = child;
    child.endInput();
    void child.exited.then(async (exit) => onExit(exit, await lastLineOf(output)));
    return child.identity.pid;
  }

  async startDesktop(): Promise<Desktop> {
    this.#desktop = await startDesktop({
      selfCommand: this.#options.selfCommand,
      env: this.#environment(),
      cwd: this.root,
      logPath: join(this.root, 'desktop.out'),
    });
    return this.#desktop;
  }

  /** The lines of loop.log so far. */
  async log(): Promise<string[]> {
    const text = await readFile(logFile(this.#stateDir), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** A file of the workspace. */
  read(name: string): Promise<string> {
    return readFile(join(this.workspace, name), 'utf8');
  }

  /** Stops every process, once. Returns those that survived. */
  stop(): Promise<Leftover[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<Leftover[]> {
    const { clock } = this.#options;
    try {
      // A server that does not close is killed with the rest.
      await this.#desktop?.close().catch(() => undefined);
      return this.#supervisor ? await stopSupervisor(this.#supervisor, this.#homeDir, clock) : [];
    } finally {
      await this.#simulator?.close();
      await this.bridge.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #environment(): Record<string, string> {
    const { claude, path, env } = this.#options;
    const url = this.#simulator?.url ?? '';
    const places = { url, stateDir: this.#stateDir, homeDir: this.#homeDir, claude, path };
    return { ...this.#options.variables, ...sandboxEnvironment(places, env) };
  }
}

/** Creates the folder with everything that the first process needs. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { name, files } = options.workspace;
  const root = await realpath(await mkdtemp(join(tmpdir(), `${options.name}-`)));
  try {
    const workspace = join(root, name);
    for (const folder of [workspace, join(root, 'state'), join(root, 'home')]) await mkdir(folder);
    for (const [file, text] of Object.entries(files)) await writeFile(join(workspace, file), text);
    const config = { workspaces: { [name]: workspace }, ...options.config };
    await writeFile(join(root, 'state', 'config.json'), JSON.stringify(config, null, 2));
    return new Sandbox(root, options, await openBridge(join(root, 'state'), options.clock));
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

/** A supervisor that is asked to stop ends its runs first, which takes some seconds. */
const STOP_GRACE_MS = { interrupt: 0, int: 20_000, term: 5_000 };
const SWEEP_GRACE_MS = 2_000;

/** @param homeDir Claude's home: every process of the sandbox, and no other, has it in its environment. */
async function stopSupervisor(child: Child, homeDir: string, clock: Clock): Promise<Leftover[]> {
  const tree = await child.processTree();
  await stopChild(child, { graceMs: STOP_GRACE_MS, clock });
  return sweep({
    root: child.identity,
    mark: { name: 'HOME', value: homeDir },
    processTree: tree,
    graceMs: SWEEP_GRACE_MS,
    clock,
  });
}

/** The sessions in which Claude has called the model. */
export function sessionsOf({ requests }: Sandbox): string[] {
  const asked = requests.flatMap((request) => (request.kind === 'main' ? [request.turn.sessionId] : []));
  return [...new Set(asked)];
}

async function lastLineOf(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
}
