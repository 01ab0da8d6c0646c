/**
 * A real `systemd --user` in a mount namespace of its own, where it takes the machine for one that systemd has booted.
 * It has a home of its own, no units but those of the test, and no journal. What it leaves behind fails the test.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RunProgram } from '../../src/machine/program.ts';
import { runProgram } from '../../src/machine/program.ts';
import { waitUntil } from '../e2e/rig.ts';
import { type ControlGroups, controlGroups } from './cgroups.ts';

const PROGRAM = '/usr/lib/systemd/systemd';
const UNITS = '/usr/lib/systemd/user';

/** What a manager needs to come up, to start services at login, and to end. */
const NEEDED_UNITS = [
  'default.target',
  'basic.target',
  'paths.target',
  'sockets.target',
  'timers.target',
  'shutdown.target',
  'exit.target',
  'systemd-exit.service',
  'app.slice',
];

export interface UserManager {
  /** What its services and who asks it need to find it: HOME, XDG_RUNTIME_DIR and PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Goes before a command so that it runs where systemd is. */
  readonly wrapper: readonly string[];
  readonly run: RunProgram;
  /** As one types it, without `systemctl --user`. Throws when it fails. */
  systemctl(...args: readonly string[]): Promise<string>;
  /** Ends it with all its services, as a logout does. Resolves with the processes that stayed. */
  end(): Promise<number[]>;
}

/** Why there can be none here; undefined when there can. */
export async function whyNoUserManager(): Promise<string | undefined> {
  if (!existsSync(PROGRAM)) return 'needs systemd';
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'ignore' });
    await (await controlGroups(`bridge-test-${randomUUID()}`)).remove();
  } catch {
    return 'needs to mount, and control groups of its own';
  }
  return undefined;
}

const START = `
  set -e
  units=$1; program=$2; shift 2
  for group; do echo $$ >"$group/cgroup.procs"; done
  mount --make-rprivate /
  if [ -d /run/systemd ]; then mount -t tmpfs tmpfs /run/systemd
  else mount -t tmpfs tmpfs /run; fi
  mkdir -p /run/systemd/system
  mount --bind "$units" ${UNITS}
  for folder in /etc/systemd/user /usr/local/lib/systemd/user /usr/share/systemd/user; do
    [ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder"
  done
  exec "$program" --user
`;

/** @param root A folder of the test; everything it writes is in there. */
export async function startUserManager(root: string, home: string): Promise<UserManager> {
  const env = { HOME: home, XDG_RUNTIME_DIR: join(root, 'run'), PATH: '/usr/bin:/bin' };
  await mkdir(env.XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
  const units = join(root, 'units');
  for (const unit of NEEDED_UNITS) await cp(join(UNITS, unit), join(units, unit), { verbatimSymlinks: true });
  const groups = await controlGroups(`bridge-test-${randomUUID()}`);
  const child = spawn('unshare', ['--mount', 'sh', '-c', START, 'sh', units, PROGRAM, ...groups.leaves], {
    env,
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const wrapper = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`];
  const run: RunProgram = (command, args, options) => {
    const [program = '', ...rest] = [...wrapper, command, ...args];
    return runProgram(program, rest, options);
  };
  const systemctl = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run('systemctl', ['--user', ...args], { env });
    if (code !== 0) throw new Error(`systemctl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`systemd did not come up: ${(await said).join('\n')}`);
    const { stdout } = await run('systemctl', ['--user', 'is-system-running'], { env });
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
