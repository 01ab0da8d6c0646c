/** The commands that the owner wrote for a workspace: whether their programs are there. */

import { resolve } from 'node:path';
import { capitalize } from '../characters.ts';
import { findExecutable } from '../machine/executable.ts';
import { plural } from '../project/text.ts';
import { type FindingFacts, ok, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';

/** Nothing for a workspace without commands. Nothing is run. */
export async function checkCommands(
  context: DoctorContext,
  { name, path, rules }: WorkspaceFolder,
): Promise<FindingFacts[]> {
  const commands = [
    ...(rules.prepare === null ? [] : [{ title: "'prepare'", run: rules.prepare }]),
    ...rules.checks.map((check) => ({ title: `the check '${check.name}'`, run: check.run })),
  ];
  if (commands.length === 0) return [];
  const { env, where } = await context.supervisorEnv();
  const missing = commands.flatMap(({ title, run }) => {
    const program = programOf(run);
    if (program === undefined || isThere(program, path, env.PATH)) return [];
    return [
      warning(path, `${capitalize(name)}: ${title} starts ${program}, which is not found ${where}.`, {
        hint: `Install it, or correct the command in config.json, then run: ${context.applyCommand}`,
      }),
    ];
  });
  if (missing.length > 0) return missing;
  return [ok(path, `${capitalize(name)} has ${plural(rules.checks.length, 'check')}`)];
}

/** The first word, where it can be nothing but a program; the shell knows its own words. */
function programOf(run: string): string | undefined {
  const [word = ''] = run.trim().split(/[\s;&|()]/, 1);
  return /^[\w./+-]+$/.test(word) && !OF_THE_SHELL.includes(word) ? word : undefined;
}

const OF_THE_SHELL = [
  'cd',
  'test',
  'true',
  'false',
  'echo',
  'exit',
  'export',
  'set',
  'if',
  'for',
  'while',
  'exec',
];

function isThere(program: string, folder: string, path: string | undefined): boolean {
  return findExecutable(program.includes('/') ? resolve(folder, program) : program, path) !== undefined;
}
