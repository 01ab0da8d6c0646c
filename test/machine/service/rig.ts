/** A home of its own, and a stand-in for the programs of systemd that remembers what was asked of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';
import { adviceText, serviceAdvice } from '../../../src/control/service-advice.ts';
import type { ProgramResult, RunProgram } from '../../../src/machine/program.ts';
import type {
  ManagerOptions,
  ServiceDefinition,
  ServiceManager,
  ServiceStatus,
} from '../../../src/machine/service/service.ts';
import { TestClock } from '../../rig.ts';

export interface Rig {
  readonly home: string;
  readonly options: ManagerOptions;
  /** Everything that was run, as one would type it. */
  readonly asked: string[];
  /** What each program was given for an environment. */
  readonly environments: Readonly<Record<string, string | undefined>>[];
  /** From now on, a command that begins so is answered so; the last one said wins. */
  answers(command: string, answer: Partial<ProgramResult>): void;
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), 'service-'));
    await use(rigIn(home));
    await rm(home, { recursive: true });
  },
});

function rigIn(home: string): Rig {
  const asked: string[] = [];
  const environments: Rig['environments'] = [];
  const answers: { command: string; answer: Partial<ProgramResult> }[] = [];
  const run: RunProgram = async (program, args, { env }) => {
    const line = [program, ...args].join(' ');
    asked.push(line);
    environments.push(env);
    const answer = answers.findLast(({ command }) => line.startsWith(command))?.answer;
    return { code: 0, stdout: '', stderr: '', failure: null, ...answer };
  };
  return {
    home,
    asked,
    environments,
    options: {
      name: 'bridge-supervisor',
      scope: 'user',
      account: { name: 'ann', uid: 1234, homeDir: home },
      env: { PATH: '/usr/bin' },
      run,
      clock: new TestClock(),
    },
    answers: (command, answer) => answers.push({ command, answer }),
  };
}

export function definition(changes: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return {
    version: '1.2.3',
    command: ['/usr/bin/node', '/opt/bridge/cli.js', 'run', '--environment', '/home/ann/state/service.env'],
    stateDir: '/home/ann/state',
    writable: ['/home/ann'],
    stopMs: 60_000,
    hardened: false,
    ...changes,
  };
}

/** What a person reads about this status; null when it is well. */
export function explained(
  manager: Pick<ServiceManager, 'kind' | 'name'>,
  status: ServiceStatus,
): string | null {
  const advice = serviceAdvice(manager, status);
  return advice && adviceText(advice);
}
