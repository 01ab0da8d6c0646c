import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRunFolder, type RunFolderPolicy } from '../../src/bridge/run-folder.ts';
import { chooseWorkspace } from '../../src/bridge/workspaces.ts';
import { asProjectId } from '../../src/project/ids.ts';
import type { WorkspaceEntry } from '../../src/project/workspace.ts';
import { createRig, type Rig } from '../rig.ts';
import { accepted, refusalOf } from './steps.ts';

const ID = asProjectId('0123456789ab');

function policy(changes: Partial<RunFolderPolicy> = {}): RunFolderPolicy {
  return { workspaces: {}, workspace_roots: [], claude_settings: 'user', ...changes };
}

const check = (rig: Rig, rules: RunFolderPolicy, workspace: string, place: string | null = null) =>
  checkRunFolder(rules, rig.home, { projectId: ID, workspace, source: workspace, place }, rig.clock);

describe('the state folder as a workspace', () => {
  test.each<[string, (home: string) => string]>([
    ['itself', (home) => home],
    ['a folder in it', (home) => join(home, 'runs')],
    ['the folder of another project', (home) => join(home, 'workspaces', 'ba9876543210')],
    ['the folder of all of them', (home) => join(home, 'workspaces')],
    ['a link to it', (home) => join(dirname(home), 'link')],
    ['a folder behind a link to it', (home) => join(dirname(home), 'link', 'plans')],
  ])('the state folder is no workspace (%s), neither when a plan is sent nor when its run starts', async (_, place) => {
    await using rig = await createRig();
    for (const name of ['runs', 'plans', 'workspaces/ba9876543210'])
      mkdirSync(join(rig.home, name), { recursive: true });
    symlinkSync(rig.home, join(dirname(rig.home), 'link'), 'junction');
    const workspace = place(rig.home);
    for (const rules of [
      policy({ workspace_roots: [dirname(rig.home)] }),
      policy({ workspaces: { mine: workspace } }),
      policy({ workspace }),
    ]) {
      const wanted = rules.workspace === undefined ? workspace : null;
      const sent = refusalOf(await chooseWorkspace(rules, rig.home, ID, wanted));
      expect(sent).toContain('is or lies in the state folder');
      expect(refusalOf(await check(rig, rules, workspace))).toMatch(
        /is or lies in the state folder|leads to .* now/,
      );
    }
  });

  test('a folder that holds the state folder may be a workspace, and so may a project’s own folder in it', async () => {
    await using rig = await createRig();
    const around = dirname(rig.home);
    expect(accepted(await chooseWorkspace(policy({ workspace_roots: [around] }), rig.home, ID, around))).toBe(
      around,
    );
    const own = accepted(await chooseWorkspace(policy(), rig.home, ID, null));
    mkdirSync(own, { recursive: true });
    expect(accepted(await check(rig, policy(), own))).toEqual({
      path: own,
      isNamed: true,
      claudeSettings: 'user',
    });
  });
});

describe('the folder of a run before Claude starts', () => {
  test('a link that has replaced the folder of a run is refused, with both paths', async () => {
    await using rig = await createRig();
    const [site, etc] = [join(rig.workspace, 'site'), join(rig.workspace, 'etc')];
    for (const folder of [site, etc]) mkdirSync(folder);
    const rules = policy({ workspace_roots: [rig.workspace] });
    expect(accepted(await chooseWorkspace(rules, rig.home, ID, site))).toBe(site);
    renameSync(site, `${site}-moved`);
    symlinkSync(etc, site, 'junction');
    const refusal = refusalOf(await check(rig, rules, site));
    expect(refusal).toContain(site);
    expect(refusal).toContain(etc);
  });

  test('a link in place of the project’s own folder is refused', async () => {
    await using rig = await createRig();
    const own = join(rig.home, 'workspaces', ID);
    mkdirSync(dirname(own), { recursive: true });
    symlinkSync(rig.workspace, own, 'junction');
    expect(refusalOf(await check(rig, policy(), own))).toContain(rig.workspace);
  });

  test('a folder beside those of the projects is none of theirs', async () => {
    await using rig = await createRig();
    const beside = join(rig.home, 'workspaces-old', ID);
    mkdirSync(beside, { recursive: true });
    expect(refusalOf(await check(rig, policy(), beside))).toContain('does not allow');
  });

  test('a folder that the configuration no longer allows is refused', async () => {
    await using rig = await createRig();
    const site = join(rig.workspace, 'site');
    mkdirSync(site);
    const allowed = policy({ workspaces: { site } });
    expect(accepted(await check(rig, allowed, site))).toMatchObject({ isNamed: true });
    expect(refusalOf(await check(rig, policy(), site))).toContain('the configuration does not allow');
  });

  test('a folder that is gone is refused in words', async () => {
    await using rig = await createRig();
    const site = join(rig.workspace, 'site');
    mkdirSync(site);
    rmSync(site, { recursive: true });
    expect(refusalOf(await check(rig, policy({ workspaces: { site } }), site))).toContain(
      'cannot be looked at',
    );
  });
});

describe('whose Claude settings count in a folder', () => {
  test.each<[string, Record<string, WorkspaceEntry>, RunFolderPolicy['claude_settings'], string]>([
    ['what holds for all', { site: 'SITE' }, 'none', 'none'],
    ['what the folder says', { site: { path: 'SITE', claude_settings: 'all' } }, 'user', 'all'],
    [
      'what another folder says does not count',
      { docs: { path: 'DOCS', claude_settings: 'all' } },
      'user',
      'user',
    ],
    [
      'of two names of one folder the stricter',
      { a: { path: 'SITE', claude_settings: 'all' }, b: { path: 'SITE', claude_settings: 'none' } },
      'user',
      'none',
    ],
    [
      'a second name without a word of its own',
      { a: { path: 'SITE', claude_settings: 'all' }, b: 'SITE' },
      'user',
      'user',
    ],
  ])('the settings that count in a folder: %s', async (_, workspaces, claude_settings, expected) => {
    await using rig = await createRig();
    const [site, docs] = [join(rig.workspace, 'site'), join(rig.workspace, 'docs')];
    for (const folder of [site, docs]) mkdirSync(folder);
    const placed = JSON.parse(
      JSON.stringify(workspaces)
        .replaceAll('"SITE"', JSON.stringify(site))
        .replaceAll('"DOCS"', JSON.stringify(docs)),
    );
    const rules = policy({ workspaces: placed, workspace_roots: [rig.workspace], claude_settings });
    expect(accepted(await check(rig, rules, site)).claudeSettings).toBe(expected);
  });

  test('the settings that count are those of the name that the plan used, while it leads to the folder', async () => {
    await using rig = await createRig();
    const [site, docs] = [join(rig.workspace, 'site'), join(rig.workspace, 'docs')];
    for (const folder of [site, docs]) mkdirSync(folder);
    const b = { path: site, claude_settings: 'none' } as const;
    const at = (path: string, changes: Partial<RunFolderPolicy> = {}) =>
      policy({ workspaces: { a: { path, claude_settings: 'all' }, b }, ...changes });
    expect(accepted(await check(rig, at(site), site, 'a')).claudeSettings).toBe('all');
    expect(accepted(await check(rig, at(site, { workspace: 'a' }), site)).claudeSettings).toBe('all');
    expect(accepted(await check(rig, at(docs), site, 'a')).claudeSettings).toBe('none');
  });

  test('a folder in a root is let through, and not named', async () => {
    await using rig = await createRig();
    const site = join(rig.workspace, 'site');
    mkdirSync(site);
    const inRoot = policy({ workspace_roots: [rig.workspace] });
    expect(accepted(await check(rig, inRoot, site))).toEqual({
      path: site,
      isNamed: false,
      claudeSettings: 'user',
    });
    expect(accepted(await check(rig, policy({ workspace: site }), site))).toMatchObject({ isNamed: true });
  });
});
