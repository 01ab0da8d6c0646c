/** The service, as it was installed and as its manager sees it. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { EnvironmentFileError, readEnvironmentFile } from '../machine/service/environment-file.ts';
import type { ServiceStatus } from '../machine/service/service.ts';
import { VERSION } from '../version.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, skipped, Unknowable, warning } from './finding.ts';
import { counted, upper } from './measure.ts';
import { passingIn } from './passing.ts';
import { runtime } from './runtime.ts';
import { commandOf } from './service-command.ts';

export function serviceGroup(patient: Patient): Group {
  return {
    name: 'service',
    title: 'Service',
    checks: [
      { name: 'installed', subject: 'the service', look: () => installed(patient) },
      { name: 'files', subject: 'the files of the service', look: () => files(patient) },
      { name: 'program', subject: 'the program of the service', look: () => program(patient) },
      { name: 'environment', subject: 'the environment of the service', look: () => environment(patient) },
      { name: 'state', subject: 'the state of the service', look: () => state(patient) },
      { name: 'remarks', subject: 'what the service needs', look: () => remarks(patient) },
    ],
  };
}

const INSTALL = { fix: 'bridge-supervisor install' };

async function installed({ service }: Patient): Promise<Observation> {
  if (!service)
    return warning(
      'service',
      'No service is installed: after a restart of the machine nothing runs.',
      INSTALL,
    );
  const { manager, installed: found } = service;
  if (found.version !== VERSION)
    return warning(
      manager.title,
      `The ${manager.title} is of version ${found.version}; this is ${VERSION}.`,
      INSTALL,
    );
  return ok(manager.title, `The ${manager.title} is installed, of this version`);
}

/** Folders and times that it is given come from the configuration, which may have changed since. */
async function files(patient: Patient): Promise<Observation> {
  const { manager, installed: found } = present(patient);
  const { env } = await patient.setting();
  // The version is told above, and everything may differ with it.
  if (found.version !== VERSION) return skipped(manager.title, 'Its files are of another version.');
  const wanted = patient.serviceFiles({ manager, installed: found }, env);
  const stale = wanted.find(
    ({ path, text }) => found.files.find((file) => file.path === path)?.text !== text,
  );
  if (stale === undefined) return ok(manager.title, 'Its files are as install would write them now');
  const there = found.files.find(({ path }) => path === stale.path)?.text.split('\n') ?? [];
  const line = stale.text.split('\n').find((one) => !there.includes(one));
  return warning(
    stale.path,
    `${stale.path} is not what install would write now: ${line ?? 'it has more in it'}`,
    INSTALL,
  );
}

/** Upgrades of Node and of this program move the files that a service names. */
async function program(patient: Patient): Promise<Observation> {
  const { installed: found } = present(patient);
  const command = commandOf(found.files);
  if (command === undefined) return skipped('command', 'What the service starts is not read on this system.');
  const missing = command.find((word) => isAbsolute(word) && !existsSync(word));
  if (missing !== undefined)
    return problem(missing, `The service starts ${missing}, which is not there any more.`, INSTALL);
  const answer = await runtime(patient, command, 'the service');
  if (answer.verdict !== 'ok') return answer;
  return passingIn(patient, command, 'the service', INSTALL.fix) ?? answer;
}

/** Without it the service does not start. */
async function environment(patient: Patient): Promise<Observation> {
  const words = commandOf(present(patient).installed.files) ?? [];
  const at = words.indexOf('--environment');
  const file = words[at + 1];
  if (at < 0 || file === undefined)
    return skipped('environment', 'The service is given no environment file.');
  try {
    const names = Object.keys(await readEnvironmentFile(file));
    return ok(file, `${file} gives the service ${counted(names.length, 'variable')}`);
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    return problem(file, `${upper(error.message)}.`, INSTALL);
  }
}

async function state(patient: Patient): Promise<Observation> {
  const { manager } = present(patient);
  const status = await manager.status();
  const title = `The ${manager.title}`;
  switch (status.state) {
    case 'running':
    case 'starting':
    case 'stopping':
      return ok(manager.name, `${title} is ${status.state}${pidWords(status)}${startWords(status)}`);
    case 'stopped':
      return warning(manager.name, [`${title} is stopped.`, status.detail ?? ''].join(' ').trimEnd(), {
        fix: 'bridge-supervisor start',
      });
    case 'waiting':
      return warning(
        manager.name,
        ...told(status, title, 'has ended and is started again after a pause.', `${LOGS} why it ended.`),
      );
    case 'failed':
      return problem(
        manager.name,
        ...told(status, title, 'has failed and is not started again.', `${LOGS} why; ${START}`),
      );
    case 'gave-up':
      return problem(
        manager.name,
        ...told(status, title, 'ended so often that its manager has given up.', `${LOGS} why; ${START}`),
      );
  }
}

const LOGS = 'bridge-supervisor logs tells';
const START = 'then: bridge-supervisor start';

/** In the words of the manager, which may name the way out too; else in ours. */
function told(
  { detail }: ServiceStatus,
  title: string,
  words: string,
  fix: string,
): [message: string, remedy: { readonly fix: string }] {
  if (detail === null) return [`${title} ${words}`, { fix }];
  const [what = '', advice = fix] = detail.split(/ (?=(?:See|Find)\b.*bridge-supervisor)/);
  // Who reads this is at the doctor's already.
  const here = advice.replace('See `bridge-supervisor doctor`', 'Mend the other problems told here');
  return [`${title}: ${what.replace(/^It /, 'it ')}`, { fix: here }];
}

function pidWords({ pid }: ServiceStatus): string {
  return pid === null ? '' : ` (pid ${pid})`;
}

function startWords({ startsAt }: ServiceStatus): string {
  return startsAt === null ? '; it starts only when asked' : `; it starts at ${startsAt}`;
}

async function remarks(patient: Patient): Promise<Observation[]> {
  const { manager } = present(patient);
  const found = await manager.remarks();
  if (found.length === 0) return [ok(manager.name, 'Nothing is left to be done for it')];
  return found.map((remark) => warning(manager.name, remark));
}

function present({ service }: Patient) {
  if (!service) throw new Unknowable('No service is installed.');
  return service;
}
