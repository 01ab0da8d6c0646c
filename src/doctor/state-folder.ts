/** The state folder: private, on a local disk, with free space. */

import { access, chmod, constants, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freeSpace } from '../machine/disk.ts';
import { syncedBy } from '../machine/foreign-folder.ts';
import { openPlainFile } from '../machine/open-file.ts';
import { ensurePrivateFolder } from '../machine/paths.ts';
import { CONFIG_NAME, parseRunFileName, runsFolder } from '../state-folder.ts';
import { type CheckGroup, type FindingFacts, Inconclusive, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { sizeText } from './wording.ts';

export function stateFolderGroup(context: DoctorContext): CheckGroup {
  const { stateDir } = context;
  return {
    name: 'folder',
    title: 'State folder',
    checks: [
      { name: 'rights', subject: stateDir, run: () => rights(context) },
      { name: 'writable', subject: stateDir, run: () => writable(context) },
      { name: 'place', subject: stateDir, run: () => place(context) },
      { name: 'space', subject: 'free space', run: () => space(context) },
      { name: 'secrets', subject: 'files with secrets', run: () => secrets(context) },
    ],
  };
}

const NOT_THERE = 'There is no state folder yet; the first start creates it.';

async function rights({ stateDir, uid }: DoctorContext): Promise<FindingFacts> {
  const folder = await stat(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!folder)
    return warning(stateDir, `${stateDir} does not exist yet.`, {
      hint: 'bridge-supervisor start creates it.',
      cause: 'no_state_folder',
    });
  if (!folder.isDirectory())
    return problem(stateDir, `${stateDir} is a file, not a folder.`, {
      hint: 'Move it away, or set BRIDGE_HOME to a folder.',
    });
  if (uid !== null && folder.uid !== uid)
    return problem(stateDir, `${stateDir} belongs to another user (uid ${folder.uid}; you are ${uid}).`, {
      hint: 'Run as that user, or set BRIDGE_HOME to a folder of your own.',
    });
  const mode = folder.mode & 0o777;
  if (uid === null || mode === 0o700) return ok(stateDir, `${stateDir} is private`);
  return problem(stateDir, `${stateDir} has mode ${octal(mode)}: ${consequenceOf(mode)}.`, {
    hint: `chmod 700 ${stateDir}`,
    async fix() {
      // `ensurePrivateFolder` cannot check a folder that we may not enter.
      await chmod(stateDir, mode | 0o700);
      await ensurePrivateFolder(stateDir);
      return `Made ${stateDir} private (mode 700).`;
    },
  });
}

function consequenceOf(mode: number): string {
  return (mode & 0o700) === 0o700 ? 'other users can read its plans and secrets' : 'you cannot write to it';
}

/** A missing folder can be created where its nearest parent is writable. */
async function writable({ stateDir, uid }: DoctorContext): Promise<FindingFacts> {
  const there = await nearestExisting(stateDir);
  const isThere = there === stateDir;
  try {
    if (!(await stat(there)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // `rights` reports a folder of our own, and can open it again.
    if (code === 'EACCES' && isThere && (await stat(there)).uid === uid)
      throw new Inconclusive('state_folder_closed', `The mode of ${stateDir} keeps you out.`);
    const what = isThere ? 'is not writable' : `cannot be created in ${there}`;
    return problem(stateDir, `${stateDir} ${what} (${code}).`, {
      hint: 'Set BRIDGE_HOME to another folder.',
    });
  }
  return ok(stateDir, `${stateDir} ${isThere ? 'is writable' : 'can be created'}`);
}

async function nearestExisting(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function place({ stateDir, foreignDisk }: DoctorContext): Promise<FindingFacts> {
  await mustExist(stateDir);
  const disk = await foreignDisk(stateDir);
  const service = syncedBy(stateDir);
  const move = { hint: 'Move it to a local disk and set BRIDGE_HOME to its new path.' };
  if (disk && !disk.maybe)
    return problem(
      stateDir,
      `${stateDir} is on ${disk.title}: SQLite on a network drive gets corrupted.`,
      move,
    );
  if (service !== undefined)
    return problem(stateDir, `${stateDir} is synced by ${service}, which corrupts a database in use.`, move);
  if (disk)
    return warning(
      stateDir,
      `${stateDir} is on ${disk.title}: if that is a network drive, SQLite on it gets corrupted.`,
      move,
    );
  return ok(stateDir, `${stateDir} is on a local disk and not synced elsewhere`);
}

/** A warning is due below this many times the limit. */
const WARN_FACTOR = 2;

async function space({ stateDir, config }: DoctorContext): Promise<FindingFacts> {
  await mustExist(stateDir);
  const min = (await config()).disk_min_mb * 1e6;
  const free = (await freeSpace(stateDir)).bytes;
  const hint = { hint: 'Free some space on that disk, or lower `disk_min_mb`.' };
  if (free < min)
    return problem(stateDir, `${sizeText(free)} free: no run starts below ${sizeText(min)}.`, hint);
  if (free < WARN_FACTOR * min)
    return warning(
      stateDir,
      `${sizeText(free)} free: no run starts below ${sizeText(min)}, which is close.`,
      hint,
    );
  return ok(stateDir, `${sizeText(free)} free`);
}

const SECRETS = ['service.env', 'token'];

/** An editor may write config.json readable for all; the private folder protects it. */
const MAY_BE_READABLE = CONFIG_NAME;

async function secrets({ stateDir, uid }: DoctorContext): Promise<FindingFacts[]> {
  await mustExist(stateDir);
  const runs = await readdir(runsFolder(stateDir)).catch(() => []);
  const ofRuns = runs
    .filter((name) => parseRunFileName(name)?.kind === 'secret')
    .map((name) => join('runs', name));
  const open: FindingFacts[] = [];
  for (const name of [...SECRETS, MAY_BE_READABLE, ...ofRuns]) {
    const file = join(stateDir, name);
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
    if (uid === null || (mode & (name === MAY_BE_READABLE ? 0o022 : 0o077)) === 0) continue;
    const closed = mode & 0o700;
    open.push(
      problem(
        file,
        `${file} has mode ${octal(mode & 0o777)}: ${name === MAY_BE_READABLE ? 'other users can change it' : 'other users can read it, and it may hold secrets'}.`,
        {
          hint: `chmod ${octal(closed)} ${file}`,
          async fix() {
            await using handle = await openPlainFile(file, constants.O_RDONLY);
            await handle.chmod(closed);
            return `Made ${file} private (mode ${octal(closed)}).`;
          },
        },
      ),
    );
  }
  return open.length > 0 ? open : [ok('secrets', 'Files that may hold secrets are private')];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

async function mustExist(stateDir: string): Promise<void> {
  const folder = await stat(stateDir).catch(() => undefined);
  if (!folder?.isDirectory()) throw new Inconclusive('no_state_folder', NOT_THERE);
}
