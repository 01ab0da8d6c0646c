/** config.json and the variables that change it. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema, loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { configFile } from '../state-folder.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, warning } from './finding.ts';

export function configurationGroup(patient: Patient): Group {
  const file = configFile(patient.home);
  return {
    name: 'config',
    title: 'Configuration',
    checks: [
      { name: 'values', subject: file, look: () => values(patient, file) },
      { name: 'variables', subject: 'BRIDGE_ variables', look: () => variables(patient) },
      { name: 'schema', subject: 'config.schema.json', look: () => schema(patient) },
    ],
  };
}

async function values({ home, setting }: Patient, file: string): Promise<Observation> {
  const { env } = await setting();
  try {
    loadConfig(home, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(file, error.message, { fix: `Correct it, then: bridge-supervisor restart` });
  }
  const there = await stat(file).catch(() => undefined);
  return ok(file, there ? `${file} is valid` : `${file} is not there: every key has its default`);
}

/** Ours, and no keys. */
const OTHER_VARIABLES = ['BRIDGE_HOME', 'BRIDGE_DEBUG', 'BRIDGE_RUN_ID', 'BRIDGE_PROJECT_ID'];

async function variables({ env, setting }: Patient): Promise<Observation[]> {
  const service = await setting();
  const { properties } = configJsonSchema() as { properties: object };
  const known = [...OTHER_VARIABLES, ...Object.keys(properties).map((key) => `BRIDGE_${key.toUpperCase()}`)];
  const names = Object.keys(service.env).filter((name) => name.startsWith('BRIDGE_') && service.env[name]);
  const unknown = names.filter((name) => !known.includes(name));
  const here = Object.keys(env).filter((name) => known.includes(name) && !OTHER_VARIABLES.includes(name));
  const different = service.ofService ? here.filter((name) => env[name] !== service.env[name]) : [];
  const set = names.filter((name) => known.includes(name) && !OTHER_VARIABLES.includes(name));
  const found = [
    ...unknown.map((name) =>
      warning(name, `${name} is set ${service.words}, and no key has that name.`, {
        fix: 'Correct the name, or unset it.',
      }),
    ),
    ...different.map((name) =>
      warning(name, `${name} is set here to another value than the service has.`, {
        fix: 'Put what is to count into config.json, or into service.env, then: bridge-supervisor restart',
      }),
    ),
  ];
  if (found.length > 0) return found;
  const words =
    set.length > 0
      ? `${set.join(', ')} ${set.length > 1 ? 'win' : 'wins'} over config.json`
      : 'No BRIDGE_ variable overrides it';
  return [ok('BRIDGE_ variables', words)];
}

async function schema({ home }: Patient): Promise<Observation> {
  const file = join(home, 'config.schema.json');
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text)
    return ok(file, 'config.schema.json, by which editors complete it, is of this version');
  if (present === undefined) return ok(file, 'config.schema.json is written at the next start');
  return warning(file, 'config.schema.json, by which editors complete it, is of another version.', {
    fix: 'bridge-supervisor restart, or bridge-supervisor doctor --fix',
    async mend() {
      await writeAtomically(file, text, 0o600);
      return 'Wrote config.schema.json anew.';
    },
  });
}
