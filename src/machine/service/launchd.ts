/**
 * launchd, the service manager of macOS: an agent in its user's login session. It controls launchd through `launchctl`
 * and writes one property list to `~/Library/LaunchAgents`, which launchd loads at every login.
 */

import { readFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import { writeAtomically } from '../atomic-file.ts';
import { forgetGaveUp, readGaveUp } from './launchd-gave-up.ts';
import { launchdJob } from './launchd-job.ts';
import { errorFileOf, plistText } from './launchd-plist.ts';
import { NOTHING_LOADED, statusOf } from './launchd-status.ts';
import { readMark } from './marker.ts';
import { type InstalledService, type ManagerOptions, ServiceError, type ServiceManager } from './service.ts';

/** How long launchd may take to run the program once. */
const START_MS = 15_000;
/** How long a supervisor that has accepted a stop may take to end. */
const END_MS = 10_000;

/** Not loaded, or loaded without a process: nothing runs. */
const isDown = (job: { readonly pid: number | null } | null) => job === null || job.pid === null;

/** Does nothing before one of its methods is called. */
export function launchd(options: ManagerOptions): ServiceManager {
  const { name, account, env } = options;
  const plist = join(account.homeDir, 'Library', 'LaunchAgents', `${name}.plist`);
  const job = launchdJob(options);
  const stateDir = () => readInstalled(plist)?.stateDir;

  return {
    kind: 'launchd',
    scope: 'user',
    name,
    title: `launchd agent ${name}`,
    unavailable: () => job.unavailable(),

    files: (definition) => [{ path: plist, text: plistText(definition, name), mode: PLIST_MODE }],

    async installed() {
      const found = readInstalled(plist);
      if (!found) return null;
      const { text, ...mark } = found;
      const mode = (await stat(plist)).mode & 0o777;
      return { ...mark, hardened: false, files: [{ path: plist, text, mode }] };
    },

    // A plist in this folder is registered: launchd loads it at the next login. RunAtLoad would start it when loaded now,
    // so `start` does that. A running agent keeps its loaded definition until it is restarted.
    async install(definition) {
      readInstalled(plist);
      await changing(plist, async () => {
        makeFolder(dirname(plist));
        for (const { path, text, mode } of this.files(definition)) await writeAtomically(path, text, mode);
      });
      await job.enable();
    },

    async uninstall() {
      readInstalled(plist);
      await job.unload();
      await changing(plist, () => rm(plist, { force: true }));
    },

    async start() {
      const before = await job.look();
      if (before?.pid) return;
      const folder = stateDir();
      if (folder !== undefined) await forgetGaveUp(folder);
      await job.enable();
      // The loaded plist may be older, or wait for its next try, so it is loaded again.
      await job.unload();
      await job.load(plist);
      const started = await job.waitUntil(
        (now) => now !== null && (now.pid !== null || now.runs > 0),
        START_MS,
      );
      if (!started)
        throw new ServiceError(
          `launchd has taken ${name} and does not start it. See what it says: launchctl print gui/${account.uid}/${name}`,
        );
    },

    async stop(ask) {
      const before = await job.look();
      if (!before) return;
      if (before.pid !== null) {
        // A supervisor that ignores the request gets a signal below.
        await ask().catch(() => undefined);
        const ended = await job.waitUntil(isDown, END_MS);
        if (!ended) {
          await job.sendTerm();
          await job.waitUntil(isDown, (before.exitTimeout ?? 0) * 1000 + END_MS);
        }
      }
      // launchd does not restart it after an exit with 0. Otherwise it has to be unloaded; the plist stays, and is loaded
      // at the next login.
      const after = await job.look();
      if (after && (after.pid !== null || after.state === 'spawn scheduled')) await job.unload();
      const folder = stateDir();
      if (folder !== undefined) await forgetGaveUp(folder);
    },

    async status() {
      const folder = stateDir();
      if (folder === undefined) return NOTHING_LOADED;
      const [now, gaveUp, disabled] = [await job.look(), await readGaveUp(folder), await job.isDisabled()];
      return { ...statusOf(now, gaveUp), startsAt: disabled ? null : 'login' };
    },

    /** What launchd gives every agent of a session; of these, a terminal of the same person has the same ones. */
    async baseEnvironment() {
      const given = {
        SHELL: env.SHELL,
        TMPDIR: env.TMPDIR,
        SSH_AUTH_SOCK: env.SSH_AUTH_SOCK?.includes('com.apple.launchd') ? env.SSH_AUTH_SOCK : undefined,
      };
      return {
        PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
        HOME: account.homeDir,
        USER: account.name,
        LOGNAME: account.name,
        ...Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (value ? [[key, value]] : []))),
      };
    },

    ownOutput() {
      const folder = stateDir();
      return folder === undefined
        ? { kind: 'none', why: `${name} is not installed.` }
        : { kind: 'file', path: errorFileOf(folder) };
    },

    async remarks() {
      return [
        `It runs only while ${account.name} is logged in at this Mac: after a restart, log in once (with FileVault nothing runs before that).`,
        'While the Mac sleeps, nothing runs; see System Settings, Energy.',
      ];
    },
  };
}

/** launchd does not load what others may write to. The plist holds no secrets. */
const PLIST_MODE = 0o644;

/** Undefined when nothing is there. Throws ServiceError when it was not written by us. */
function readInstalled(
  path: string,
): (Pick<InstalledService, 'version' | 'stateDir'> & { text: string }) | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new ServiceError(`${path} could not be read (${codeOf(error)}). Look at it, or move it away.`);
  }
  const mark = readMark(text);
  if (mark) return { ...mark, text };
  throw new ServiceError(
    `${path} was not written by bridge-supervisor, so it stays as it is. Move it away first.`,
  );
}

async function changing(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw new ServiceError(
      `${path} could not be changed (${codeOf(error)}). Make its folder writable for you.`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
