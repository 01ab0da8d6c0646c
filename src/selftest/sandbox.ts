/**
 * One temporary folder with its own processes, in which the whole loop runs with a scripted model. Its promise: nothing
 * of the machine's own Claude, keys or state is used, and `stop` and `remove` leave no process and no file behind,
 * whatever happened before.
 */

import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, openBridge } from '../bridge/bridge.ts';
import { projectDetails, projects } from '../bridge/queries.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { type Child, type Exit, spawnChild } from '../machine/child.ts';
import { lastLineOf } from '../machine/program-output.ts';
import { stopChild } from '../machine/stop.ts';
import { type Leftover, sweep } from '../machine/sweep.ts';
import type { Script } from '../simulator/script.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { logFile } from '../state-folder.ts';
import { type Desktop, startDesktop } from './desktop.ts';
import { gitProblem, makeRepository } from './repository.ts';
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
  /** How Claude signs in: like a subscriber, who meets usage limits, or with an API key, which is the default. */
  readonly login?: 'api-key' | 'subscription';
  /** Prefix of the folder's name. */
  readonly name: string;
  /** The person's folder: its name, its first files, and the keys of its workspace in config.json. */
  readonly workspace: {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly settings: Readonly<Record<string, unknown>>;
  };
  /** Keys of config.json besides the workspace. */
  readonly config: Readonly<Record<string, unknown>>;
}

export class Sandbox {
  readonly root: string;
  readonly stateDir: string;
  /** The person's folder: a git repository, unless `withoutGit` says why not. */
  readonly workspace: string;
  readonly withoutGit: string | undefined;
  readonly bridge: Bridge;
  readonly #options: SandboxOptions;
  readonly #homeDir: string;
  #stopped: Promise<Leftover[]> | undefined;
  #simulator: Simulator | undefined;
  #supervisor: Child | undefined;
  #desktop: Desktop | undefined;

  constructor(root: string, options: SandboxOptions, bridge: Bridge, withoutGit: string | undefined) {
    const { stateDir, homeDir, workspace } = placesIn(root, options);
    this.root = root;
    this.stateDir = stateDir;
    this.workspace = workspace;
    this.withoutGit = withoutGit;
    this.bridge = bridge;
    this.#options = options;
    this.#homeDir = homeDir;
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
      env: this.environment,
      stdoutPath: output,
      stderrPath: output,
    });
    if (child.kind !== 'child') throw new SelftestError(`the supervisor failed to start: ${child.message}`);
    this.#supervisor = child;
    child.endInput();
    void child.exited.then(async (exit) => onExit(exit, await lastLineIn(output)));
    return child.identity.pid;
  }

  async startDesktop(): Promise<Desktop> {
    this.#desktop = await startDesktop({
      selfCommand: this.#options.selfCommand,
      env: this.environment,
      cwd: this.root,
      logPath: join(this.root, 'desktop.out'),
    });
    return this.#desktop;
  }

  /** The lines of loop.log so far. */
  async log(): Promise<string[]> {
    const text = await readFile(logFile(this.stateDir), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** The folder of the run under way, or of the newest one: a worktree, or the workspace itself. */
  async workFolder(): Promise<string> {
    const [project] = await projects(this.bridge, { limit: 1 });
    const found = project && (await projectDetails(this.bridge, project.id, 0));
    const run = found?.ok ? found.value.runs.at(-1) : undefined;
    if (!run) throw new SelftestError('Claude asked the model before there was a run');
    return run.workspace;
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

  /** Of every process in it. */
  get environment(): Record<string, string> {
    return environmentIn(this.root, this.#options, this.#simulator?.url ?? '');
  }
}

/** Creates the folder with everything that the first process needs. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { name, files, settings } = options.workspace;
  const root = await realpath(await mkdtemp(join(tmpdir(), `${options.name}-`)));
  try {
    const { stateDir, homeDir, workspace } = placesIn(root, options);
    for (const folder of [workspace, stateDir, homeDir]) await mkdir(folder);
    for (const [file, text] of Object.entries(files)) await writeFile(join(workspace, file), text);
    const env = environmentIn(root, options, '');
    const withoutGit = await gitProblem(env);
    if (withoutGit === undefined) await makeRepository(workspace, env);
    const config = {
      workspaces: { [name]: { path: workspace, ...settings } },
      // Its port is for the person's own supervisor.
      http: { enabled: false },
      ...options.config,
    };
    await writeFile(join(stateDir, 'config.json'), JSON.stringify(config, null, 2));
    return new Sandbox(root, options, await openBridge(stateDir, options.clock), withoutGit);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

function placesIn(root: string, { workspace }: Pick<SandboxOptions, 'workspace'>) {
  const [stateDir, homeDir] = [join(root, 'state'), join(root, 'home')];
  return { stateDir, homeDir, workspace: join(root, workspace.name) };
}

/** @param url The simulator's; empty before it is started. */
function environmentIn(root: string, options: SandboxOptions, url: string): Record<string, string> {
  const { claude, path, env, variables, login } = options;
  const { stateDir, homeDir } = placesIn(root, options);
  return {
    ...variables,
    ...sandboxEnvironment({ url, stateDir, homeDir, claude, path, ...(login && { login }) }, env),
  };
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

async function lastLineIn(file: string): Promise<string> {
  return lastLineOf(await readFile(file, 'utf8').catch(() => ''));
}
