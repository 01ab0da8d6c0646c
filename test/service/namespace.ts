/**
 * A real systemd in namespaces of its own, where it takes the machine for one that it has booted. It knows no units
 * but those it needs and those of the test. What it leaves behind is found in its control groups.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RunProgram, runProgram } from '../../src/machine/program.ts';
import { waitUntil } from '../e2e/rig.ts';
import { type ControlGroups, controlGroups } from './cgroups.ts';

export const PROGRAM = '/usr/lib/systemd/systemd';

export interface Systemd {
  /** What is to be in the environment of who asks it. */
  readonly env: Readonly<Record<string, string>>;
  /** Goes before a command so that it runs where systemd is. */
  readonly wrapper: readonly string[];
  readonly run: RunProgram;
  /** As one types it, without `systemctl --user`. Throws when it fails. */
  systemctl(...args: readonly string[]): Promise<string>;
  /** Ends it with all its services. Resolves with the processes that stayed. */
  end(): Promise<number[]>;
}

/** Why there can be none here; undefined when there can. */
export async function whyNoSystemd(): Promise<string | undefined> {
  if (!existsSync(PROGRAM)) return 'needs systemd';
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    const namespaces = ['--mount', '--pid', '--fork', '--cgroup', '--ipc', '--uts'];
    execFileSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'ignore' });
    await (await controlGroups(`bridge-test-${randomUUID()}`)).remove();
  } catch {
    return 'needs namespaces, and control groups of its own';
  }
  return undefined;
}

export interface Start {
  /** The test's own; the unit files that systemd finds are in `units` in there. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the units of the machine are, and which of them it needs. */
  readonly units: { readonly from: string; readonly needed: readonly string[] };
  /** Starts it, in a mount namespace that is all its own; its arguments are the root and the control groups. */
  readonly script: string;
  readonly groups: 'roots' | 'leaves';
  /** How to get to where it is, given the process that was started. */
  readonly enter: (pid: number) => Promise<readonly string[]>;
  readonly scope: readonly string[];
}

export async function startSystemd(start: Start): Promise<Systemd> {
  const { root, env, units } = start;
  for (const unit of units.needed)
    await cp(join(units.from, unit), join(root, 'units', unit), { recursive: true, verbatimSymlinks: true });
  const groups = await controlGroups(`bridge-test-${randomUUID()}`);
  await mkdir(join(root, 'units'), { recursive: true });
  const child = spawn('sh', ['-c', start.script, 'sh', root, ...groups[start.groups]], {
    env,
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  let wrapper: readonly string[] = [];
  const run: RunProgram = (command, args, options) => {
    const [program = '', ...rest] = [...wrapper, command, ...args];
    return runProgram(program, rest, options);
  };
  const systemctl = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run('systemctl', [...start.scope, ...args], { env });
    if (code !== 0) throw new Error(`systemctl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`systemd did not come up: ${(await said).join('\n')}`);
    wrapper = await start.enter(child.pid ?? 0);
    if (wrapper.length === 0) return false;
    const { stdout } = await run('systemctl', [...start.scope, 'is-system-running'], { env });
    return ['running', 'degraded'].includes(stdout);
  };
  const end = () => ended(child, groups, () => systemctl('exit'));
  try {
    await waitUntil(isUp, 'systemd to come up');
  } catch (error) {
    await end();
    throw error;
  }
  return { env, wrapper, run, systemctl, end };
}

async function ended(
  child: ChildProcess,
  groups: ControlGroups,
  exit: () => Promise<unknown>,
): Promise<number[]> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    await exit().catch(() => child.kill('SIGKILL'));
    await exited;
  }
  const left = await groups.remove();
  if (left.length === 0) return [];
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await waitUntil(async () => (await groups.remove()).length === 0, 'what was left to end');
  return left;
}
