/** The service as installed, and as its manager reports it. */

import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { capitalize } from '../characters.ts';
import { serviceAdvice } from '../control/service-advice.ts';
import { EnvironmentFileError, readEnvironmentFile } from '../machine/service/environment-file.ts';
import type { ServiceManager, ServiceStatus } from '../machine/service/service.ts';
import { plural } from '../project/text.ts';
import { VERSION } from '../version.ts';
import { type CheckGroup, type FindingFacts, Inconclusive, ok, problem, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { runtime } from './node-runtime.ts';
import { commandOf } from './service-command.ts';
import { shortLivedPart } from './short-lived.ts';

export function serviceGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'service',
    title: 'Service',
    checks: [
      { name: 'installed', subject: 'service', run: () => installed(context) },
      { name: 'files', subject: 'service files', run: () => files(context) },
      { name: 'program', subject: 'service program', run: () => program(context) },
      { name: 'environment', subject: 'service environment', run: () => environment(context) },
      { name: 'state', subject: 'service state', run: () => state(context) },
      { name: 'remarks', subject: 'service requirements', run: () => remarks(context) },
    ],
  };
}

const INSTALL = { hint: 'bridge-supervisor install' };

async function installed({ service }: DoctorContext): Promise<FindingFacts> {
  if (!service)
    return warning('service', 'No service is installed: nothing starts after a reboot.', {
      ...INSTALL,
      cause: 'no_service',
    });
  const { manager, installed: found } = service;
  if (found.version !== VERSION)
    return warning(
      manager.title,
      `The ${manager.title} is version ${found.version}; this is ${VERSION}.`,
      INSTALL,
    );
  return ok(manager.title, `The ${manager.title} is installed, version ${VERSION}`);
}

/** The files name folders and times of the configuration, which may have changed since. */
async function files(context: DoctorContext): Promise<FindingFacts> {
  const { manager, installed: found } = installedService(context);
  const { env } = await context.supervisorEnv();
  // `installed` reports the version; another version writes other files.
  if (found.version !== VERSION)
    return skipped(manager.title, 'The files of the service are from another version.');
  const wanted = context.serviceFiles({ manager, installed: found }, env);
  const stale = wanted.find(
    ({ path, text }) => found.files.find((file) => file.path === path)?.text !== text,
  );
  if (stale === undefined) return ok(manager.title, 'The files of the service are up to date');
  const there = found.files.find(({ path }) => path === stale.path)?.text.split('\n') ?? [];
  const line = stale.text.split('\n').find((one) => !there.includes(one));
  return warning(
    stale.path,
    `${stale.path} is out of date: ${line === undefined ? 'it has lines that install would remove' : `install would write ${line}`}`,
    INSTALL,
  );
}

/** An upgrade of Node or of this program can remove the files that the service starts. */
async function program(context: DoctorContext): Promise<FindingFacts> {
  const { installed: found } = installedService(context);
  const command = commandOf(found.files);
  if (command === undefined)
    return skipped('command', 'The command of the service cannot be read on this system.');
  const missing = command.find((word) => isAbsolute(word) && !existsSync(word));
  if (missing !== undefined)
    return problem(missing, `The service starts ${missing}, which no longer exists.`, INSTALL);
  const answer = await runtime(context, command, 'the service');
  if (answer.verdict !== 'ok') return answer;
  return shortLivedPart(context, command, 'the service', INSTALL.hint) ?? answer;
}

/** The service does not start without its environment file. */
async function environment(context: DoctorContext): Promise<FindingFacts> {
  const command = commandOf(installedService(context).installed.files) ?? [];
  const at = command.indexOf('--environment');
  const file = command[at + 1];
  if (at < 0 || file === undefined) return skipped('environment', 'The service has no environment file.');
  try {
    const names = Object.keys(await readEnvironmentFile(file));
    return ok(file, `${file} sets ${plural(names.length, 'variable')}`);
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    return problem(file, `${capitalize(error.message)}.`, INSTALL);
  }
}

async function state(context: DoctorContext): Promise<FindingFacts> {
  const { manager } = installedService(context);
  const status = await manager.status();
  const title = `The ${manager.title}`;
  switch (status.state) {
    case 'running':
    case 'starting':
    case 'stopping':
      return ok(manager.name, `${title} is ${status.state}${pidText(status)}${startText(status)}`);
    case 'stopped':
      return warning(manager.name, ...explained(manager, status, 'is stopped.', 'bridge-supervisor start'));
    case 'waiting':
      return warning(
        manager.name,
        ...explained(manager, status, 'has exited; its manager restarts it after a delay.', LOGS),
      );
    case 'failed':
      return problem(
        manager.name,
        ...explained(manager, status, 'has failed and is not restarted.', LOGS_THEN_START),
      );
    case 'gave-up':
      return problem(
        manager.name,
        ...explained(manager, status, 'failed so often that its manager gave up.', LOGS_THEN_START),
      );
  }
}

const LOGS = 'See why: bridge-supervisor logs';
const LOGS_THEN_START = `${LOGS}, then run: bridge-supervisor start`;

/** Explains a state by its cause, where that is known. */
function explained(
  manager: ServiceManager,
  status: ServiceStatus,
  message: string,
  hint: string,
): [message: string, remedy: { readonly hint: string }] {
  const title = `The ${manager.title}`;
  const known = serviceAdvice(manager, status);
  if (!known) return [`${title} ${message}`, { hint }];
  // The usual advice is to run the doctor, which the reader has just done.
  const here = status.cause?.kind === 'permanent-failure' ? FIX_THEN_START : (known.advice ?? hint);
  return [`${title}: ${known.message}.`, { hint: here }];
}

const FIX_THEN_START = 'Fix the other problems shown here, then: bridge-supervisor start';

function pidText({ pid }: ServiceStatus): string {
  return pid === null ? '' : ` (pid ${pid})`;
}

function startText({ startsAt }: ServiceStatus): string {
  return startsAt === null ? '; it starts only on demand' : `; it starts at ${startsAt}`;
}

async function remarks(context: DoctorContext): Promise<FindingFacts[]> {
  const { manager } = installedService(context);
  const found = await manager.remarks();
  if (found.length === 0) return [ok(manager.name, 'The service needs nothing else')];
  return found.map((remark) => warning(manager.name, remark));
}

function installedService({ service }: DoctorContext) {
  if (!service) throw new Inconclusive('no_service', 'No service is installed.');
  return service;
}
