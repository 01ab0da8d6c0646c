import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type Proposal, proposeChecks } from '../../src/setup/proposals.ts';
import { proposedPolicy } from '../../src/setup/proposed-policy.ts';
import { type Rig, test } from './rig.ts';

const NODE = JSON.stringify({
  scripts: { test: 'vitest run', lint: 'biome ci', 'type-check': 'tsc', build: 'esbuild' },
  devDependencies: { vitest: '5' },
});
const NPM_CHECKS = [
  { name: 'test', run: 'npm run test' },
  { name: 'lint', run: 'npm run lint' },
  { name: 'types', run: 'npm run type-check' },
];

async function folderWith(rig: Rig, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(rig.root, 'work');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test.for<[files: Record<string, string>, prepare: string | undefined, checks: Proposal['checks']]>([
  [{ 'package.json': NODE, 'package-lock.json': '' }, 'npm ci', NPM_CHECKS],
  [{ 'package.json': NODE }, 'npm install', NPM_CHECKS],
  [
    { 'package.json': '{"scripts":{"test":"x"},"dependencies":{"a":"1"}}', 'pnpm-lock.yaml': '' },
    'pnpm install --frozen-lockfile',
    [{ name: 'test', run: 'pnpm run test' }],
  ],
  [
    {
      'package.json': '{"scripts":{"lint":"x"},"dependencies":{"a":"1"}}',
      'yarn.lock': '# yarn lockfile v1\n',
    },
    'yarn install --frozen-lockfile',
    [{ name: 'lint', run: 'yarn run lint' }],
  ],
  [
    { 'package.json': '{"dependencies":{"a":"1"}}', 'yarn.lock': '__metadata:\n  version: 8\n' },
    'yarn install --immutable',
    [],
  ],
  [
    { 'package.json': '{"scripts":{"test":"x"},"devDependencies":{"a":"1"}}', 'bun.lock': '' },
    'bun install --frozen-lockfile',
    [{ name: 'test', run: 'bun run test' }],
  ],
  [
    { 'pyproject.toml': '[project]\n[tool.pytest.ini_options]\n[tool.ruff]\n', 'uv.lock': '' },
    'uv sync',
    [
      { name: 'test', run: 'uv run pytest' },
      { name: 'lint', run: 'uv run ruff check' },
    ],
  ],
  [{ 'pyproject.toml': '[tool.mypy]\n' }, undefined, [{ name: 'types', run: 'python3 -m mypy .' }]],
  [{ 'Cargo.toml': '' }, undefined, [{ name: 'test', run: 'cargo test' }]],
  [
    { 'go.mod': '' },
    undefined,
    [
      { name: 'test', run: 'go test ./...' },
      { name: 'lint', run: 'go vet ./...' },
    ],
  ],
  [
    { Makefile: 'check := 1\ntest: build\n\tx\nlint:\n\tx\n', 'Cargo.toml': '' },
    undefined,
    [
      { name: 'test', run: 'cargo test' },
      { name: 'lint', run: 'make lint' },
    ],
  ],
])('setup proposes what the files of a workspace say: %j', async ([files, prepare, checks], { rig }) => {
  expect(await proposeChecks(await folderWith(rig, files))).toMatchObject({ prepare, checks });
});

test.for<Record<string, string>>([
  {},
  { 'package.json': '{' },
  { 'package.json': '[]' },
  { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
  { 'package.json': '{"scripts":{"test":5}}' },
  { 'pyproject.toml': '[project]\nname = "tool.pytest"\n' },
  { Makefile: 'all:\n\tx\n' },
])('setup proposes nothing where the files of a workspace say nothing: %j', async (files, { rig }) => {
  expect(await proposeChecks(await folderWith(rig, files))).toBe(undefined);
});

test('setup lets Claude run the checks that it proposes, whatever they are called with, and nothing else', () => {
  const rulesOf = (...runs: string[]) =>
    proposedPolicy({ checks: runs.map((run) => ({ name: 'test', run })) });
  expect(rulesOf()).toBe(undefined);
  expect(rulesOf('npm run lint', 'pnpm run test', 'go test ./...', 'python3 -m mypy .', 'make test')).toEqual(
    {
      allow: [
        'Bash(npm run lint *)',
        'Bash(pnpm run test *)',
        'Bash(pnpm test *)',
        'Bash(go test *)',
        'Bash(python3 -m mypy *)',
        'Bash(make test *)',
      ],
    },
  );
});

const PROPOSAL: Proposal = {
  from: ['package.json'],
  prepare: 'npm ci',
  checks: [{ name: 'test', run: 'npm run test' }],
};

function setup(rig: Rig, proposals: Readonly<Record<string, Proposal>> = { web: PROPOSAL }) {
  return rig.setup({ desktop: null, folders: { workspaces: { web: '/code/web' }, proposals, roots: [] } });
}

const config = (rig: Rig) => join(rig.context.stateDir, 'config.json');

test('proposals go into the configuration with their workspace, and the program reads them', async ({
  rig,
}) => {
  await setup(rig);
  expect(loadConfig(rig.context.stateDir, {}).workspaces).toEqual({
    web: {
      path: '/code/web',
      prepare: 'npm ci',
      checks: [{ name: 'test', run: 'npm run test', timeout: 600_000 }],
      policy: { allow: ['Bash(npm run test *)', 'Bash(npm test *)'] },
    },
  });
  const written = await readFile(config(rig), 'utf8');
  await setup(rig);
  expect(await readFile(config(rig), 'utf8')).toBe(written);
});

test('what a workspace says itself stays as it is, and a workspace that was a path alone becomes an object', async ({
  rig,
}) => {
  const own = { path: '/code/web', prepare: 'make ready', base: 'main', policy: { deny: ['Bash'] } };
  await writeFile(config(rig), JSON.stringify({ workspaces: { web: own } }));
  await setup(rig);
  expect(JSON.parse(await readFile(config(rig), 'utf8')).workspaces.web).toEqual({
    ...own,
    checks: PROPOSAL.checks,
  });
  await writeFile(config(rig), JSON.stringify({ workspaces: { web: '/code/web' } }));
  await setup(rig);
  expect(JSON.parse(await readFile(config(rig), 'utf8')).workspaces.web).toMatchObject({ prepare: 'npm ci' });
});

test('--remove takes proposals back, byte for byte', async ({ rig }) => {
  const before = '{ "workspaces": {"web":"/code/web"} }';
  await writeFile(config(rig), before);
  await setup(rig);
  expect(await readFile(config(rig), 'utf8')).not.toBe(before);
  await rig.remove();
  expect(await readFile(config(rig), 'utf8')).toBe(before);
});
