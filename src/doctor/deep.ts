/** The real thing, but for the model: a whole plan through the supervisor and Claude as the service would start them. */
import type { Environment } from '../environment.ts';
import { openSandbox } from '../selftest/sandbox.ts';
import { plainPath } from '../selftest/sandbox-environment.ts';
import { SelftestError } from '../selftest/selftest-error.ts';
import { LOOP_SANDBOX, runWholeLoop } from '../selftest/whole-loop.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem } from './finding.ts';
import { upToScript } from './runtime.ts';
import { commandOf } from './service-command.ts';

const LIMIT_MS = 120_000;
/** A supervisor that is told to stop ends its runs first. */
const GRACE_MS = 40_000;

/** @param onStep Called after each step. */
export function deepGroup(patient: Patient, onStep: (step: string) => void): Group {
  return {
    name: 'deep',
    title: 'The whole loop, with a scripted model',
    checks: [
      {
        name: 'loop',
        subject: 'the whole loop',
        limitMs: LIMIT_MS,
        graceMs: GRACE_MS,
        look: (signal) => wholeLoop(patient, onStep, signal),
      },
    ],
  };
}

async function wholeLoop(
  patient: Patient,
  onStep: (step: string) => void,
  signal: AbortSignal,
): Promise<Observation> {
  const { clock, service } = patient;
  const claude = await patient.claude();
  const setting = await patient.setting();
  const begun = clock.monotonic();
  const sandbox = await openSandbox({
    entry: upToScript(commandOf(service?.installed.files ?? []) ?? patient.entry),
    env: setting.env,
    variables: pick(setting.env, OF_THE_SYSTEM),
    path: setting.env.PATH ?? setting.env.Path ?? plainPath(setting.env),
    clock,
    claude,
    name: 'bridge-doctor',
    ...LOOP_SANDBOX,
  });
  const steps: string[] = [];
  try {
    await runWholeLoop(sandbox, {
      signal,
      onStep(step) {
        steps.push(step);
        onStep(step);
      },
    });
    const left = await sandbox.stop();
    if (left.length > 0)
      return problem('loop', `These processes could not be ended: ${left.map(({ pid }) => pid).join(', ')}.`);
    const seconds = ((clock.monotonic() - begun) / 1_000).toFixed(1);
    return ok(
      'loop',
      `Sent, carried out, rejected, revised, approved, complete: in ${seconds} s, ${setting.words}, without a token`,
    );
  } catch (error) {
    const { message } = signal.aborted ? new Error('it was not over in time') : asError(error);
    const after = steps.at(-1) ?? 'its start';
    const log = (await sandbox.log()).filter((line) => /ERROR|WARN/.test(line)).at(-1);
    return problem('loop', `The loop broke after: ${after}. ${message}${log ? ` (log: ${log})` : ''}`, {
      fix: 'See the other lines; bridge-supervisor demo --keep shows it step by step, and keeps the logs.',
    });
  } finally {
    await sandbox.stop();
    await sandbox.remove();
  }
}

/** By these a service differs from a terminal: which shell runs commands, which language and time programs speak. */
const OF_THE_SYSTEM = ['SHELL', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'];

function pick(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function asError(error: unknown): Error {
  if (error instanceof SelftestError) return error;
  return error instanceof Error ? error : new Error(String(error));
}
