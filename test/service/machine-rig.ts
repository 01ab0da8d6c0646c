/** A machine with a user, the whole program in it, the real claude, and a scripted model. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import type { Script } from '../../src/simulator/script.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { processesIn, waitUntil } from '../e2e/rig.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';
import { asAnn, machine, startMachine } from './machine.ts';
import { ann } from './machine-files.ts';
import type { Systemd } from './namespace.ts';

export interface Rig {
  systemd: Systemd;
  /** Plays the model; a test sets it before Claude asks. */
  script: Script;
  readonly simulator: Simulator;
  /** Names of root's variables that the user is to have too: of all that is Claude's, nothing is given away unnamed. */
  readonly variables: readonly string[];
  /** A folder that is there outside too, as the user's home. */
  readonly home: string;
  /** A command of ours, by root or by the user. Throws when it fails. */
  root(...args: readonly string[]): Promise<string>;
  ann(...args: readonly string[]): Promise<string>;
  /** Any program. */
  rootRuns(program: string, ...args: readonly string[]): Promise<string>;
  annRuns(program: string, ...args: readonly string[]): Promise<string>;
  /** Waits until the project is so. */
  until(id: string, status: string): Promise<void>;
  reboot(): Promise<void>;
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-machine-')));
    const simulator = await startSimulator({ script: (turn) => rig.script(turn) });
    const rig = rigIn(root, simulator, await startMachine(root));
    let left: number[] = [];
    try {
      await use(rig);
    } finally {
      left = await rig.systemd.end();
      await simulator.close();
      left.push(...(await processesIn(root)).map(({ pid }) => pid));
      await rm(root, { recursive: true });
    }
    expect(left, 'processes left behind').toEqual([]);
  },
});

function rigIn(root: string, simulator: Simulator, systemd: Systemd): Rig {
  const path = machine.path;
  const claude = {
    ...simulatedClaudeEnvironment({ url: simulator.url, homeDir: ann.home, path }),
    BRIDGE_CLAUDE: machine.claude,
  };
  // As after `su`: without the place of the user's own manager.
  const environments = {
    root: { ...claude, HOME: '/root', PATH: `/usr/sbin:/sbin:${path}` },
    ann: { ...claude, USER: ann.name },
  };
  const run = async (who: 'root' | 'ann', program: string, ...args: readonly string[]) => {
    const [first = '', ...rest] = [...(who === 'ann' ? asAnn : []), program, ...args];
    const options = { env: environments[who], timeoutMs: STATE_TIMEOUT_MS };
    const { code, stdout, stderr } = await rig.systemd.run(first, rest, options);
    if (code !== 0)
      throw new Error(`${who}: ${program} ${args.join(' ')} ended with ${code}: ${stderr}\n${stdout}`);
    return stdout;
  };
  const rig: Rig = {
    systemd,
    simulator,
    variables: Object.keys(claude).filter((name) => /^(ANTHROPIC|CLAUDE_CODE|DISABLE)_/.test(name)),
    home: join(root, 'homes', ann.name),
    script: () => {
      throw new Error('the test has no script');
    },
    root: (...args) => run('root', machine.node, machine.cli, ...args),
    ann: (...args) => run('ann', machine.node, machine.cli, ...args),
    rootRuns: (program, ...args) => run('root', program, ...args),
    annRuns: (program, ...args) => run('ann', program, ...args),
    async until(id, status) {
      let shown = '';
      await waitUntil(
        async () => {
          shown = await rig.ann('show', id, '--json');
          return JSON.parse(shown).project.status === status;
        },
        `project ${id} to be ${status}`,
        async () => `${shown}\n${await rig.ann('logs')}`,
      );
    },
    async reboot() {
      expect(await rig.systemd.end(), 'processes left behind').toEqual([]);
      rig.systemd = await startMachine(root);
    },
  };
  return rig;
}
