/** A real user manager of systemd, and services of shell scripts in it. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type {
  ServiceDefinition,
  ServiceManager,
  ServiceState,
  ServiceStatus,
} from '../../src/machine/service/service.ts';
import { systemd } from '../../src/machine/service/systemd.ts';
import { waitUntil } from '../e2e/rig.ts';
import type { Systemd } from './namespace.ts';
import { startUserManager } from './user-manager.ts';

export const NAME = 'bridge-supervisor';

export interface Rig {
  readonly root: string;
  /** Where systemd keeps the user's units. */
  readonly units: string;
  manager: Systemd;
  readonly service: ServiceManager;
  /** A service that runs this script of the shell, in which `$root` is the folder above. */
  definition(script: string, changes?: Partial<ServiceDefinition>): Promise<ServiceDefinition>;
  /** What a person changes about the service, by a drop-in of their own. */
  override(settings: string): Promise<void>;
  /** Waits until the service is so. */
  until(state: ServiceState): Promise<ServiceStatus>;
  /** Waits until a script has written this file, with a line's end, and reads it. */
  written(name: string): Promise<string>;
  /** Ends the manager and starts it anew, as a logout and a login do. */
  loginAgain(): Promise<void>;
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-systemd-')));
    const home = join(root, 'home');
    await mkdir(home);
    const rig = rigIn(root, home, await startUserManager(root, home));
    let left: number[] = [];
    try {
      await use(rig);
    } finally {
      left = await rig.manager.end();
      await rm(root, { recursive: true });
    }
    expect(left, 'processes left behind').toEqual([]);
  },
});

function rigIn(root: string, home: string, manager: Systemd): Rig {
  const units = join(home, '.config/systemd/user');
  const service = systemd({
    name: NAME,
    scope: 'user',
    account: { name: 'root', uid: 0, homeDir: home },
    env: manager.env,
    run: (...command) => rig.manager.run(...command),
    clock: systemClock,
  });
  const rig: Rig = {
    root,
    units,
    manager,
    service,
    async definition(script, changes = {}) {
      const path = join(root, 'script');
      await writeFile(path, `root='${root}'\n${script}`);
      return {
        version: '1.0.0',
        command: ['/bin/sh', path],
        stateDir: join(root, 'state'),
        writable: [],
        stopMs: 10_000,
        hardened: false,
        ...changes,
      };
    },
    async override(settings) {
      await mkdir(join(units, `${NAME}.service.d`), { recursive: true });
      await writeFile(join(units, `${NAME}.service.d/override.conf`), `[Service]\n${settings}\n`);
    },
    async until(state) {
      let status = await service.status();
      await waitUntil(
        async () => {
          status = await service.status();
          return status.state === state;
        },
        `the service to be ${state}`,
        async () => JSON.stringify(status),
      );
      return status;
    },
    async written(name) {
      const path = join(root, name);
      let text = '';
      await waitUntil(async () => {
        text = existsSync(path) ? await readFile(path, 'utf8') : '';
        return text.endsWith('\n');
      }, `${name} to be written`);
      return text;
    },
    async loginAgain() {
      expect(await rig.manager.end(), 'processes left behind').toEqual([]);
      rig.manager = await startUserManager(root, home);
    },
  };
  return rig;
}
