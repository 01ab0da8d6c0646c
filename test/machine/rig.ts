/** A temporary folder and puppets in it. Whatever a test leaves running is ended, and fails the test. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Child, type ChildOptions, spawnChild, watchProcess } from '../../src/machine/child.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/machine/identity.ts';
import { eventually } from '../eventually.ts';

export const puppetScript = fileURLToPath(new URL('fixtures/puppet.mjs', import.meta.url));

export interface Puppet {
  child: Child;
  /** The first puppet and its grandchildren, in the order of the traits. */
  members: ProcessIdentity[];
  output(): Promise<string>;
}

/** Ends these processes, and resolves when they have ended. */
export async function end(...identities: readonly (ProcessIdentity | undefined)[]): Promise<void> {
  for (const identity of identities) {
    if (!identity) continue;
    // It may have ended with its parent.
    if (!(await isAlive(identity))) continue;
    process.kill(identity.pid, 'SIGKILL');
    await watchProcess(identity, systemClock);
  }
}

export interface Rig {
  folder: string;
  /** Carried by every puppet of this test in its environment. */
  mark: { name: string; value: string };
  options(command: string, args?: readonly string[]): ChildOptions;
  child(command: string, args?: readonly string[]): Promise<Child>;
  /** `puppet('ignore-term then own-session')`; see fixtures/puppet.mjs. Resolves when all of them are set up. */
  puppet(traits?: string, env?: Record<string, string>): Promise<Puppet>;
  /** Has this process ended as well when the test is over. */
  watch(identity: ProcessIdentity | undefined): void;
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'machine-'));
    const started: ProcessIdentity[] = [];
    const rig = rigIn(folder, started);
    await use(rig);
    const left: ProcessIdentity[] = [];
    for (const one of started) if (await isAlive(one)) left.push(one);
    await end(...left);
    await rm(folder, { recursive: true, maxRetries: 5 });
    expect(left, 'processes left behind by the test').toEqual([]);
  },
});

function rigIn(folder: string, started: ProcessIdentity[]): Rig {
  const mark = { name: 'PUPPET_RUN', value: randomUUID() };
  const rig: Rig = {
    folder,
    mark,
    options(command, args = []) {
      const output = join(folder, `${randomUUID()}.out`);
      const env = { PATH: process.env.PATH, [mark.name]: mark.value };
      return { command, args, cwd: folder, env, stdoutPath: output, stderrPath: output };
    },
    async child(command, args) {
      const child = await spawnChild(rig.options(command, args));
      if (child.kind === 'spawn-failed') throw new Error(child.message);
      started.push(child.identity);
      return child;
    },
    async puppet(traits = '', env = {}) {
      const words = traits.split(' ').filter(Boolean);
      const options = rig.options(process.execPath, [puppetScript, ...words]);
      const child = await spawnChild({ ...options, env: { ...options.env, ...env } });
      if (child.kind === 'spawn-failed') throw new Error(child.message);
      const output = (): Promise<string> => readFile(options.stdoutPath, 'utf8');
      const members = await eventually(async () => membersIn(await output(), traits));
      started.push(...members);
      return { child, members, output };
    },
    watch(identity) {
      if (identity) started.push(identity);
    },
  };
  return rig;
}

async function membersIn(output: string, traits: string): Promise<ProcessIdentity[]> {
  const ready = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { pid: number; traits: string });
  const wanted = traits
    .split('then')
    .map((part, index) => `${part.trim()}${index > 0 ? ' grandchild' : ''}`.trim());
  const members: ProcessIdentity[] = [];
  for (const one of wanted) {
    const found = ready.find((line) => line.traits === one && !members.some(({ pid }) => pid === line.pid));
    const identity = found && (await identify(found.pid));
    if (!identity) throw new Error(`"${one}" is not ready`);
    members.push(identity);
  }
  return members;
}
