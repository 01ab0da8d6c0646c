/**
 * The whole program, as a user runs it: the built command line, the real claude, a scripted model, a state folder and
 * a home of their own. Whatever a test leaves behind, a process or a folder, fails it.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { test as base, expect } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { currentHolds } from '../../src/bridge/holds.ts';
import { currentLease } from '../../src/bridge/lease.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { BridgeEvent, EventType } from '../../src/project/event.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ProjectStatus } from '../../src/project/project.ts';
import type { ProjectDetails } from '../../src/project/project-details.ts';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import type { RecordedRequest } from '../../src/simulator/recorder.ts';
import { call, type MessageReply } from '../../src/simulator/reply.ts';
import type { Script } from '../../src/simulator/script.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import { COMPILED, PROGRAM } from '../built.ts';
import { openNewBridge } from '../new-store.ts';
import { onLinux, onWindows } from '../platform.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';

const claudePackage = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
export const claudeProgram = join(dirname(claudePackage), 'bin', 'claude.exe');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The command line, started and not waited for. */
export interface Launched {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  /** What it has printed when it is over. */
  readonly output: Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Waits until it has printed this on stdout. */
  says(text: string): Promise<void>;
  end(signal: NodeJS.Signals): Promise<Ending>;
}

export interface RunningSupervisor {
  readonly pid: number;
  /** Sends a signal and resolves with how the process ended. */
  end(signal: NodeJS.Signals): Promise<Ending>;
}

export interface Rig {
  /** Everything below lies in here. */
  readonly root: string;
  /** The state folder. */
  readonly home: string;
  readonly bridge: Bridge;
  readonly simulator: Simulator;
  /** Plays the model; a test sets it before Claude asks. */
  script: Script;
  /** Changes config.json for supervisors started from now on. */
  configure(config: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes the environment of commands and supervisors started from now on. */
  environment: Record<string, string>;
  /** A new folder that config.json names as a workspace, with settings of its own if given. */
  workspace(name: string, settings?: Readonly<Record<string, unknown>>): Promise<string>;
  command(...args: string[]): Promise<CommandResult>;
  /** Starts a command and waits for nothing. `wrapper` is a program, with arguments, that becomes it. */
  launch(args: readonly string[], wrapper?: readonly string[]): Launched;
  startSupervisor(): Promise<RunningSupervisor>;
  /** Sends a plan and returns the project's id. */
  send(markdown: string): Promise<ProjectId>;
  /** Waits until the project has this status; fails when it needs attention instead. */
  until(projectId: ProjectId, status: ProjectStatus): Promise<ProjectDetails>;
  /** Waits until an event of this type, and of this project if given, is in the history. */
  happened<T extends EventType>(type: T, projectId?: ProjectId): Promise<Extract<BridgeEvent, { type: T }>>;
  details(projectId: ProjectId): Promise<ProjectDetails>;
  log(): Promise<string>;
  /** Waits until the supervisor has logged this. */
  logged(what: string | RegExp): Promise<void>;
  /** Waits until nothing holds the queue: the supervisor may learn of an answer after the work that came of it. */
  noHolds(): Promise<void>;
  /** What Claude has asked the model so far. */
  asked(): ScriptTurn[];
  /** Waits until Claude asks the model in a conversation that mentions this text. */
  asks(text: string): Promise<ScriptTurn>;
  /** The processes under way that were started by this rig, less the commands it started itself. */
  claudes(): Promise<{ pid: number; command: string }[]>;
}

/** Claude calls one of our tools. */
export function bridgeCall(tool: string, input: Record<string, unknown>): MessageReply {
  return call(`mcp__claude_bridge_code__${tool}`, input);
}

/** Does something to the new state folder before anything is in it, and returns what undoes it. */
export type Prepare = (home: string) => () => void;

export const test = base.extend<{ prepare: Prepare; rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  prepare: async ({}, use) => {
    await use(() => () => undefined);
  },
  rig: async ({ prepare, skip }, use) => {
    // There a supervisor that is told to end by a signal is killed, and takes its Claude with it.
    skip(onWindows, 'needs signals');
    const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-e2e-')));
    const home = join(root, 'state');
    await mkdir(home);
    const undo = prepare(home);
    const started: ChildProcess[] = [];
    const rig = await build(root, home, started);
    try {
      await use(rig);
    } finally {
      for (const child of started) await endChild(child, 'SIGTERM');
      await rig.bridge.close();
      await rig.simulator.close();
      const left = await processesIn(root);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      undo();
      await rm(root, { recursive: true });
      expect(left, 'processes left behind').toEqual([]);
    }
  },
});

async function build(root: string, home: string, started: ChildProcess[]): Promise<Rig> {
  const claudeHome = join(root, 'home');
  await mkdir(claudeHome);
  // Supervisors side by side would all listen on one port.
  let settings: Record<string, unknown> = { http: { enabled: false } };
  const simulator = await startSimulator({ script: (turn) => rig.script(turn) });
  const path = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const bridge = await openNewBridge(home, systemClock);

  const configure = async (config: Readonly<Record<string, unknown>>) => {
    settings = { ...settings, ...config };
    await writeFile(join(home, 'config.json'), JSON.stringify(settings));
  };
  await configure({});
  const start = (args: readonly string[], wrapper: readonly string[] = []) => {
    const [program = '', ...rest] = [...wrapper, process.execPath, PROGRAM, ...args];
    const child = spawn(program, rest, {
      cwd: root,
      env: rig.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  };

  const rig: Rig = {
    root,
    home,
    bridge,
    simulator,
    script: () => {
      throw new Error('the test has no script');
    },
    configure,
    environment: {
      ...simulatedClaudeEnvironment({ url: simulator.url, homeDir: claudeHome, path }),
      BRIDGE_HOME: home,
      BRIDGE_CLAUDE: claudeProgram,
      ...COMPILED,
      // What a supervisor that is killed has started for this is gone a moment after it: too late for the last look.
      BRIDGE_KEEP_AWAKE: 'false',
    },
    async workspace(name, own) {
      const path = join(root, name);
      await mkdir(path);
      const others = settings.workspaces as object | undefined;
      await configure({ workspaces: { ...others, [name]: own ? { path, ...own } : path } });
      return path;
    },
    async command(...args) {
      const child = start(args);
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [code] =
        child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode];
      return { code: code as number | null, stdout, stderr };
    },
    launch(args, wrapper) {
      const child = start(args, wrapper);
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      return {
        pid: child.pid ?? 0,
        says: (words) =>
          waitUntil(
            async () => said.includes(words),
            `it to say '${words}'`,
            async () => said,
          ),
        ended: once(child, 'exit').then(() => ({ code: child.exitCode, signal: child.signalCode })),
        output: output.then(([stdout, stderr]) => ({ stdout, stderr })),
        end: (signal) => endChild(child, signal),
      };
    },
    async startSupervisor() {
      const child = start(['run']);
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      await waitUntil(async () => {
        if (child.exitCode !== null)
          throw new Error(`the supervisor did not come up: ${(await output).join('\n')}`);
        return (await currentLease(bridge))?.pid === child.pid;
      }, 'the supervisor to hold its lease');
      return { pid: child.pid ?? 0, end: (signal) => endChild(child, signal) };
    },
    async send(markdown) {
      const { environment } = rig;
      const policy = loadConfig(home, environment);
      const reply = await sendPlan(bridge, policy, { markdown }, 'desktop', environment);
      if (!reply.ok) throw new Error(reply.refusal);
      return reply.value.project.id;
    },
    async until(projectId, status) {
      let details = await rig.details(projectId);
      await watch(rig, projectId, `project ${projectId} to be ${status}`, async () => {
        details = await rig.details(projectId);
        if (details.project.status === status) return true;
        if (details.project.status === 'attention')
          throw new Error(`it needs attention: ${details.project.attention}`);
        return false;
      });
      return details;
    },
    async happened<T extends EventType>(type: T, projectId?: ProjectId) {
      const isWanted = (event: BridgeEvent): event is Extract<BridgeEvent, { type: T }> =>
        event.type === type;
      let found: Extract<BridgeEvent, { type: T }> | undefined;
      await watch(rig, projectId, `event ${type}`, async () => {
        const { events } = await changesSince(bridge, BEGINNING, {
          waitMs: 0,
          limit: 10_000,
          ...(projectId ? { projectId } : {}),
        });
        found = (events as readonly BridgeEvent[]).find(isWanted);
        return found !== undefined;
      });
      if (!found) throw new Error(`no event ${type}`);
      return found;
    },
    async details(projectId) {
      const reply = await projectDetails(bridge, projectId, 1_000);
      if (!reply.ok) throw new Error(reply.refusal);
      return reply.value;
    },
    log: () => readFile(join(home, 'loop.log'), 'utf8'),
    logged: (what) =>
      waitUntil(
        async () => {
          const log = await rig.log().catch(() => '');
          return typeof what === 'string' ? log.includes(what) : what.test(log);
        },
        `the log to tell ${what}`,
        rig.log,
      ),
    noHolds: () =>
      waitUntil(
        async () => (await currentHolds(bridge)).length === 0,
        'the holds to end',
        async () => JSON.stringify(await currentHolds(bridge)),
      ),
    asked: () => simulator.requests.flatMap((request) => (request.kind === 'main' ? request.turn : [])),
    async asks(text) {
      const fits = (request: RecordedRequest) => request.kind === 'main' && request.turn.mentions(text);
      const request = await simulator.waitForRequest(fits, AbortSignal.timeout(STATE_TIMEOUT_MS));
      if (request.kind !== 'main') throw new Error('a request of the agent loop was expected');
      return request.turn;
    },
    async claudes() {
      return (await processesIn(root)).filter(({ command }) => command.startsWith(claudeProgram));
    },
  };
  return rig;
}

/** Looks again each time something in the store has changed. */
async function watch(
  rig: Rig,
  projectId: ProjectId | undefined,
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  let cursor = BEGINNING;
  await waitUntil(
    async () => {
      if (await look()) return true;
      cursor = (await changesSince(rig.bridge, cursor, { waitMs: 500, limit: 1_000 })).cursor;
      return false;
    },
    what,
    async () =>
      `${JSON.stringify(projectId && (await rig.details(projectId)).project)}\n${await rig.log().catch(() => '')}`,
  );
}

export async function waitUntil(
  look: () => Promise<boolean>,
  what: string,
  explain: () => Promise<string> = async () => '',
  timeoutMs = STATE_TIMEOUT_MS,
): Promise<void> {
  const deadline = systemClock.monotonic() + timeoutMs;
  while (!(await look())) {
    if (systemClock.monotonic() > deadline) throw new Error(`waited in vain for ${what}\n${await explain()}`);
    await systemClock.sleep(20);
  }
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<Ending> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    // One that a test has stopped would never hear it.
    child.kill('SIGCONT');
    await exited;
  }
  return { code: child.exitCode, signal: child.signalCode };
}

interface Living {
  readonly pid: number;
  readonly command: string;
}

/** Every living process that carries this folder in its environment: the rig puts it into all it starts. */
export async function processesIn(root: string): Promise<Living[]> {
  return onLinux ? asProcTells(root) : asPsTells(root);
}

async function asProcTells(root: string): Promise<Living[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const ours = Number(pid) !== process.pid && environ.includes(root);
      return ours ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ').trim() }] : [];
    }),
  );
  return found.flat();
}

/** On macOS `ps -E` prints the environment behind the arguments. */
async function asPsTells(root: string): Promise<Living[]> {
  const list = async (...more: string[]) => {
    const args = [...more, '-A', '-ww', '-o', 'pid=,command='];
    const { stdout } = await promisify(execFile)('ps', args, { env: {}, maxBuffer: 64_000_000 });
    return stdout.split('\n').map((line): Living => {
      const [, pid, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
      return { pid: Number(pid), command: command.trimEnd() };
    });
  };
  const [plain, full] = await Promise.all([list(), list('-E')]);
  const ours = new Set(full.filter(({ command }) => command.includes(root)).map(({ pid }) => pid));
  return plain.filter(({ pid }) => ours.has(pid) && pid !== process.pid);
}
