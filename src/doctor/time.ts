/** The clock, by which every wait is counted, and the time zone, by which a person counts. */
import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, Unknowable, warning } from './finding.ts';

export function timeGroup(patient: Patient): Group {
  return {
    name: 'clock',
    title: 'Clock',
    checks: [
      { name: 'time', subject: 'the clock', look: () => time(patient) },
      { name: 'zone', subject: 'the time zone', look: () => zone(patient) },
    ],
  };
}

const SET = { fix: 'Set the clock of this machine, best by a time server.' };
const MINUTE_MS = 60_000;

async function time(patient: Patient): Promise<Observation> {
  const now = patient.clock.now();
  const words = now.toISOString();
  const built = await stat(patient.entry.at(-1) ?? '').catch(() => undefined);
  if (built && now.getTime() < built.mtimeMs - MINUTE_MS)
    return problem('clock', `It is ${words} here: before this program was installed.`, SET);
  const newest = await newestEvent(patient);
  if (newest !== undefined && now.getTime() < Date.parse(newest) - MINUTE_MS)
    return problem(
      'clock',
      `It is ${words} here, and the newest event is of ${newest}: the clock was set back.`,
      SET,
    );
  return ok('clock', `It is ${words}, after all that is on record`);
}

async function newestEvent(patient: Patient): Promise<string | undefined> {
  try {
    return await (await patient.store()).newestEventAt();
  } catch (error) {
    if (error instanceof Unknowable) return undefined;
    throw error;
  }
}

async function zone(patient: Patient): Promise<Observation> {
  const { env, ofService } = await patient.setting();
  const config = await patient.config();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const named = env.TZ?.replace(/^:/, '');
  if (named && !isZone(named))
    return warning('TZ', `TZ is '${named}', which no time zone is called; UTC is used instead.`, {
      fix: 'Use a name such as Europe/Berlin.',
    });
  const there = named || (ofService ? undefined : here);
  const keys = keysByTheClock(config);
  if (keys.length === 0)
    return ok('time zone', `The time zone is ${there ?? 'that of the system'}; no key depends on it`);
  const zoneWords = there ?? 'the time zone of the system';
  const verb = keys.length === 1 ? 'is' : 'are';
  return ok('time zone', `${keys.join(' and ')} ${verb} read in ${zoneWords}`);
}

function keysByTheClock({ quiet_hours, resume_not_before }: Config): string[] {
  return [
    ...(quiet_hours.length > 0 ? ['quiet_hours'] : []),
    ...(resume_not_before === undefined ? [] : ['resume_not_before']),
  ];
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
