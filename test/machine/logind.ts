/** A real systemd-logind on a bus of its own, apart from the machine's: it acts on nothing and knows of no other. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.ts';

const LOGIND = '/lib/systemd/systemd-logind';

interface Inhibitor {
  readonly what: string;
  readonly who: string;
  readonly why: string;
  readonly mode: string;
}

export interface Logind {
  /** For whoever is to ask this one. */
  readonly env: Readonly<Record<string, string>>;
  /** What is inhibited at the moment, and by whom. */
  inhibited(): Promise<Inhibitor[]>;
  close(): Promise<void>;
}

/** It needs folders of its own in the place of the machine's. */
export function canStartLogind(): boolean {
  const programs = [LOGIND, 'dbus-daemon', 'systemd-inhibit', 'setpriv'];
  const missing = programs.some((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error);
  return !missing && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
}

const BUS = (socket: string) => `<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="*"/><allow receive_type="*"/>
    <allow send_destination="*"/>
  </policy>
</busconfig>
`;

const FOLDERS = [
  'mount -t tmpfs none /run/systemd',
  'cd /run/systemd && mkdir system inhibit seats sessions users',
  `exec ${LOGIND}`,
].join(' && ');

export async function startLogind(folder: string): Promise<Logind> {
  const socket = join(folder, 'bus');
  await writeFile(join(folder, 'bus.conf'), BUS(socket));
  const env = { PATH: '/usr/bin:/bin', DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
  const start = (command: string, args: readonly string[]) => spawn(command, args, { env, stdio: 'ignore' });
  const started: ChildProcess[] = [
    start('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--nopidfile']),
  ];
  const list = async (): Promise<Inhibitor[]> => {
    const manager = ['org.freedesktop.login1', '/org/freedesktop/login1', 'org.freedesktop.login1.Manager'];
    const args = ['--system', '--json=short', 'call', ...manager, 'ListInhibitors'];
    const { stdout } = await promisify(execFile)('busctl', args, { env });
    const { data } = JSON.parse(stdout) as { data: [string, string, string, string][][] };
    return (data[0] ?? []).map(([what, who, why, mode]) => ({ what, who, why, mode }));
  };
  const logind: Logind = {
    env,
    inhibited: list,
    async close() {
      for (const child of started.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    },
  };
  try {
    await eventually(() => promisify(execFile)('busctl', ['--system', 'status'], { env }), 100);
    started.push(start('unshare', ['--mount', 'sh', '-c', FOLDERS]));
    await eventually(list, 100);
    return logind;
  } catch (error) {
    await logind.close();
    throw error;
  }
}
