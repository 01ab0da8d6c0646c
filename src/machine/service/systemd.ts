/**
 * systemd, the service manager of most Linux systems: a unit of the user's manager, or of the system's. It controls
 * systemd through `systemctl` and writes unit files, and touches nothing else of systemd.
 */

import { existsSync } from 'node:fs';
import { readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configFolder } from '../../home-path.ts';
import { makeFolder } from '../../make-folder.ts';
import { writeAtomically } from '../atomic-file.ts';
import { readMark } from './marker.ts';
import {
  type InstalledService,
  type ManagerOptions,
  ServiceError,
  type ServiceFile,
  type ServiceManager,
} from './service.ts';
import { type Systemctl, systemctl } from './systemctl.ts';
import { environmentOf } from './systemd-environment.ts';
import { PROPERTIES, readProperties, statusOf } from './systemd-status.ts';
import { hardenedText, unitText } from './systemd-unit.ts';

/** Does nothing before one of its methods is called. */
export function systemd(options: ManagerOptions): ServiceManager {
  const { name, scope, account } = options;
  const unit = `${name}.service`;
  const unitPath = join(unitFolder(options), unit);
  const dropIn = join(`${unitPath}.d`, '50-hardened.conf');
  const control = systemctl(options);

  return {
    kind: 'systemd',
    scope,
    name,
    title: `systemd ${scope} service ${name}`,
    unavailable: () => control.unavailable(),

    files(definition) {
      const file = (path: string, text: string) => ({ path, text, mode: UNIT_MODE });
      const hardened = definition.hardened && scope === 'system';
      return [
        file(unitPath, unitText(definition, options)),
        ...(hardened ? [file(dropIn, hardenedText(definition))] : []),
      ];
    },

    async installed() {
      const files = await ourFiles([unitPath, dropIn]);
      const mark = readMark(files.find(({ path }) => path === unitPath)?.text ?? '');
      if (mark === undefined) return null;
      return { ...mark, hardened: files.some(({ path }) => path === dropIn), files };
    },

    async install(definition) {
      await ourFiles([unitPath, dropIn]);
      const wanted = this.files(definition);
      await changing(dirname(unitPath), async () => {
        for (const { path, text, mode } of wanted) {
          makeFolder(dirname(path));
          await writeAtomically(path, text, mode);
        }
        if (!wanted.some(({ path }) => path === dropIn)) await removeDropIn(dropIn);
      });
      await control.must('read its units again', 'daemon-reload');
      await control.must(`enable ${unit}`, 'enable', unit);
    },

    async uninstall() {
      const files = await ourFiles([unitPath, dropIn]);
      if (files.some(({ path }) => path === unitPath)) await control.must(`disable ${unit}`, 'disable', unit);
      await changing(dirname(unitPath), async () => {
        await rm(unitPath, { force: true });
        await removeDropIn(dropIn);
      });
      await control.must('read its units again', 'daemon-reload');
      // Fails when systemd has already forgotten the unit.
      await control.ask('reset-failed', unit);
    },

    async start() {
      // Resets the start limit; fails when there is none.
      await control.ask('reset-failed', unit);
      await control.must(`start ${name}`, 'start', unit);
    },

    async stop() {
      // SIGTERM asks the supervisor for an orderly stop, and systemctl waits for its end.
      await control.must(`stop ${name}`, 'stop', unit);
    },

    async status() {
      const properties = `--property=${PROPERTIES.join(',')}`;
      const answer = await control.must(`say how ${name} is`, 'show', unit, properties);
      const { enabled, ...status } = statusOf(readProperties(answer));
      if (!enabled) return { ...status, startsAt: null };
      const atBoot = scope === 'system' || (await lingers(control, account.name));
      return { ...status, startsAt: atBoot ? 'boot' : 'login' };
    },

    async baseEnvironment() {
      const given = await control.must('tell its environment', 'show-environment');
      return environmentOf(given, options, await shellOf(control, account.name));
    },

    ownOutput(lines, follow) {
      // `--user-unit` searches every readable journal: not all systems keep one for each user.
      const which = [scope === 'user' ? '--user-unit' : '--unit', unit];
      const args = [...which, '--lines', String(lines), '--no-pager', ...(follow ? ['--follow'] : [])];
      return { kind: 'program', command: 'journalctl', args };
    },

    async remarks() {
      if (scope === 'system' || (await lingers(control, account.name))) return [];
      return [
        `It runs only while ${account.name} is logged in; to have it run from boot on: loginctl enable-linger ${account.name}`,
      ];
    },
  };
}

/** Units hold no secrets, and systemd warns about units that others cannot read. */
const UNIT_MODE = 0o644;

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Unit%20File%20Load%20Path */
function unitFolder({ scope, env, account }: ManagerOptions): string {
  if (scope === 'system') return '/etc/systemd/system';
  return join(configFolder(env, account.homeDir), 'systemd', 'user');
}

/** Those of the files that exist. Throws ServiceError when we did not write one of them. */
async function ourFiles(paths: readonly string[]): Promise<InstalledService['files']> {
  const files = await Promise.all(paths.map(readUnit));
  return files.filter((file) => file !== undefined);
}

async function readUnit(path: string): Promise<ServiceFile | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    if (readMark(text) !== undefined) return { path, text, mode: (await stat(path)).mode & 0o777 };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw new ServiceError(`${path} could not be read (${codeOf(error)}). Look at it, or move it away.`);
  }
  throw new ServiceError(
    `${path} was not written by bridge-supervisor, so it stays as it is. Move it away first.`,
  );
}

/** Removes the folder too, unless it contains a person's own drop-ins. */
async function removeDropIn(path: string): Promise<void> {
  await rm(path, { force: true });
  await rmdir(dirname(path)).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  });
}

async function changing(folder: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw new ServiceError(`${folder} could not be changed (${codeOf(error)}). Make it writable for you.`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Whether the user's manager runs from boot on. `loginctl` knows only users that are logged in or linger. */
async function lingers(control: Systemctl, user: string): Promise<boolean> {
  const { code, stdout } = await control.other('loginctl', 'show-user', user, '--property=Linger');
  return code === 0 ? stdout.trim() === 'Linger=yes' : existsSync(join('/var/lib/systemd/linger', user));
}

async function shellOf(control: Systemctl, user: string): Promise<string> {
  const { stdout } = await control.other('getent', 'passwd', user);
  return stdout.trim().split(':')[6] || '/bin/sh';
}
