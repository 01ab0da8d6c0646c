/** What goes on with nobody there: the machine stays awake for runs, and a monitor hears of the supervisor. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../environment.ts';

import { awakeMeans, type Means } from '../machine/awake-means.ts';
import { findExecutable } from '../machine/executable.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, warning } from './finding.ts';

export function vigilGroup(patient: Patient): Group {
  return {
    name: 'vigil',
    title: 'With nobody there',
    checks: [
      { name: 'awake', subject: 'keeping awake', look: () => awake(patient) },
      { name: 'heartbeat', subject: 'the heartbeat', look: () => heartbeat(patient) },
    ],
  };
}

async function awake(patient: Patient): Promise<Observation> {
  const { keep_awake } = await patient.config();
  if (!keep_awake) return ok('keep_awake', 'The machine may go to sleep during runs (keep_awake is false)');
  const { env } = await patient.setting();
  let failure = 'no means is known here';
  for (const means of awakeMeans(patient.platform, process.pid)) {
    const refusal = await tryOut(patient, means, env);
    if (refusal === null)
      return ok('keep_awake', `${means.command} keeps the machine awake while runs are under way`);
    failure = refusal;
  }
  return warning('keep_awake', `Nothing keeps the machine awake while runs are under way: ${failure}.`, {
    fix: 'Switch sleep off in the settings of the system; "keep_awake": false ends this line.',
  });
}

/** Why it does not work; null when it does. Without input most let go of the machine at once. */
async function tryOut(patient: Patient, means: Means, env: Environment): Promise<string | null> {
  const { command, args, endsBy } = means;
  const program = findExecutable(command, env.PATH ?? env.Path);
  if (program === undefined) return `${command} is not there`;
  if (endsBy !== 'input') return null;
  const { code, stderr } = await patient.run(program, args, { env });
  return code === 0 ? null : `${command}: ${stderr.trim().split('\n').at(-1) || `it ended with ${code}`}`;
}

/** A monitor that is given no sign of life raises an alarm: more than this is late. */
const LATE_INTERVALS = 3;

async function heartbeat(patient: Patient): Promise<Observation[]> {
  const { heartbeat_file: file, heartbeat_url: url, heartbeat_interval: interval } = await patient.config();
  const found: Observation[] = [];
  if (file !== undefined) found.push(await fileOf(patient, file, interval));
  // Asking it would be a sign of life, of somebody else.
  if (url !== undefined) found.push(ok('heartbeat_url', `The heartbeat goes to ${new URL(url).host}`));
  return found.length > 0 ? found : [ok('heartbeat', 'No heartbeat is configured')];
}

async function fileOf(patient: Patient, file: string, interval: number): Promise<Observation> {
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    return problem(
      file,
      `The heartbeat ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      {
        fix: `Create ${folder} with the right to write in it, or correct heartbeat_file.`,
      },
    );
  }
  const written = await stat(file).catch(() => undefined);
  if (!written) return ok(file, `The heartbeat ${file} can be written`);
  const age = patient.clock.now().getTime() - written.mtimeMs;
  if (age < LATE_INTERVALS * interval) return ok(file, `The heartbeat ${file} is fresh`);
  return warning(file, `The heartbeat ${file} was last written at ${written.mtime.toISOString()}.`, {
    fix: 'See whether the supervisor works: bridge-supervisor status',
  });
}
