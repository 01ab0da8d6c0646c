/** A service manager that a test plays, and the command line in this process, which is given it. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentLease, releaseLease } from '../../src/bridge/lease.ts';
import type { Cli } from '../../src/cli/context.ts';
import type { Output } from '../../src/cli/terminal/output.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Platform } from '../../src/machine/platform.ts';
import { runProgram } from '../../src/machine/program.ts';
import type { Services } from '../../src/machine/service/find.ts';
import { markOf, readMark } from '../../src/machine/service/marker.ts';
import {
  type ManagerOptions,
  type ServiceDefinition,
  ServiceError,
  type ServiceManager,
  type ServiceStatus,
} from '../../src/machine/service/service.ts';
import { VERSION } from '../../src/version.ts';
import { test as base, type Rig } from './rig.ts';
import { holdLease, TOKEN, thisProcess } from './stories.ts';

/** What the manager that is played does, and what it was asked. */
export interface Play {
  kind: ServiceManager['kind'];
  /** The scopes for which there is a manager. */
  scope: ServiceManager['scope'] | 'both';
  readonly calls: string[];
  status: ServiceStatus;
  unavailable: string | null;
  remarks: string[];
  base: Record<string, string>;
  /** What it keeps of what the service prints. */
  printed: string;
  /** What a start leads to; unless said otherwise, this process holds the lease. */
  onStart(): Promise<void>;
  onStop(): Promise<void>;
  options: ManagerOptions | undefined;
}

export interface ServiceRig extends Rig {
  readonly play: Play;
  readonly services: Services;
  /** Where the one file of the service lies. */
  readonly unit: string;
  cli(changes?: Partial<Cli>): Cli & { stdout(): string; stderr(): string };
}

export const test = base.extend<{ service: ServiceRig }>({
  service: async ({ rig }, use) => {
    const claude = join(rig.root, 'bin', 'claude');
    await mkdir(join(rig.root, 'bin'));
    await writeFile(claude, CLAUDE);
    await chmod(claude, 0o700);
    await use(build(rig));
  },
});

export const STOPPED: ServiceStatus = { state: 'stopped', pid: null, startsAt: 'login', cause: null };
export const RUNNING: ServiceStatus = { ...STOPPED, state: 'running', pid: process.pid };

const CLAUDE = `#!/bin/sh
case "$1" in
  --version) echo '2.1.329 (Claude Code)';;
  auth) echo '{"loggedIn":true,"authMethod":"claude.ai"}';;
esac
`;

function build(rig: Rig): ServiceRig {
  const unit = join(rig.root, 'unit');
  const play = playOn(rig);
  const more = { unit, play, services: servicesOf(play, unit), cli: (changes = {}) => cliOf(rig, changes) };
  // The rig stays as it is, so that its store is opened only where a test wants it.
  return Object.assign(Object.create(rig), more);
}

function playOn(rig: Rig): Play {
  const play: Play = {
    kind: 'systemd',
    scope: 'user',
    calls: [],
    status: STOPPED,
    unavailable: null,
    remarks: [],
    base: { PATH: '/usr/bin:/bin' },
    printed: '',
    options: undefined,
    async onStart() {
      play.status = RUNNING;
      await holdLease(await rig.bridge, await thisProcess(), VERSION);
    },
    async onStop() {
      play.status = STOPPED;
      const lease = await currentLease(await rig.bridge);
      if (lease?.token === TOKEN) await releaseLease({ bridge: await rig.bridge, token: TOKEN });
    },
  };
  return play;
}

function servicesOf(play: Play, unit: string): Services {
  return {
    platform: 'linux',
    run: runProgram,
    async open(_platform: Platform, options) {
      if (play.scope !== 'both' && options.scope !== play.scope)
        return { kind: 'none', why: 'it is not played here' };
      play.options = options;
      return { kind: 'manager', manager: managerOf(play, unit, options) };
    },
  };
}

function managerOf(play: Play, unit: string, { scope, name }: ManagerOptions): ServiceManager {
  const textOf = (definition: ServiceDefinition) =>
    `# ${markOf(definition)}\n${JSON.stringify(definition, null, 2)}\n`;
  return {
    kind: play.kind,
    scope,
    name,
    title: `played service ${name}`,
    unavailable: async () => play.unavailable,
    files: (definition) => [{ path: unit, text: textOf(definition), mode: 0o644 }],
    async installed() {
      const text = await readFile(unit, 'utf8').catch(() => undefined);
      if (text === undefined) return null;
      const mark = readMark(text);
      if (!mark) throw new ServiceError(`${unit} was not written by bridge-supervisor.`);
      const hardened = text.includes('"hardened": true');
      return { ...mark, hardened, files: [{ path: unit, text, mode: 0o644 }] };
    },
    async install(definition) {
      play.calls.push('install');
      await writeFile(unit, textOf(definition));
    },
    async uninstall() {
      play.calls.push('uninstall');
      await rm(unit, { force: true });
    },
    async start() {
      play.calls.push('start');
      await play.onStart();
    },
    async stop() {
      play.calls.push('stop');
      await play.onStop();
    },
    status: async () => play.status,
    baseEnvironment: async () => play.base,
    ownOutput: () =>
      play.printed === ''
        ? { kind: 'none', why: 'nothing is kept here' }
        : { kind: 'program', command: 'printf', args: [play.printed] },
    remarks: async () => play.remarks,
  };
}

function cliOf(rig: Rig, changes: Partial<Cli>): ReturnType<ServiceRig['cli']> {
  const { out, stdout, stderr } = recording();
  const clock: Clock = systemClock;
  const env = { ...rig.environment, PATH: `${join(rig.root, 'bin')}:/usr/bin:/bin` };
  const selfCommand = [process.execPath, join(rig.root, 'bridge', 'dist', 'cli.js')];
  return { env, stateDir: rig.home, clock, out, selfCommand, exitCode: 0, ...changes, stdout, stderr };
}

function recording(): { out: Output; stdout(): string; stderr(): string } {
  const said: string[] = [];
  const complained: string[] = [];
  const out: Output = {
    // Where a line is broken would depend on the path of the temporary folder.
    columns: 1_000,
    isTerminal: false,
    readerGone: new AbortController().signal,
    line: (text = '') => said.push(`${text}\n`),
    json: (value) => said.push(JSON.stringify(value)),
    jsonLine: (value) => said.push(`${JSON.stringify(value)}\n`),
    raw: (text) => said.push(text),
    hint: (text) => complained.push(`${text}\n`),
    failure: (text) => complained.push(`${text}\n`),
    details: (text) => complained.push(text),
    style: (_, text) => text,
  };
  return { out, stdout: () => said.join(''), stderr: () => complained.join('') };
}
