/** config.json and the variables that change it. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema, configVariables, loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { configFile } from '../state-folder.ts';
import { type CheckGroup, type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function configurationGroup(context: DoctorContext): CheckGroup {
  const file = configFile(context.stateDir);
  return {
    name: 'config',
    title: 'Configuration',
    checks: [
      { name: 'values', subject: file, run: () => values(context, file) },
      { name: 'variables', subject: 'BRIDGE_ variables', run: () => variables(context) },
      { name: 'schema', subject: 'config.schema.json', run: () => schema(context) },
    ],
  };
}

async function values(
  { stateDir, supervisorEnv, applyCommand }: DoctorContext,
  file: string,
): Promise<FindingFacts> {
  const { env } = await supervisorEnv();
  try {
    loadConfig(stateDir, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(file, error.message, { hint: `Correct it, then run: ${applyCommand}` });
  }
  const there = await stat(file).catch(() => undefined);
  return ok(file, there ? `${file} is valid` : `${file} does not exist; defaults apply`);
}

/** Our variables that are no keys of the configuration. */
const OTHER_VARIABLES = ['BRIDGE_HOME', 'BRIDGE_DEBUG', 'BRIDGE_RUN_ID', 'BRIDGE_PROJECT_ID'];

async function variables({ env, supervisorEnv }: DoctorContext): Promise<FindingFacts[]> {
  const supervisor = await supervisorEnv();
  const known = [...OTHER_VARIABLES, ...configVariables()];
  const names = Object.keys(supervisor.env).filter(
    (name) => name.startsWith('BRIDGE_') && supervisor.env[name],
  );
  const unknown = names.filter((name) => !known.includes(name));
  const here = Object.keys(env).filter((name) => known.includes(name) && !OTHER_VARIABLES.includes(name));
  const different = supervisor.isService ? here.filter((name) => env[name] !== supervisor.env[name]) : [];
  const set = names.filter((name) => known.includes(name) && !OTHER_VARIABLES.includes(name));
  const found = [
    ...unknown.map((name) =>
      warning(name, `${name} is set ${supervisor.where}, but there is no such key.`, {
        hint: 'Correct the name or unset it.',
      }),
    ),
    ...different.map((name) =>
      warning(name, `${name} differs here from the value in the service.`, {
        hint: 'Put what is to count into config.json, or into supervisor.env, then: bridge-supervisor restart',
      }),
    ),
  ];
  if (found.length > 0) return found;
  const words =
    set.length > 0
      ? `${set.join(', ')} ${set.length > 1 ? 'override' : 'overrides'} config.json`
      : 'No BRIDGE_ variable overrides config.json';
  return [ok('BRIDGE_ variables', words)];
}

async function schema({ stateDir }: DoctorContext): Promise<FindingFacts> {
  const file = join(stateDir, 'config.schema.json');
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text) return ok(file, 'config.schema.json is up to date');
  if (present === undefined) return ok(file, 'The next start writes config.schema.json');
  return warning(file, 'config.schema.json, which editors use for completion, is of another version.', {
    hint: 'bridge-supervisor restart, or bridge-supervisor doctor --fix',
    async fix() {
      await writeAtomically(file, text, 0o600);
      return 'Updated config.schema.json.';
    },
  });
}
