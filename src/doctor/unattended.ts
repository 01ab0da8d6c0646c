/** Working while nobody watches: the machine stays awake during runs, and a monitor gets the heartbeat. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../environment.ts';
import { findExecutable } from '../machine/executable.ts';
import { type Inhibitor, inhibitorsOf } from '../machine/inhibitors.ts';
import { lastLineOf } from '../machine/program-output.ts';
import { type CheckGroup, type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function unattendedGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'unattended',
    title: 'Unattended',
    checks: [
      { name: 'awake', subject: 'sleep', run: () => awake(context) },
      { name: 'heartbeat', subject: 'heartbeat', run: () => heartbeat(context) },
    ],
  };
}

async function awake(context: DoctorContext): Promise<FindingFacts> {
  const { keep_awake } = await context.config();
  if (!keep_awake) return ok('keep_awake', 'The machine may sleep during runs (keep_awake is false)');
  const { env } = await context.supervisorEnv();
  let failure = 'this system has no known way';
  for (const means of inhibitorsOf(context.platform, process.pid)) {
    const refusal = await tryOut(context, means, env);
    if (refusal === null) return ok('keep_awake', `${means.command} keeps the machine awake during runs`);
    failure = refusal;
  }
  return warning('keep_awake', `The machine may sleep during runs: ${failure}.`, {
    hint: 'Turn off sleep in the system settings, and set keep_awake to false to silence this warning.',
  });
}

/** Why an inhibitor does not work; null when it does. Most end at once without input. */
async function tryOut(context: DoctorContext, means: Inhibitor, env: Environment): Promise<string | null> {
  const { command, args, endsBy } = means;
  const program = findExecutable(command, env.PATH ?? env.Path);
  if (program === undefined) return `${command} is not installed`;
  if (endsBy !== 'input') return null;
  const { code, stderr } = await context.run(program, args, { env });
  return code === 0 ? null : `${command}: ${lastLineOf(stderr) || `it exited with ${code}`}`;
}

/** After this many intervals a monitor may raise an alarm. */
const MAX_HEARTBEAT_INTERVALS = 3;

async function heartbeat(context: DoctorContext): Promise<FindingFacts[]> {
  const { heartbeat_file: file, heartbeat_url: url, heartbeat_interval: interval } = await context.config();
  const found: FindingFacts[] = [];
  if (file !== undefined) found.push(await fileOf(context, file, interval));
  // A request would itself be a heartbeat.
  if (url !== undefined) found.push(ok('heartbeat_url', `The heartbeat goes to ${new URL(url).host}`));
  return found.length > 0 ? found : [ok('heartbeat', 'No heartbeat is configured')];
}

async function fileOf(context: DoctorContext, file: string, interval: number): Promise<FindingFacts> {
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    return problem(
      file,
      `The heartbeat file ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      {
        hint: `Create ${folder} and make it writable, or correct heartbeat_file.`,
      },
    );
  }
  const written = await stat(file).catch(() => undefined);
  if (!written) return ok(file, `The heartbeat file ${file} can be written`);
  const age = context.clock.now().getTime() - written.mtimeMs;
  if (age < MAX_HEARTBEAT_INTERVALS * interval) return ok(file, `The heartbeat file ${file} is fresh`);
  return warning(file, `The heartbeat file ${file} was last written at ${written.mtime.toISOString()}.`, {
    hint: 'Check the supervisor: bridge-supervisor status',
  });
}
