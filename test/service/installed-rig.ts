/** The whole program as a service of a real user manager: the command line, the real claude, a scripted model. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test as base, type CommandResult, type Rig as WholeRig, waitUntil } from '../e2e/rig.ts';
import type { Systemd } from './namespace.ts';
import { startUserManager } from './user-manager.ts';

export interface Rig extends WholeRig {
  readonly manager: Systemd;
  /** The unit files of ours that are there. */
  units(): Promise<string[]>;
  /** What a person changes about the service, by a drop-in of their own. */
  override(settings: string): Promise<void>;
  /** The main process of the service, as systemd knows it. */
  pid(): Promise<number>;
  /** Waits until it is another one. */
  otherThan(pid: number): Promise<number>;
}

/** `rig.command` runs where systemd is. */
export const test = base.extend<{ service: Rig }>({
  service: async ({ rig }, use) => {
    const home = rig.environment.HOME ?? '';
    const folder = join(home, '.config/systemd/user');
    const manager = await startUserManager(rig.root, home);
    rig.environment = { ...rig.environment, ...manager.env };
    const installed: Rig = {
      ...rig,
      get script() {
        return rig.script;
      },
      set script(script) {
        rig.script = script;
      },
      manager,
      async command(...args): Promise<CommandResult> {
        const { ended, output } = rig.launch(args, manager.wrapper);
        const [{ code }, said] = await Promise.all([ended, output]);
        return { code, ...said };
      },
      async units() {
        const names = await readdir(folder, { recursive: true }).catch(() => []);
        return names.filter((name) => name.includes('bridge'));
      },
      async override(settings) {
        const unit = (await installed.units()).find((name) => name.startsWith('bridge'));
        await mkdir(join(folder, `${unit}.d`));
        await writeFile(join(folder, `${unit}.d/override.conf`), `[Service]\n${settings}\n`);
        await manager.systemctl('daemon-reload');
      },
      async pid() {
        const text = await manager.systemctl('show', 'bridge-supervisor*', '--property=MainPID', '--value');
        return Number(text.trim());
      },
      async otherThan(former) {
        let pid = former;
        await waitUntil(async () => {
          pid = await installed.pid();
          return pid > 0 && pid !== former;
        }, 'systemd to start it again');
        return pid;
      },
    };
    let left: number[] = [];
    try {
      await use(installed);
    } finally {
      left = await manager.end();
    }
    expect(left, 'processes left behind').toEqual([]);
  },
});
