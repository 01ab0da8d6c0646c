/** The folder that holds everything: there, ours alone, on a disk of this machine, with room. */

import { chmod, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeRoom } from '../machine/disk.ts';
import { syncedBy } from '../machine/foreign-folder.ts';
import { ensurePrivateFolder } from '../machine/paths.ts';
import { openPlainFile } from '../machine/plain-file.ts';
import { CONFIG_NAME, parseRunFileName, runsFolder } from '../state-folder.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, Unknowable, warning } from './finding.ts';
import { sizeText } from './measure.ts';

export function stateFolderGroup(patient: Patient): Group {
  const { home } = patient;
  return {
    name: 'folder',
    title: 'State folder',
    checks: [
      { name: 'rights', subject: home, look: () => rights(patient) },
      { name: 'place', subject: home, look: () => place(patient) },
      { name: 'space', subject: 'free space', look: () => space(patient) },
      { name: 'secrets', subject: 'files with secrets', look: () => secrets(patient) },
    ],
  };
}

const NOT_THERE = 'There is no state folder yet: the first start makes it.';

async function rights({ home, uid }: Patient): Promise<Observation> {
  const folder = await stat(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!folder)
    return warning(home, `${home} is not there yet.`, { fix: 'bridge-supervisor start makes it.' });
  if (!folder.isDirectory())
    return problem(home, `${home} is a file, not a folder.`, { fix: 'Move it away, or set BRIDGE_HOME.' });
  if (uid !== null && folder.uid !== uid)
    return problem(home, `${home} belongs to another user (uid ${folder.uid}; you are ${uid}).`, {
      fix: 'Work as that user, or set BRIDGE_HOME to a folder of your own.',
    });
  const mode = folder.mode & 0o777;
  if (uid === null || mode === 0o700) return ok(home, `${home} can be read by you alone`);
  return problem(home, `${home} has the rights ${octal(mode)}: ${whatFor(mode)}.`, {
    fix: `chmod 700 ${home}`,
    async mend() {
      // Before the other: a folder that we may not enter is not looked at.
      await chmod(home, mode | 0o700);
      await ensurePrivateFolder(home);
      return `Closed ${home} to other users (700).`;
    },
  });
}

function whatFor(mode: number): string {
  return (mode & 0o700) === 0o700 ? 'other users can read plans and secrets in it' : 'you cannot write in it';
}

async function place({ home, foreignDisk }: Patient): Promise<Observation> {
  await existing(home);
  const disk = await foreignDisk(home);
  const service = syncedBy(home);
  const move = { fix: 'Move it to a disk of this machine, and set BRIDGE_HOME to its new place.' };
  if (disk && !disk.maybe)
    return problem(home, `${home} is on ${disk.title}: a database there is damaged sooner or later.`, move);
  if (service !== undefined)
    return problem(home, `${home} is copied by ${service}: that damages a database in use.`, move);
  if (disk)
    return warning(
      home,
      `${home} is on ${disk.title}. If that is a network drive, it damages a database.`,
      move,
    );
  return ok(home, 'It is on a disk of this machine, and nothing copies it elsewhere');
}

const ENOUGH = 2;

async function space({ home, config }: Patient): Promise<Observation> {
  await existing(home);
  const least = (await config()).disk_min_mb * 1e6;
  const free = (await freeRoom(home)).bytes;
  const fix = { fix: 'Free some space on that disk; `disk_min_mb` is the limit.' };
  if (free < least)
    return problem(home, `${sizeText(free)} are free: below ${sizeText(least)} no run starts.`, fix);
  if (free < ENOUGH * least)
    return warning(
      home,
      `${sizeText(free)} are free: soon below ${sizeText(least)}, where no run starts.`,
      fix,
    );
  return ok(home, `${sizeText(free)} are free`);
}

const SECRETS = ['service.env', 'token'];

/** A person's own editor writes config.json for all to read, and nobody else comes into the folder. */
const FOR_ALL_TO_READ = CONFIG_NAME;

async function secrets({ home, uid }: Patient): Promise<Observation[]> {
  await existing(home);
  const runs = await readdir(runsFolder(home)).catch(() => []);
  const ofRuns = runs
    .filter((name) => parseRunFileName(name)?.kind === 'secret')
    .map((name) => join('runs', name));
  const open: Observation[] = [];
  for (const name of [...SECRETS, FOR_ALL_TO_READ, ...ofRuns]) {
    const file = join(home, name);
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
    if (uid === null || (mode & (name === FOR_ALL_TO_READ ? 0o022 : 0o077)) === 0) continue;
    const closed = mode & 0o700;
    open.push(
      problem(
        file,
        `${file} has the rights ${octal(mode & 0o777)}: ${name === FOR_ALL_TO_READ ? 'others can change it' : 'it may hold secrets'}.`,
        {
          fix: `chmod ${octal(closed)} ${file}`,
          async mend() {
            await using handle = await openPlainFile(file, constants.O_RDONLY);
            await handle.chmod(closed);
            return `Closed ${file} to other users (${octal(closed)}).`;
          },
        },
      ),
    );
  }
  return open.length > 0 ? open : [ok('secrets', 'The files that may hold secrets can be read by you alone')];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

async function existing(home: string): Promise<void> {
  const folder = await stat(home).catch(() => undefined);
  if (!folder?.isDirectory()) throw new Unknowable(NOT_THERE);
}
