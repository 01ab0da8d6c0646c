/** The person's folders in config.json. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { runProgram } from '../../src/machine/program.ts';
import { applySetup, planRemoval } from '../../src/setup/setup.ts';
import type { Folders } from '../../src/setup/workspaces.ts';
import { type Rig, test } from './rig.ts';

const FOLDERS: Folders = { workspaces: { web: '/code/web' }, roots: ['/code'], defaultWorkspace: 'web' };

test('a new config.json names its schema and the folders, and the program reads it', async ({ rig }) => {
  await setup(rig, FOLDERS);

  expect(await config(rig)).toBe(
    `${JSON.stringify({ $schema: './config.schema.json', workspaces: { web: '/code/web' }, workspace_roots: ['/code'], workspace: 'web' }, null, 2)}\n`,
  );
  expect(loadConfig(rig.context.stateDir, {})).toMatchObject({
    workspace: 'web',
    workspace_roots: ['/code'],
  });
});

test('what is configured stays as it is written, and folders are added to it', async ({ rig }) => {
  await given(
    rig,
    '{\r\n    "concurrency": 3,\r\n    "workspaces": { "old": "/old" },\r\n    "workspace_roots": ["/old"]\r\n}\r\n',
  );

  await setup(rig, FOLDERS);

  expect(await config(rig)).toBe(
    [
      '{',
      '    "concurrency": 3,',
      '    "workspaces": { "old": "/old", "web": "/code/web" },',
      '    "workspace_roots": ["/old", "/code"],',
      '    "$schema": "./config.schema.json",',
      '    "workspace": "web"',
      '}',
      '',
    ].join('\r\n'),
  );
});

test('adding folders twice, with a further one in between, adds each folder once', async ({ rig }) => {
  await setup(rig, FOLDERS);
  await setup(rig, { workspaces: { api: '/code/api' }, roots: ['/code', '/more'] });
  await setup(rig, FOLDERS);

  expect(loadConfig(rig.context.stateDir, {})).toMatchObject({
    workspaces: { web: '/code/web', api: '/code/api' },
    workspace_roots: ['/code', '/more'],
    workspace: 'web',
  });
  await rig.remove();
  await expect(config(rig)).rejects.toThrow('ENOENT');
});

test('a configuration without folders to add needs no write', async ({ rig }) => {
  await setup(rig, { workspaces: {}, roots: [] });
  await expect(config(rig)).rejects.toThrow('ENOENT');
});

test('--remove gives config.json back byte for byte', async ({ rig }) => {
  const before = '{ "concurrency":3,\n\n"workspaces": {} }';
  await given(rig, before);
  const tree = await rig.tree();
  await setup(rig, FOLDERS);

  await rig.remove();

  expect(await config(rig)).toBe(before);
  expect(await rig.tree()).toEqual(tree);
});

test('--remove takes back what is as setup left it, and keeps what the person changed since', async ({
  rig,
}) => {
  await given(rig, '{"workspace": "/before"}');
  await setup(rig, { ...FOLDERS, workspaces: { web: '/code/web', api: '/code/api' } });
  const changed = {
    ...JSON.parse(await config(rig)),
    workspaces: { web: '/mine', api: '/code/api' },
    concurrency: 4,
  };
  await given(rig, JSON.stringify(changed));

  await rig.remove();

  expect(JSON.parse(await config(rig))).toEqual({
    workspace: '/before',
    workspaces: { web: '/mine' },
    concurrency: 4,
  });
});

test.for([
  ['{ "concurency": 3 }', "unknown key 'concurency'"],
  ['{ "workspaces": [] }', '"workspaces" must be an object ({ … }), but is a list'],
  ['{ "workspace_roots": {} }', "'workspace_roots.0'"],
  ['{ // c\n}', 'comment at line 1, column 3'],
])('a config.json of %s is refused and not touched', async ([before = '', why = ''], { rig }) => {
  await given(rig, before);

  const refusal = await rig
    .refusal({ desktop: null, folders: FOLDERS })
    .catch((error: Error) => `${error.name}: ${error.message}`);

  expect(refusal).toContain(why);
  expect(await config(rig)).toBe(before);
});

test('--remove in a copy of the state folder is about its own config.json', async ({ rig }) => {
  const original = join(rig.context.stateDir, 'config.json');
  await writeFile(original, '{"concurrency": 3}\n');
  await setup(rig, FOLDERS);
  const written = await readFile(original, 'utf8');
  const state = join(rig.root, 'copy');
  await cp(rig.context.stateDir, state, { recursive: true });
  const planned = await planRemoval({ desktop: null, code: false }, { ...rig.context, stateDir: state });
  if (!planned.ok) throw new Error(planned.refusal);
  await applySetup(planned.value, { ...rig.context, stateDir: state }, runProgram);
  expect(await readFile(join(state, 'config.json'), 'utf8')).toBe('{"concurrency": 3}\n');
  expect(await readFile(original, 'utf8')).toBe(written);
});

test('a default that is no workspace is refused before anything is written', async ({ rig }) => {
  const folders = { workspaces: {}, roots: [], defaultWorkspace: 'nowhere' };
  await expect(rig.refusal({ folders })).rejects.toThrow("'workspace' must be a name from 'workspaces'");
  expect(await rig.tree()).toEqual(['claude', 'home', 'state']);
});

function setup(rig: Rig, folders: Folders): Promise<unknown> {
  return rig.setup({ desktop: null, folders });
}

function given(rig: Rig, text: string): Promise<void> {
  return writeFile(join(rig.context.stateDir, 'config.json'), text);
}

function config(rig: Rig): Promise<string> {
  return readFile(join(rig.context.stateDir, 'config.json'), 'utf8');
}

test('a workspace that has settings of its own keeps them when its path is set', async ({ rig }) => {
  await given(rig, '{"workspaces": {"web": {"path": "/old", "claude_settings": "all"}}}');
  await setup(rig, { workspaces: { web: '/code/web' }, roots: [] });
  expect(loadConfig(rig.context.stateDir, {}).workspaces).toEqual({
    web: { path: '/code/web', claude_settings: 'all' },
  });
});
