import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChosenIsolation, chooseIsolation } from '../../src/bridge/isolation.ts';
import type { Result } from '../../src/result.ts';
import { type GitRig, gitRig } from '../git/rig.ts';

const OWNERS = { isolation: 'worktree', base: null } as const;

function choose(
  { repo, env }: GitRig,
  { folder = repo, rules = {}, asked = {}, path = env.PATH }: Partial<Choice> = {},
): Promise<Result<ChosenIsolation>> {
  return chooseIsolation(folder, { ...OWNERS, ...rules }, asked, { ...env, PATH: path });
}

interface Choice {
  readonly folder: string;
  readonly rules: Partial<Parameters<typeof chooseIsolation>[1]>;
  readonly asked: Parameters<typeof chooseIsolation>[2];
  readonly path: string | undefined;
}

const IN_PLACE = { ok: true, value: { isolation: 'in_place', base: null } };
const from = (base: string) => ({ ok: true, value: { isolation: 'worktree', base } });

describe('where the work of a plan is done', () => {
  test('work in a repository begins in a worktree, from the branch of the plan, of the owner, or that is checked out', async () => {
    const rig = await gitRig();
    await rig.git('branch', 'next');
    await rig.git('branch', 'release/1');
    expect(await choose(rig)).toEqual(from('main'));
    expect(await choose(rig, { folder: join(rig.repo, 'src') })).toEqual(from('main'));
    expect(await choose(rig, { rules: { base: 'next' } })).toEqual(from('next'));
    expect(await choose(rig, { rules: { base: 'next' }, asked: { base: 'release/1' } })).toEqual(
      from('release/1'),
    );
    const commit = await rig.git('rev-parse', 'HEAD');
    await rig.git('checkout', '--quiet', '--detach');
    expect(await choose(rig)).toEqual(from(commit));
  });

  test('work is done in place without a repository, without git, and where owner or plan say so', async () => {
    const rig = await gitRig();
    expect(await choose(rig, { folder: rig.root })).toEqual(IN_PLACE);
    expect(await choose(rig, { path: join(rig.root, 'nowhere') })).toEqual(IN_PLACE);
    expect(await choose(rig, { rules: { isolation: 'in_place' } })).toEqual(IN_PLACE);
    expect(await choose(rig, { asked: { isolation: 'in_place' } })).toEqual(IN_PLACE);
    expect(await choose(rig, { rules: { isolation: 'in_place' }, asked: { isolation: 'worktree' } })).toEqual(
      from('main'),
    );
    expect(await chooseIsolation(null, OWNERS, {}, rig.env)).toEqual(IN_PLACE);
  });

  test('a folder that its repository keeps nothing of is worked on in place', async () => {
    const rig = await gitRig();
    const folder = join(rig.repo, 'untracked');
    await mkdir(folder);
    await writeFile(join(folder, 'a.txt'), 'mine');
    expect(await choose(rig, { folder })).toEqual(IN_PLACE);
  });

  test('what no worktree can be made of is refused with what to do', async () => {
    const rig = await gitRig();
    const refusal = async (choice: Partial<Choice> = {}) => {
      const chosen = await choose(rig, choice);
      return chosen.ok ? chosen.value : chosen.refusal.replace(rig.repo, 'site');
    };
    expect(await refusal({ asked: { base: 'gone' } })).toBe(
      "site cannot be worked on in a worktree: the repository has no branch or commit 'gone' to begin from: make it, or name another 'base'.",
    );
    await rig.git('checkout', '--quiet', '--orphan', 'new');
    expect(await refusal()).toBe(
      "site cannot be worked on in a worktree: the repository has no commit yet: make a first commit, or set 'isolation' of the workspace to in_place.",
    );
    await rig.git('checkout', '--quiet', '-f', 'main');
    await rig.put('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs\n');
    await rig.commit('lfs');
    const path = rig.env.PATH?.split(delimiter).filter((one) => !existsSync(join(one, 'git-lfs')));
    expect(await refusal({ path: path?.join(delimiter) })).toContain('git-lfs is not installed');
    await rig.git('rm', '--quiet', '.gitattributes');
    await rig.commit('without');
    await rig.git('branch', 'bridge');
    expect(await refusal()).toContain("git keeps no branch 'bridge/…' beside the branch 'bridge'");
  });
});
