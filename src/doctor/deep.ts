/** Runs a whole plan through the supervisor and Claude in the environment of the service, with a scripted model. */
import type { Environment } from '../environment.ts';
import { openSandbox } from '../selftest/sandbox.ts';
import { plainPath } from '../selftest/sandbox-environment.ts';
import { SelftestError } from '../selftest/selftest-error.ts';
import { type CheckGroup, type FindingFacts, ok, problem } from './check.ts';
import type { DoctorContext } from './context.ts';
import { upToScript } from './node-runtime.ts';
import { commandOf } from './service-command.ts';

/** It takes half a minute; a machine that is busy is not broken. */
const TIMEOUT_MS = 300_000;
/** A supervisor that is asked to stop ends its runs first. */
const GRACE_MS = 40_000;

/** @param onStep Called after each step. */
export function deepGroup(context: DoctorContext, onStep: (step: string) => void): CheckGroup {
  return {
    name: 'deep',
    title: 'The whole loop, with a scripted model',
    checks: [
      {
        name: 'loop',
        subject: 'the whole loop',
        timeoutMs: TIMEOUT_MS,
        graceMs: GRACE_MS,
        run: (signal) => wholeLoop(context, onStep, signal),
      },
    ],
  };
}

async function wholeLoop(
  context: DoctorContext,
  onStep: (step: string) => void,
  signal: AbortSignal,
): Promise<FindingFacts> {
  // Loaded late: only this group reads the answers of tools.
  const { loopSandbox, runWholeLoop } = await import('../selftest/whole-loop.ts');
  const { clock, service } = context;
  const claude = await context.claude();
  const { env, where } = await context.supervisorEnv();
  const startedAt = clock.monotonic();
  const selfCommand = upToScript(commandOf(service?.installed.files ?? []) ?? context.selfCommand);
  const sandbox = await openSandbox({
    selfCommand,
    env,
    variables: pick(env, SYSTEM_VARIABLES),
    path: env.PATH ?? env.Path ?? plainPath(env),
    clock,
    claude,
    name: 'bridge-doctor',
    ...loopSandbox(selfCommand[0] ?? process.execPath),
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
      return problem(
        'loop',
        `These processes could not be killed: ${left.map(({ pid }) => pid).join(', ')}.`,
      );
    const seconds = ((clock.monotonic() - startedAt) / 1_000).toFixed(1);
    const end = sandbox.withoutGit === undefined ? 'merged' : `completed in place (${sandbox.withoutGit})`;
    return ok(
      'loop',
      `Sent, carried out, checked, repaired, rejected, revised, approved and ${end} in ${seconds} s, ${where}, without spending a token`,
    );
  } catch (error) {
    const { message } = signal.aborted ? new Error('it timed out') : asError(error);
    const lastStep = steps.at(-1) ?? 'the start';
    const log = (await sandbox.log()).filter((line) => /ERROR|WARN/.test(line)).at(-1);
    return problem('loop', `The loop failed after: ${lastStep}. ${message}${log ? ` (log: ${log})` : ''}`, {
      hint: 'See the other findings. bridge-supervisor demo --keep shows each step and keeps the logs.',
    });
  } finally {
    await sandbox.stop();
    await sandbox.remove();
  }
}

/** The variables in which a service differs from a terminal: shell, language, time zone. */
const SYSTEM_VARIABLES = ['SHELL', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'];

function pick(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function asError(error: unknown): Error {
  if (error instanceof SelftestError) return error;
  return error instanceof Error ? error : new Error(String(error));
}
