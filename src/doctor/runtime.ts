/** Whether the Node that a command names can run us. */

import { existsSync } from 'node:fs';
import * as z from 'zod';
import { parseJson } from '../machine/parse-json.ts';
import { isAtLeast } from '../machine/version-number.ts';
import type { Patient } from './context.ts';
import { type Observation, ok, problem } from './finding.ts';

export const REINSTALL = { fix: 'Install bridge-supervisor again; in a clone: npm ci' };

/** Our program's file: the last word of the command that starts it. */
export function scriptOf(command: readonly string[]): string {
  return command.findLast((word) => /\.[cm]?[jt]s$/.test(word)) ?? '';
}

/** The words that start our command line, without what it was told to do. */
export function upToScript(command: readonly string[]): readonly string[] {
  return command.slice(0, command.lastIndexOf(scriptOf(command)) + 1);
}

const LEAST_NODE = '22.14';
/** Earlier ones can damage a database when two connections write to its log at once (https://sqlite.org/releaselog/3_51_3.html). */
const LEAST_SQLITE = '3.51.3';

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
 * Whether the Node of a command can run us, asked in a process of its own: an older one does not fail to load the
 * database's driver, it crashes.
 *
 * @param whose For a sentence: "the service".
 */
export async function runtime(
  { run, env }: Pick<Patient, 'run' | 'env'>,
  command: readonly string[],
  whose: string,
): Promise<Observation> {
  const [node = ''] = command;
  const newNode = {
    fix: `Install Node ${LEAST_NODE} or newer (https://nodejs.org), then: bridge-supervisor install, and bridge-supervisor setup.`,
  };
  if (!existsSync(node))
    return problem(node, `The Node of ${whose} is not there any more: ${node}.`, newNode);
  const asked = await run(node, ['-e', PROBE, scriptOf(command)], { env, timeoutMs: 8_000 });
  const facts = probed.safeParse(parseJson(asked.stdout)).data;
  if (!facts) return problem(node, `The Node of ${whose} does not work: ${node} ${endOf(asked)}.`, newNode);
  if (!isAtLeast(facts.node, LEAST_NODE))
    return problem(node, `The Node of ${whose} is too old: ${node} is ${facts.node}.`, newNode);
  if (facts.sqlite === undefined)
    return problem(node, `better-sqlite3 does not load in Node ${facts.node}: ${facts.error}`, REINSTALL);
  if (!isAtLeast(facts.sqlite, LEAST_SQLITE))
    return problem(
      node,
      `SQLite ${facts.sqlite} can damage the database; ${LEAST_SQLITE} does not.`,
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
  if (failure === 'late') return 'gave no answer';
  const [line = ''] = stderr.trim().split('\n');
  return code === null ? 'was ended by a signal' : `ended with ${code}${line && `: ${line}`}`;
}
