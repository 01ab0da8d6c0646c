import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveWorkspace, type WorkspacePolicy } from '../../src/bridge/workspaces.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { createRig, type Rig } from '../rig.ts';
import { accepted, refusalOf } from './steps.ts';

interface Places {
  readonly root: string;
  readonly inside: string;
  readonly outside: string;
  readonly policy: WorkspacePolicy;
  resolve(wanted: string | null, policy?: Partial<WorkspacePolicy>): ReturnType<typeof resolveWorkspace>;
}

/** An allowed root with a folder inside, and a folder outside that is configured by name. */
function places(rig: Rig): Places {
  const [root, inside, outside] = ['root', 'root/inside', 'outside'].map((name) => join(rig.workspace, name));
  if (!root || !inside || !outside) throw new Error('never');
  mkdirSync(inside, { recursive: true });
  mkdirSync(outside);
  const policy = { workspaces: { out: outside }, workspace_roots: [root] };
  return {
    root,
    inside,
    outside,
    policy,
    resolve: (wanted, changes = {}) =>
      resolveWorkspace({ ...policy, ...changes }, rig.home, asProjectId('0123456789ab'), wanted),
  };
}

describe('workspaces a plan may name', () => {
  test('a plan may name a configured workspace', async () => {
    await using rig = await createRig();
    const { resolve, outside } = places(rig);
    expect(accepted(resolve('out'))).toBe(outside);
  });

  test('a plan may name the path of a configured folder', async () => {
    await using rig = await createRig();
    const { resolve, outside } = places(rig);
    expect(accepted(resolve(outside))).toBe(outside);
    expect(accepted(resolve(`${outside}/../outside/`))).toBe(outside);
    expect(accepted(resolve(outside, { workspaces: {}, workspace: outside }))).toBe(outside);
  });

  test('a plan may name an allowed root, any folder inside, and a link that stays inside', async () => {
    await using rig = await createRig();
    const { resolve, root, inside } = places(rig);
    mkdirSync(join(root, '..notes'));
    symlinkSync(inside, join(root, 'link'), 'junction');
    expect(accepted(resolve(root))).toBe(root);
    expect(accepted(resolve(inside))).toBe(inside);
    expect(accepted(resolve(join(root, '..notes')))).toBe(join(root, '..notes'));
    expect(accepted(resolve(join(root, 'link')))).toBe(inside);
  });

  test('a plan that names no workspace gets the default, by name or by path', async () => {
    await using rig = await createRig();
    const { resolve, inside, outside } = places(rig);
    expect(accepted(resolve(null, { workspace: 'out' }))).toBe(outside);
    expect(accepted(resolve(null, { workspace: inside }))).toBe(inside);
  });

  test('a plan without a workspace or a default gets a new folder of its own', async () => {
    await using rig = await createRig();
    const { resolve } = places(rig);
    expect(accepted(resolve(null))).toBe(join(rig.home, 'workspaces', '0123456789ab'));
  });
});

describe('workspaces a plan may not name', () => {
  test.each<[string, (places: Places) => string]>([
    ['an unknown name', () => 'unknown'],
    ['a name that objects have', () => 'constructor'],
    ['a folder outside', ({ outside }) => join(outside, '..')],
    ['a folder outside by a detour', ({ root }) => `${root}/../outside`],
    ['a folder whose name begins like a root', ({ root }) => `${root}-too`],
    ['the folder above a root', ({ root }) => join(root, '..')],
    ['a relative path', ({ inside }) => relative(process.cwd(), inside)],
    ['a path from here', () => '.'],
    ['a link that leads out', ({ root }) => join(root, 'exit')],
    ['a folder behind a link that leads out', ({ root }) => join(root, 'exit', 'deeper')],
    ['something outside that is not there', () => '/nowhere/at/all'],
    ['the home folder', () => '~'],
    ['an empty name', () => ''],
    ['a path with NUL', ({ root }) => `${root}\0/inside`],
  ])('a plan may not name %s', async (_, name) => {
    await using rig = await createRig();
    const there = places(rig);
    mkdirSync(join(rig.workspace, 'root-too'));
    mkdirSync(join(rig.workspace, 'elsewhere', 'deeper'), { recursive: true });
    symlinkSync(join(rig.workspace, 'elsewhere'), join(there.root, 'exit'), 'junction');
    const refusal = refusalOf(there.resolve(name(there), { workspaces: {} }));
    expect(refusal).toMatch(/^(unknown workspace '|workspace cannot be read)/);
    expect(refusal).not.toMatch(/[\0\n]/);
  });

  test('a plan may not name a folder that is called like the default and happens to lie here', async () => {
    await using rig = await createRig();
    const { resolve, outside } = places(rig);
    // Where this process was started there is a folder `src`.
    const refusal = refusalOf(
      resolve(join(process.cwd(), 'src'), { workspace: 'src', workspaces: { src: outside } }),
    );
    expect(refusal).toMatch(/^unknown workspace/);
  });

  test('a plan that names a wrong workspace is answered with the allowed ones', async () => {
    await using rig = await createRig();
    const { resolve, root } = places(rig);
    expect(refusalOf(resolve('nowhere'))).toBe(
      `unknown workspace 'nowhere' (configured names: out; allowed roots: ${root}). Use one of these, or add it with: bridge-supervisor setup --workspace NAME=FOLDER.`,
    );
    expect(refusalOf(resolve('nowhere', { workspaces: {}, workspace_roots: [] }))).toContain(
      '(no names are configured; no roots are allowed)',
    );
  });
});

describe('folders that cannot be used', () => {
  test('a folder that does not exist is refused', async () => {
    await using rig = await createRig();
    const { resolve, inside } = places(rig);
    for (const reply of [
      resolve(join(inside, 'new')),
      resolve('gone', { workspaces: { gone: join(inside, 'new') } }),
      resolve(null, { workspace: join(inside, 'new') }),
    ]) {
      expect(refusalOf(reply)).toBe(
        `workspace does not exist: ${join(inside, 'new')}. Create it, or correct the configuration.`,
      );
    }
  });

  test('a folder that is a file, or lies below one, is refused', async () => {
    await using rig = await createRig();
    const { resolve, inside } = places(rig);
    const file = join(inside, 'file');
    writeFileSync(file, '');
    expect(refusalOf(resolve(file))).toBe(`workspace is not a folder: ${file}`);
    expect(refusalOf(resolve(join(file, 'below')))).toMatch(/^workspace cannot be read: /);
  });

  test('a default workspace that is neither a name nor a folder is refused', async () => {
    await using rig = await createRig();
    const { resolve } = places(rig);
    expect(refusalOf(resolve(null, { workspace: 'constructor' }))).toMatch(
      /^workspace (does not exist|is not)/,
    );
  });
});

test('a path in the home folder may be written with ~', async () => {
  await using rig = await createRig();
  const { resolve } = places(rig);
  expect(accepted(resolve('~', { workspace_roots: ['~'] }))).toBe(realpathSync(homedir()));
});
