/** This program itself: whole, with a Node that can run it, wherever it was written down that it is to be started. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { VERSION } from '../version.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem } from './finding.ts';
import { REINSTALL, runtime, scriptOf } from './runtime.ts';

export function programGroup(patient: Patient): Group {
  return {
    name: 'program',
    title: 'This program',
    checks: [
      { name: 'files', subject: 'bridge-supervisor', look: async () => installation(patient.entry) },
      { name: 'node', subject: 'Node', look: () => runtime(patient, patient.entry, 'this command') },
    ],
  };
}

function installation(entry: readonly string[]): Observation {
  const script = scriptOf(entry);
  const root = dirname(dirname(script));
  const missing = [script, ...OTHER_FILES.map((name) => join(root, name)), ...chunksOf(script)].filter(
    (file) => !existsSync(file),
  );
  if (missing.length > 0)
    return problem(
      root,
      `The installation is not whole: ${missing.slice(0, 3).join(', ')} is missing.`,
      REINSTALL,
    );
  const version = packageVersion(root);
  if (version !== undefined && script.endsWith('.js') && version !== VERSION)
    return problem(root, `${root} is version ${version}, and what runs was built from ${VERSION}.`, {
      fix: 'Build it again (in a clone: npm run build), or install it again.',
    });
  return ok(root, `bridge-supervisor ${VERSION} in ${root}`);
}

/** Read when they are needed, so that a part that is missing shows late. */
const OTHER_FILES = [
  'package.json',
  'prompts/execute.md',
  'prompts/resume.md',
  'prompts/revise.md',
  'service',
];

/** The parts that the parts of our bundle name. */
function chunksOf(script: string): string[] {
  const folder = dirname(script);
  const chunks = join(folder, 'chunks');
  if (!script.endsWith('.js') || !existsSync(script)) return [];
  const parts = existsSync(chunks) ? readdirSync(chunks).filter((name) => name.endsWith('.js')) : [];
  const files = [script, ...parts.map((name) => join(chunks, name))];
  return files.flatMap((file) => {
    const named = readFileSync(file, 'utf8').matchAll(
      /(?:from|import|import\()\s*["'](\.\.?\/[^"']+\.js)["']/g,
    );
    return [...named].map(([, name = '']) => join(dirname(file), name));
  });
}

const manifest = z.object({ name: z.literal('bridge-supervisor'), version: z.string() });

function packageVersion(root: string): string | undefined {
  try {
    return manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;
  } catch {
    return undefined;
  }
}
