/** Whether the Node in a command can run this program. */

import { existsSync } from 'node:fs';
import * as z from 'zod';
import { isAtLeast, parseJson } from '../machine/program-output.ts';
import { type FindingFacts, ok, problem } from './check.ts';
import type { DoctorContext } from './context.ts';

export const REINSTALL = { hint: 'Install bridge-supervisor again; in a clone: npm ci' };

/** Our script: the last word of the command that starts it. */
export function scriptOf(command: readonly string[]): string {
  return command.findLast((word) => /\.[cm]?[jt]s$/.test(word)) ?? '';
}

/** The command up to our script, without the arguments after it. */
export function upToScript(command: readonly string[]): readonly string[] {
  return command.slice(0, command.lastIndexOf(scriptOf(command)) + 1);
}

const MIN_NODE = '22.14';
/** Older versions can corrupt a database when two connections write to its WAL at once (https://sqlite.org/releaselog/3_51_3.html). */
const MIN_SQLITE = '3.51.3';

const PROBE = `
const { createRequire } = require('node:module');
const say = (facts) => console.log(JSON.stringify({ node: process.versions.node, ...facts }));
if (Number(process.versions.node.split('.')[0]) < 22) say({});
else try {
  const Sqlite = createRequire(process.argv[1])('better-sqlite3');
  say({ sqlite: new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get() });
} catch (error) { say({ error: error.message.split('\\n')[0] }); }`;

const probed = z.object({ node: z.string(), sqlite: z.string().optional(), error: z.string().optional() });

/**
 * Checks whether the Node of a command can run this program. The probe has a process of its own: an older Node crashes
 * when it loads the database driver.
 *
 * @param whose For a sentence: "the service".
 */
export async function runtime(
  { run, env }: Pick<DoctorContext, 'run' | 'env'>,
  command: readonly string[],
  whose: string,
): Promise<FindingFacts> {
  const [node = ''] = command;
  const newNode = {
    hint: `Install Node ${MIN_NODE} or newer (https://nodejs.org), then run: bridge-supervisor install, and bridge-supervisor setup`,
  };
  if (!existsSync(node)) return problem(node, `The Node of ${whose} no longer exists: ${node}.`, newNode);
  const asked = await run(node, ['-e', PROBE, scriptOf(command)], { env, timeoutMs: 8_000 });
  const facts = probed.safeParse(parseJson(asked.stdout)).data;
  if (!facts) return problem(node, `The Node of ${whose} does not work: ${node} ${endOf(asked)}.`, newNode);
  if (!isAtLeast(facts.node, MIN_NODE))
    return problem(node, `The Node of ${whose} is too old: ${node} is ${facts.node}.`, newNode);
  if (facts.sqlite === undefined)
    return problem(node, `better-sqlite3 fails to load in Node ${facts.node}: ${facts.error}`, REINSTALL);
  if (!isAtLeast(facts.sqlite, MIN_SQLITE))
    return problem(
      node,
      `SQLite ${facts.sqlite} can corrupt the database; ${MIN_SQLITE} and newer do not.`,
      REINSTALL,
    );
  return ok(node, `Node ${facts.node} (${node}), SQLite ${facts.sqlite}`);
}

function endOf({
  failure,
  code,
  stderr,
}: {
  failure: string | null;
  code: number | null;
  stderr: string;
}): string {
  if (failure === 'late') return 'timed out';
  const [line = ''] = stderr.trim().split('\n');
  return code === null ? 'was killed by a signal' : `exited with ${code}${line && `: ${line}`}`;
}
