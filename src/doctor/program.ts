/** Whether this program is complete and its Node can run it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { VERSION } from '../version.ts';
import { type CheckGroup, type FindingFacts, ok, problem } from './check.ts';
import type { DoctorContext } from './context.ts';
import { REINSTALL, runtime, scriptOf } from './node-runtime.ts';

export function programGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'program',
    title: 'This program',
    checks: [
      { name: 'files', subject: 'bridge-supervisor', run: async () => installation(context.selfCommand) },
      { name: 'node', subject: 'Node', run: () => runtime(context, context.selfCommand, 'this command') },
    ],
  };
}

function installation(selfCommand: readonly string[]): FindingFacts {
  const script = scriptOf(selfCommand);
  const root = dirname(dirname(script));
  const missing = [script, ...OTHER_FILES.map((name) => join(root, name)), ...chunksOf(script)].filter(
    (file) => !existsSync(file),
  );
  if (missing.length > 0)
    return problem(
      root,
      `The installation is incomplete: ${missing.slice(0, 3).join(', ')} is missing.`,
      REINSTALL,
    );
  const version = packageVersion(root);
  if (version !== undefined && script.endsWith('.js') && version !== VERSION)
    return problem(root, `${root} is version ${version}, but the program in it was built from ${VERSION}.`, {
      hint: 'Install it again; in a clone: npm run build',
    });
  return ok(root, `bridge-supervisor ${VERSION} in ${root}`);
}

/** Files that are read only when needed: a missing one would show late. */
const OTHER_FILES = [
  'package.json',
  'prompts/execute.md',
  'prompts/resume.md',
  'prompts/revise.md',
  'service',
];

/** The chunks of the bundle that its files import. */
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
