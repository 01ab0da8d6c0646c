/**
 * A healthy machine in a temporary folder, for tests to break: a state folder with a store and a supervisor, Claude and
 * its login, Claude Desktop's configuration, a service, a workspace. Whatever the doctor leaves behind fails the test.
 */

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Finding } from '../../src/doctor/check.ts';
import type { Machine } from '../../src/doctor/context.ts';
import { checkGroups, createContext, runChecks } from '../../src/doctor/doctor.ts';
import { identify } from '../../src/machine/identity.ts';
import { runProgram } from '../../src/machine/program.ts';
import type { FoundService } from '../../src/machine/service/find.ts';
import type { ServiceManager, ServiceStatus } from '../../src/machine/service/service.ts';
import { findMarked } from '../../src/machine/sweep.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import { VERSION } from '../../src/version.ts';
import { COMPILED } from '../built.ts';
import { openNewBridge } from '../new-store.ts';
import { onWindows } from '../platform.ts';
import { stableText } from '../stable-text.ts';

export interface Rig {
  /** Everything below lies in here. */
  readonly root: string;
  /** The state folder. */
  readonly home: string;
  readonly workspace: string;
  readonly desktopConfig: string;
  /** The program that plays Claude. */
  readonly claude: string;
  /** Given to the doctor; a test changes what it wants. */
  machine: Machine;
  /** What the service's manager says. */
  status: ServiceStatus;
  remarks: string[];
  /** What the service has in its environment. */
  serviceEnvironment: Record<string, string>;
  /** Opens the store for as long as `work` takes. */
  withBridge(work: (bridge: Bridge) => Promise<void>): Promise<void>;
  /** Adds keys to config.json. */
  configure(keys: Readonly<Record<string, unknown>>): Promise<void>;
  /** A program that a shell carries out. */
  script(name: string, text: string): Promise<string>;
  /** Installs a service whose file has this text. */
  install(unit: string, version?: string): void;
  doctor(groups?: readonly string[], fix?: boolean): Promise<Finding[]>;
}

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** What starts our command line from its source, as the version that the tests are. */
export const entry: readonly string[] = [
  process.execPath,
  '--import',
  `data:text/javascript,globalThis.__BRIDGE_VERSION__='${VERSION}'`,
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
  program,
];

const MARK = 'DOCTOR_TEST';

export const CLAUDE = `case "$1" in
  --version) echo "2.1.329 (Claude Code)";;
  auth) echo '{"loggedIn":true,"authMethod":"claude.ai"}';;
esac`;

const withRig = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'doctor-')));
    let left: { pid: number }[] = [];
    try {
      await use(await build(root));
    } finally {
      try {
        left = await findMarked(MARK, root);
        for (const { pid } of left) process.kill(pid, 'SIGKILL');
      } finally {
        await rm(root, { recursive: true });
      }
    }
    expect(left, 'processes left behind').toEqual([]);
  },
});

/** The programs it plays, Claude first, are scripts of a shell. */
export const test = withRig.skipIf(onWindows);

async function build(root: string): Promise<Rig> {
  const home = join(root, 'state');
  const workspace = join(root, 'website');
  const desktopConfig = join(root, 'desktop.json');
  const env = {
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: root,
    BRIDGE_HOME: home,
    ...COMPILED,
    [MARK]: root,
  };
  let config: Record<string, unknown> = { http: { enabled: false } };
  const rig: Rig = {
    root,
    home,
    workspace,
    desktopConfig,
    claude: join(root, 'claude'),
    machine: {
      env,
      stateDir: home,
      homeDir: root,
      uid: process.getuid?.() ?? null,
      platform: 'linux',
      clock: systemClock,
      run: runProgram,
      selfCommand: entry,
      service: null,
      serviceFiles: ({ installed }) => installed.files,
      foreignDisk: async () => undefined,
      desktopConfigs: [desktopConfig],
    },
    status: { state: 'running', pid: process.pid, startsAt: 'boot', cause: null },
    remarks: [],
    serviceEnvironment: env,
    async withBridge(work) {
      const bridge = await openNewBridge(home, systemClock);
      try {
        await work(bridge);
      } finally {
        await bridge.close();
      }
    },
    async configure(keys) {
      config = { ...config, ...keys };
      await writeFile(join(home, 'config.json'), JSON.stringify(config));
    },
    async script(name, text) {
      const path = join(root, name);
      await writeFile(path, `#!/bin/sh\n${text}\n`);
      await chmod(path, 0o700);
      return path;
    },
    install(unit, version = VERSION) {
      rig.machine = { ...rig.machine, service: serviceOf(rig, unit, version) };
    },
    async doctor(groups = [], fix = false) {
      await using context = createContext(rig.machine);
      const { signal } = new AbortController();
      const chosen = checkGroups(context).filter(({ name }) => groups.length === 0 || groups.includes(name));
      return await runChecks(chosen, { clock: rig.machine.clock, signal, fix });
    },
  };
  await mkdir(home, { mode: 0o700 });
  await rig.script('claude', CLAUDE);
  await mkdir(workspace);
  git(workspace, 'init', '--quiet');
  await rig.configure({ claude: rig.claude, workspaces: { website: workspace }, keep_awake: false });
  await rig.withBridge((bridge) => holdLease(bridge));
  await registerDesktop(rig, {});
  rig.install(`ExecStart=${[...entry, 'run'].map((word) => `"${word}"`).join(' ')}\n`);
  return rig;
}

/** What the command shows of these, without what differs from machine to machine. */
export function shown({ root }: Pick<Rig, 'root'>, findings: readonly Finding[]): string {
  const lines = findings.flatMap((finding) => {
    const { check, subject, verdict, message, hint, fix } = finding;
    return [
      `${verdict}: ${message}`,
      ...(hint === undefined ? [] : [`  Fix: ${hint}`]),
      `  (${check}, ${subject}${fix ? ', fixable' : ''})`,
    ];
  });
  return stableText(lines.join('\n'), { [root]: '<root>' });
}

/** Makes this process the supervisor, or one that has ended. */
export async function holdLease(
  bridge: Bridge,
  { pid = process.pid, version = VERSION }: { pid?: number; version?: string } = {},
): Promise<void> {
  const startedAt = (await identify(pid))?.startedAt ?? 'never';
  await takeLease(bridge, { token: TOKEN, pid, pidStartedAt: startedAt, version }, () => true);
}

export const TOKEN = asLeaseToken('token-of-the-test');

/** Writes Claude Desktop's configuration with our server in it, changed as told. */
export async function registerDesktop(rig: Rig, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const [command, ...args] = entry;
  const env = { BRIDGE_HOME: rig.home, ...COMPILED };
  const server = { command, args: [...args, 'mcp', 'desktop'], env, ...changes };
  await writeFile(
    rig.desktopConfig,
    JSON.stringify({ theme: 'dark', mcpServers: { claude_bridge_desktop: server } }),
  );
}

export function git(folder: string, ...args: readonly string[]): void {
  execFileSync('git', ['-C', folder, ...args], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: 'ignore',
  });
}

/** Twenty of its seconds go by in one of ours. */
export const hurriedClock: Clock = {
  now: systemClock.now,
  monotonic: () => systemClock.monotonic() * HURRY,
  sleep: (ms, signal) => systemClock.sleep(ms / HURRY, signal),
  sleepUntil: systemClock.sleepUntil,
};

const HURRY = 20;

function serviceOf(rig: Rig, text: string, version: string): FoundService {
  const files = [{ path: join(rig.root, 'bridge-supervisor.service'), text, mode: 0o644 }];
  const installed = { version, stateDir: rig.home, hardened: false, files };
  const unused = async () => {
    throw new Error('the doctor only looks');
  };
  const manager: ServiceManager = {
    kind: 'systemd',
    scope: 'user',
    name: 'bridge-supervisor',
    title: 'systemd user service bridge-supervisor',
    unavailable: async () => null,
    files: () => [],
    installed: async () => installed,
    install: unused,
    uninstall: unused,
    start: unused,
    stop: unused,
    status: async () => rig.status,
    baseEnvironment: async () => rig.serviceEnvironment,
    ownOutput: () => ({ kind: 'file', path: join(rig.home, 'service.err') }),
    remarks: async () => rig.remarks,
  };
  return { manager, installed };
}
