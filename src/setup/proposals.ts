/**
 * Checks for a workspace, and what makes a new worktree of it ready, from the files that are there. Nothing of the folder
 * is run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

export interface Proposal {
  /** The file that it comes from, for a sentence. */
  readonly from: readonly string[];
  readonly prepare: string | undefined;
  readonly checks: readonly ProposedCheck[];
}

interface ProposedCheck {
  readonly name: string;
  readonly run: string;
}

/** What one tool of a workspace gives. */
interface Found {
  readonly from: string;
  readonly prepare: string | undefined;
  readonly checks: readonly ProposedCheck[];
}

/** Undefined when nothing is found. */
export async function proposeChecks(folder: string): Promise<Proposal | undefined> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const found = (
    await Promise.all([ofNode(read), ofPython(read), ofRust(read), ofGo(read), ofMake(read)])
  ).filter((one) => one !== undefined);
  const checks = new Map<string, ProposedCheck>();
  for (const { checks: own } of found)
    for (const check of own) if (!checks.has(check.name)) checks.set(check.name, check);
  const prepares = found.flatMap(({ prepare }) => prepare ?? []);
  if (checks.size === 0 && prepares.length === 0) return undefined;
  return {
    from: found.map(({ from }) => from),
    prepare: prepares.length === 0 ? undefined : prepares.join(' && '),
    checks: [...checks.values()],
  };
}

type Read = (name: string) => Promise<string | undefined>;

const manifest = z.looseObject({
  scripts: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
});

/** What `npm init` writes. */
const NO_TEST = /no test specified/;

const SCRIPTS: readonly (readonly [name: string, scripts: readonly string[]])[] = [
  ['test', ['test']],
  ['lint', ['lint']],
  ['types', ['typecheck', 'type-check', 'types', 'check-types', 'tsc']],
];

async function ofNode(read: Read): Promise<Found | undefined> {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = parsed(await read('package.json')) ?? {};
  const { runs, installs } = await packageManager(read);
  const checks = SCRIPTS.flatMap(([name, known]) => {
    const script = known.find((one) => typeof scripts[one] === 'string' && !NO_TEST.test(scripts[one]));
    return script === undefined ? [] : [{ name, run: `${runs} ${script}` }];
  });
  const needs = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  if (checks.length === 0 && !needs) return undefined;
  return { from: 'package.json', prepare: needs ? installs : undefined, checks };
}

function parsed(text: string | undefined): z.output<typeof manifest> | undefined {
  try {
    return manifest.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

async function packageManager(read: Read): Promise<{ runs: string; installs: string }> {
  if ((await read('pnpm-lock.yaml')) !== undefined)
    return { runs: 'pnpm run', installs: 'pnpm install --frozen-lockfile' };
  const yarn = await read('yarn.lock');
  // Yarn 1 writes no such key, and knows the other option (https://yarnpkg.com/cli/install).
  if (yarn !== undefined)
    return {
      runs: 'yarn run',
      installs: `yarn install ${/^__metadata:/m.test(yarn) ? '--immutable' : '--frozen-lockfile'}`,
    };
  if ((await read('bun.lock')) !== undefined || (await read('bun.lockb')) !== undefined)
    return { runs: 'bun run', installs: 'bun install --frozen-lockfile' };
  const isLocked = (await read('package-lock.json')) !== undefined;
  return { runs: 'npm run', installs: isLocked ? 'npm ci' : 'npm install' };
}

async function ofPython(read: Read): Promise<Found | undefined> {
  const project = await read('pyproject.toml');
  if (project === undefined) return undefined;
  const [uv, poetry] = [await read('uv.lock'), await read('poetry.lock')];
  const [starts, prepare] =
    uv !== undefined
      ? ['uv run ', 'uv sync']
      : poetry !== undefined
        ? ['poetry run ', 'poetry install']
        : ['python3 -m ', undefined];
  const tools = [
    ['test', 'pytest', 'pytest'],
    ['lint', 'ruff', 'ruff check'],
    ['types', 'mypy', 'mypy .'],
  ] as const;
  const checks = tools
    .filter(([, tool]) => new RegExp(`^\\s*\\[tool\\.${tool}\\b`, 'm').test(project))
    .map(([name, , command]) => ({ name, run: starts + command }));
  return checks.length === 0 && prepare === undefined
    ? undefined
    : { from: 'pyproject.toml', prepare, checks };
}

async function ofRust(read: Read): Promise<Found | undefined> {
  if ((await read('Cargo.toml')) === undefined) return undefined;
  return { from: 'Cargo.toml', prepare: undefined, checks: [{ name: 'test', run: 'cargo test' }] };
}

async function ofGo(read: Read): Promise<Found | undefined> {
  if ((await read('go.mod')) === undefined) return undefined;
  const checks = [
    { name: 'test', run: 'go test ./...' },
    { name: 'lint', run: 'go vet ./...' },
  ];
  return { from: 'go.mod', prepare: undefined, checks };
}

async function ofMake(read: Read): Promise<Found | undefined> {
  const text = (await read('Makefile')) ?? '';
  const checks = ['test', 'check', 'lint', 'typecheck']
    .filter((target) => new RegExp(`^${target}\\s*:(?!=)`, 'm').test(text))
    .map((name) => ({ name, run: `make ${name}` }));
  return checks.length === 0 ? undefined : { from: 'Makefile', prepare: undefined, checks };
}
