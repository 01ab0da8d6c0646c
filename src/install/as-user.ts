/**
 * Where the service will work, as the user it will be: what is read, tried out and written there. For somebody else a
 * process of theirs does it. What root can read, that user perhaps cannot; and in a folder that is theirs, a link
 * could lead root to any file of the machine.
 */

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { Account } from '../machine/account.ts';
import type { ProgramResult } from '../machine/program.ts';
import type { Services } from '../machine/service/find.ts';
import { ok, type Result, refuse } from '../result.ts';
import { problem } from './check.ts';
import { type Probed, probe, probed } from './probe.ts';
import { runAs } from './run-as.ts';
import { lookAtState, prepareState, type StateLook, stateLook } from './state.ts';

export interface Site {
  /** Throws EnvironmentFileError for a service.env that cannot be read. */
  look(env: Environment): Promise<Result<StateLook>>;
  /** @param env What the service will have. */
  probe(env: Environment): Promise<Probed>;
  /** Makes the state folder, and writes service.env unless `environment` is null. */
  prepare(env: Environment, environment: string | null): Promise<Result<void>>;
}

interface Place {
  readonly account: Account;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly services: Pick<Services, 'run' | 'platform'>;
}

export function ownSite({ account, stateFolder, clock, services }: Place): Site {
  return {
    look: async (env) => ok(await lookAtState(stateFolder, env)),
    probe: (env) => probe({ ...services, stateFolder, env, home: account.home, clock }),
    prepare: (_, environment) => prepareState(stateFolder, { environment }),
  };
}

/** What a call of ours is to do for another user, on that user's site. */
export const PARTS = ['look', 'probe', 'prepare'] as const;
export type Part = (typeof PARTS)[number];

/** Claude may take its time for each of the two questions it is asked. */
const PATIENCE_MS = 90_000;

/** @param entry The program and arguments that start our command line. */
export function siteOf(
  { account, services }: Pick<Place, 'account' | 'services'>,
  [node = '', ...program]: readonly string[],
): Site {
  const run = runAs(account, services.run);
  const call = (part: Part, env: Environment, input = '') =>
    run(node, [...program, 'install', '--on-site', part], { env, input, timeoutMs: PATIENCE_MS });
  const cannot = (result: ProgramResult) =>
    `as ${account.name}, ${[node, ...program].join(' ')} cannot be run: ${whyNot(result)}`;
  const advice = `Install Node and this program where ${account.name} can read them, not below the home folder of somebody else.`;

  return {
    async look(env) {
      const result = await call('look', env);
      return answerIn(stateLook, result) ?? refuse(`${cannot(result)}. ${advice}`);
    },
    async probe(env) {
      const result = await call('probe', env);
      const answer = answerIn(probed, result);
      if (answer?.ok) return answer.value;
      return { checks: [problem('program', answer?.refusal ?? cannot(result), advice)], settings: null };
    },
    async prepare(env, environment) {
      const result = await call('prepare', env, JSON.stringify({ environment }));
      const answer = answerIn(z.null(), result) ?? refuse(`${cannot(result)}. ${advice}`);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** Undefined where there is none in what was said. */
function answerIn<T>(schema: z.ZodType<T>, { stdout }: ProgramResult): Result<T> | undefined {
  const reply = z.union([
    z.object({ ok: z.literal(true), value: schema }),
    z.object({ ok: z.literal(false), refusal: z.string() }),
  ]);
  return reply.safeParse(parse(stdout)).data as Result<T> | undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNot({ failure, stderr, code }: ProgramResult): string {
  if (failure === 'missing') return 'there is no setsid or setpriv here';
  if (failure === 'late') return 'it does not answer';
  return stderr.trim().split('\n').at(-1) || `it ended with ${code}`;
}
