/** The clock, which every wait depends on, and the time zone in which keys such as quiet_hours are read. */
import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { type CheckGroup, type FindingFacts, Inconclusive, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function clockGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'clock',
    title: 'Clock',
    checks: [
      { name: 'time', subject: 'clock', run: () => time(context) },
      { name: 'zone', subject: 'time zone', run: () => zone(context) },
    ],
  };
}

const SET = { hint: 'Set the clock of this machine, preferably by a time server.' };
const MINUTE_MS = 60_000;

async function time(context: DoctorContext): Promise<FindingFacts> {
  const now = context.clock.now();
  const nowText = now.toISOString();
  const built = await stat(context.selfCommand.at(-1) ?? '').catch(() => undefined);
  if (built && now.getTime() < built.mtimeMs - MINUTE_MS)
    return problem('clock', `The clock says ${nowText}, which is before this program was installed.`, SET);
  const newest = await newestEvent(context);
  if (newest !== undefined && now.getTime() < Date.parse(newest) - MINUTE_MS)
    return problem(
      'clock',
      `The clock says ${nowText}, but the newest event is from ${newest}: the clock was set back.`,
      SET,
    );
  return ok('clock', `The clock says ${nowText}, later than every recorded event`);
}

async function newestEvent(context: DoctorContext): Promise<string | undefined> {
  try {
    return await (await context.store()).newestEventAt();
  } catch (error) {
    if (error instanceof Inconclusive) return undefined;
    throw error;
  }
}

async function zone(context: DoctorContext): Promise<FindingFacts> {
  const { env, isService } = await context.supervisorEnv();
  const config = await context.config();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const named = env.TZ?.replace(/^:/, '');
  if (named && !isZone(named))
    return warning('TZ', `TZ is '${named}', which is not a time zone; UTC is used instead.`, {
      hint: 'Use a name such as Europe/Berlin.',
    });
  const there = named || (isService ? undefined : here);
  const keys = zonedKeys(config);
  if (keys.length === 0)
    return ok('time zone', `The time zone is ${there ?? "the system's"}; no key depends on it`);
  const zoneName = there ?? 'the system time zone';
  const verb = keys.length === 1 ? 'is' : 'are';
  return ok('time zone', `${keys.join(' and ')} ${verb} read in ${zoneName}`);
}

function zonedKeys({ quiet_hours, resume_not_before }: Config): string[] {
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
