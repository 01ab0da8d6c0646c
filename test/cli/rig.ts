/**
 * The command line in processes of its own, on a state folder of its own, with an environment built from nothing.
 * A process or folder that a test leaves behind fails it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { findMarked } from '../../src/machine/sweep.ts';
import type { Project } from '../../src/project/project.ts';
import type { Result } from '../../src/result.ts';
import { COMPILED, PROGRAM } from '../built.ts';
import { eventually } from '../eventually.ts';
import { openNewBridge } from '../new-store.ts';

const node = [process.execPath];

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
interface Command {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when its stdout fits. */
  prints(pattern: RegExp): Promise<void>;
  readonly ended: Promise<CommandResult>;
}

interface CommandOptions {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs the command through another one, such as `setpriv`. */
  readonly wrapper?: readonly string[];
}

export interface Rig {
  /** Everything below lies in here. */
  readonly root: string;
  /** The state folder; not there before something creates it. */
  readonly home: string;
  /** Opened at the first use. */
  readonly bridge: Promise<Bridge>;
  readonly environment: Readonly<Record<string, string>>;
  /** The words of a shell that start the command line. */
  readonly shellCommand: string;
  run(...args: readonly string[]): Promise<CommandResult>;
  runWith(options: CommandOptions, ...args: readonly string[]): Promise<CommandResult>;
  start(options: CommandOptions, ...args: readonly string[]): Command;
  /** A process that waits until it is ended, and is ended with the test. */
  sleeper(env?: Readonly<Record<string, string>>, program?: string): ChildProcess;
  send(markdown: string): Promise<Project>;
  file(name: string, content: string | Buffer): Promise<string>;
  configure(config: unknown): Promise<void>;
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'cli-')));
    const started: ChildProcess[] = [];
    const bridges: Promise<Bridge>[] = [];
    const rig = build(root, started, bridges);
    try {
      await use(rig);
    } finally {
      const running = started.filter((child) => child.exitCode === null && child.signalCode === null);
      await Promise.all(running.map(end));
      for (const bridge of bridges) await (await bridge).close();
      const left = await findMarked(MARK, root);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      await rm(root, { recursive: true, maxRetries: 5 });
      expect(left, 'processes left behind').toEqual([]);
    }
  },
});

const MARK = 'CLI_TEST';

/** Supervisors side by side would all listen on one port. */
const WITHOUT_HTTP = { BRIDGE_HTTP: '{"enabled":false}' };

/** The value of a reply that must not be a refusal. */
export function granted<T>(reply: Result<T>): T {
  if (!reply.ok) throw new Error(reply.refusal);
  return reply.value;
}

function build(root: string, started: ChildProcess[], bridges: Promise<Bridge>[]): Rig {
  const home = join(root, 'state');
  const environment = {
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: root,
    USERPROFILE: root,
    BRIDGE_HOME: home,
    TZ: 'UTC',
    ...COMPILED,
    [MARK]: root,
  };
  let unlessConfigured: Readonly<Record<string, string>> = WITHOUT_HTTP;
  const rig: Rig = {
    root,
    home,
    environment,
    get bridge() {
      const bridge = bridges[0] ?? openNewBridge(home, systemClock);
      if (bridges.length === 0) bridges.push(bridge);
      return bridge;
    },
    shellCommand: [...node, PROGRAM].join(' '),
    run: (...args) => rig.runWith({}, ...args),
    runWith: (options, ...args) => rig.start(options, ...args).ended,
    start({ stdin, env = {}, cwd = root, wrapper = [] }, ...args) {
      const [command = '', ...rest] = [...wrapper, ...node, PROGRAM, ...args];
      const child = spawn(command, rest, {
        cwd,
        env: { ...environment, ...unlessConfigured, ...env },
        stdio: 'pipe',
      });
      started.push(child);
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin ?? '');
      return follow(child);
    },
    sleeper(env = {}, script = 'setInterval(() => undefined, 1_000_000)') {
      const child = spawn(process.execPath, ['-e', script], {
        env: { ...environment, ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      started.push(child);
      return child;
    },
    async send(markdown) {
      const policy = { workspaces: {}, workspace_roots: [root] };
      return granted(await sendPlan(await rig.bridge, policy, { markdown }, 'desktop')).project;
    },
    async file(name, content) {
      await writeFile(join(root, name), content);
      return join(root, name);
    },
    async configure(config) {
      await mkdir(home, { recursive: true, mode: 0o700 });
      if (typeof config === 'object' && config !== null && 'http' in config) unlessConfigured = {};
      await writeFile(
        join(home, 'config.json'),
        typeof config === 'string' ? config : JSON.stringify(config),
      );
    },
  };
  return rig;
}

function follow(child: ChildProcess): Command {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    prints: (pattern) =>
      eventually(() => {
        expect(stdout).toMatch(pattern);
      }),
    ended: closed.then(([code]) => ({ code: code as number | null, stdout, stderr })),
  };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}
