/** The probe by another user: what root can read, that user perhaps cannot, this program included. */
import * as z from 'zod';
import type { Account } from '../../machine/account.ts';
import type { ProgramResult, RunProgram } from '../../machine/program.ts';
import { type Check, problem } from './check.ts';
import type { Probe } from './probe.ts';

/** Runs programs as that user, with the groups of that user (setpriv(1)). */
export function runAs(account: Account, run: RunProgram): RunProgram {
  const as = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--'];
  return (command, args, options) => run('setpriv', [...as, command, ...args], { cwd: '/', ...options });
}

const checks = z.array(
  z.object({
    what: z.string(),
    state: z.enum(['ok', 'warning', 'problem']),
    detail: z.string(),
    fix: z.string().nullable(),
  }),
);

/** Claude may take its time for each of the two questions it is asked. */
const PATIENCE_MS = 90_000;

export async function probeAs(
  account: Account,
  entry: readonly string[],
  { env, run }: Probe,
): Promise<Check[]> {
  const [node = '', ...program] = entry;
  const options = { env, timeoutMs: PATIENCE_MS };
  const result = await runAs(account, run)(node, [...program, 'install', '--probe'], options);
  const read = checks.safeParse(parse(result.stdout));
  if (read.success) return read.data;
  return [
    problem(
      'program',
      `as ${account.name}, ${entry.join(' ')} cannot be run: ${whyNot(result)}`,
      `Install Node and this program where ${account.name} can read them, not below the home folder of somebody else.`,
    ),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNot({ failure, stderr, code }: ProgramResult): string {
  if (failure === 'missing') return 'there is no setpriv here';
  if (failure === 'late') return 'it does not answer';
  return stderr.trim().split('\n').at(-1) || `it ended with ${code}`;
}
