/**
 * The steps of an installation that read, check and write as the user of the service. For another user, a process of
 * that user takes them: root can read what that user perhaps cannot, and in that user's folder a link could lead root
 * to any file of the machine.
 */
import * as z from 'zod';
import { capitalize } from '../characters.ts';
import type { Clock } from '../clock.ts';
import { type Host, withBridge } from '../control/host.ts';
import { isWorking, supervisorState } from '../control/supervisor-state.ts';
import { problem } from '../doctor/check.ts';
import type { Environment } from '../environment.ts';
import { type Account, ownAccount } from '../machine/account.ts';
import type { ProgramResult, RunProgram } from '../machine/program.ts';
import { lastLineOf, parseJson } from '../machine/program-output.ts';
import { EnvironmentFileError } from '../machine/service/environment-file.ts';
import type { Services } from '../machine/service/find.ts';
import { ok, type Result, refuse } from '../result.ts';
import { type PreflightReport, preflight, preflightReport } from './preflight.ts';
import { lookAtState, preparationFrom, prepareState, type StateLook, stateLook } from './state.ts';

/** Each step gets the environment that the service will have. */
export interface UserSteps {
  /** Throws EnvironmentFileError for a service.env that cannot be read. */
  look(env: Environment): Promise<Result<StateLook>>;
  check(env: Environment): Promise<PreflightReport>;
  /** Makes the state folder, and writes service.env unless `environment` is null. */
  prepare(env: Environment, environment: string | null): Promise<Result<void>>;
  /** The supervisor that works on the state folder; null when there is none. */
  supervisor(env: Environment): Promise<Result<WorkingSupervisor | null>>;
}

const workingSupervisor = z.object({
  state: z.enum(['running', 'stopping']),
  pid: z.number(),
  version: z.string(),
});

export type WorkingSupervisor = Readonly<z.output<typeof workingSupervisor>>;

interface StepContext {
  readonly account: Account;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly services: Pick<Services, 'run' | 'platform'>;
}

/** The steps for a service of our own user. */
export function ownSteps({ account, stateDir, clock, services }: StepContext): UserSteps {
  return {
    look: async (env) => ok(await lookAtState(stateDir, env)),
    check: (env) => preflight({ account, stateDir, env, clock, services }),
    prepare: (_, environment) => prepareState(stateDir, { environment }),
    supervisor: () =>
      withBridge({ stateDir, clock }, async (bridge) => {
        const found = await supervisorState(bridge);
        if (!isWorking(found)) return ok(null);
        const { pid, version } = found.lease;
        return ok({ state: found.state, pid, version });
      }),
  };
}

export const USER_STEPS = ['look', 'check', 'prepare', 'supervisor'] as const;
export type UserStep = (typeof USER_STEPS)[number];

/** Takes one step, in a process that another call of ours started as the user of the service. */
export async function takeStep(
  { stateDir, env, clock }: Pick<Host, 'stateDir' | 'env' | 'clock'>,
  step: UserStep,
  services: Services,
  input: NodeJS.ReadableStream,
): Promise<Result<unknown>> {
  const steps = ownSteps({ account: ownAccount(env), stateDir, clock, services });
  try {
    switch (step) {
      case 'look':
        return await steps.look(env);
      case 'check':
        return ok(await steps.check(env));
      case 'supervisor':
        return await steps.supervisor(env);
      case 'prepare': {
        const prepared = await steps.prepare(env, (await preparationFrom(input)).environment);
        return prepared.ok ? ok(null) : prepared;
      }
    }
  } catch (error) {
    if (error instanceof EnvironmentFileError) return refuse(error.message);
    throw error;
  }
}

/**
 * Runs programs as that user, with that user's groups. Without new privileges, as the service will run; in a session of
 * their own, because a program on root's terminal can type into it (setsid(1), setpriv(1), ioctl_tty(2)).
 */
export function runAs(account: Account, run: RunProgram): RunProgram {
  const user = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--no-new-privs'];
  const wrapper = ['--wait', 'setpriv', ...user, '--'];
  return (command, args, options) => run('setsid', [...wrapper, command, ...args], { cwd: '/', ...options });
}

/** Claude is asked two questions, and may answer each slowly. */
const TIMEOUT_MS = 90_000;

/** The steps for another user. @param selfCommand The program and arguments that start our command line. */
export function otherUserSteps(
  { account, services }: Pick<StepContext, 'account' | 'services'>,
  [node = '', ...program]: readonly string[],
): UserSteps {
  const run = runAs(account, services.run);
  const call = (step: UserStep, env: Environment, input = '') =>
    run(node, [...program, 'install', '--as-user-step', step], { env, input, timeoutMs: TIMEOUT_MS });
  const cannot = (result: ProgramResult) =>
    `as ${account.name}, ${[node, ...program].join(' ')} cannot be run: ${whyNot(result)}`;
  const advice = `Install Node and this program where ${account.name} can read them, not below the home folder of somebody else.`;
  const refusal = (result: ProgramResult) => refuse(`${cannot(result)}. ${advice}`);

  return {
    async look(env) {
      const result = await call('look', env);
      return answerIn(stateLook, result) ?? refusal(result);
    },
    async check(env) {
      const result = await call('check', env);
      const answer = answerIn(preflightReport, result);
      if (answer?.ok) return answer.value;
      const why = `${capitalize(answer?.refusal ?? cannot(result))}.`;
      const finding = { check: 'service.program', ...problem(node, why, { hint: advice }) };
      return { findings: [finding], settings: null };
    },
    async prepare(env, environment) {
      const result = await call('prepare', env, JSON.stringify({ environment }));
      const answer = answerIn(z.null(), result) ?? refusal(result);
      return answer.ok ? ok(undefined) : answer;
    },
    async supervisor(env) {
      const result = await call('supervisor', env);
      return answerIn(workingSupervisor.nullable(), result) ?? refusal(result);
    },
  };
}

/** Undefined when the output holds no answer. */
function answerIn<T>(schema: z.ZodType<T>, { stdout }: ProgramResult): Result<T> | undefined {
  const reply = z.union([
    z.object({ ok: z.literal(true), value: schema }),
    z.object({ ok: z.literal(false), refusal: z.string() }),
  ]);
  return reply.safeParse(parseJson(stdout)).data as Result<T> | undefined;
}

function whyNot({ failure, stderr, code }: ProgramResult): string {
  if (failure === 'missing') return 'there is no setsid or setpriv here';
  if (failure === 'late') return 'it does not answer';
  return lastLineOf(stderr) || `it ended with ${code}`;
}
