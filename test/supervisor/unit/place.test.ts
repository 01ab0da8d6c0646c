import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measureGit } from '../../../src/git/measure-dir.ts';
import { backUp, restore } from '../../../src/store/sqlite/backup.ts';
import { keptFingerprint } from '../../../src/supervisor/place/kept-fingerprint.ts';
import { makePlace } from '../../../src/supervisor/place/place.ts';
import { branchOf } from '../../../src/supervisor/place/worktree.ts';
import { claimed } from '../claimed.ts';

const HALF_MADE = {
  'after it was recorded': async (rm: Remove) => rm('worktree', 'entry', 'measure', 'branch'),
  'after git had added it': async (rm: Remove) => rm('measure'),
  'after its measure dir was made': async (rm: Remove) => rm('fingerprint'),
} as const;

type Remove = (...what: ('worktree' | 'entry' | 'measure' | 'branch' | 'fingerprint')[]) => Promise<void>;

describe('the worktree of a project', () => {
  test.each(
    Object.keys(HALF_MADE) as (keyof typeof HALF_MADE)[],
  )('a worktree whose supervisor was killed %s is completed, from the commit of the claim', async (moment) => {
    await using one = await claimed();
    const tip = await one.git.git('rev-parse', 'main');
    expect(await one.make()).toEqual({ ok: true, value: undefined });
    const whole = await one.worktree();
    expect(whole).toMatchObject({ state: 'ready', baseOid: tip, baseRef: 'main', path: one.run.workspace });
    await HALF_MADE[moment](async (...what) => {
      if (what.includes('entry')) await one.git.git('worktree', 'remove', '-f', '-f', one.run.workspace);
      if (what.includes('branch')) await one.git.git('branch', '-D', whole?.branch ?? '');
      if (what.includes('measure')) await rm(one.measureDir, { recursive: true });
      if (what.includes('fingerprint')) await rm(join(one.measureDir, 'fingerprint.json'));
    });
    one.rig.tamper("UPDATE worktrees SET state = 'adding', config_digest = NULL, refs_digest = NULL");
    await one.git.put('a.txt', 'later\n');
    await one.git.commit('later');
    expect(await one.make()).toEqual({ ok: true, value: undefined });
    expect(await one.worktree()).toMatchObject({ state: 'ready', baseOid: tip });
    expect(await readFile(join(one.run.workspace, 'a.txt'), 'utf8')).toBe('one\n');
    expect(await one.base()).toBe(tip);
    expect((await keptFingerprint(one.measureDir))?.refs['refs/heads/main']).toBeDefined();
  });

  test('a worktree whose folder is lost is made again with the newest round that was measured', async () => {
    await using one = await claimed();
    await one.make();
    const { projectId = '' } = (await one.worktree()) ?? {};
    await writeFile(join(one.run.workspace, 'a.txt'), 'second round\n');
    const git = measureGit(one.measureDir, one.run.workspace, one.git.env);
    await git(['add', '--all']);
    const tree = (await git(['write-tree'])).stdout.toString().trim();
    const commit = (await git(['commit-tree', tree, '-m', 'round 10'])).stdout.toString().trim();
    const base = (await one.base()) ?? '';
    await git(['update-ref', `refs/bridge/${projectId}/9`, base]);
    await git(['update-ref', `refs/bridge/${projectId}/10`, commit]);
    await rm(one.run.workspace, { recursive: true });
    expect(await one.make()).toEqual({ ok: true, value: undefined });
    expect(await readFile(join(one.run.workspace, 'a.txt'), 'utf8')).toBe('second round\n');
  });

  test('a worktree that is gone after the restore of a backup comes back with what was measured, else from its base', async () => {
    await using one = await claimed();
    await one.make();
    await writeFile(join(one.run.workspace, 'a.txt'), 'first round\n');
    const git = measureGit(one.measureDir, one.run.workspace, one.git.env);
    await git(['add', '--all']);
    const tree = (await git(['write-tree'])).stdout.toString().trim();
    const commit = (await git(['commit-tree', tree, '-m', 'round 1'])).stdout.toString().trim();
    await git(['update-ref', `refs/bridge/${one.id}/1`, commit]);
    const copy = join(one.git.root, 'copy.db');
    await backUp(one.rig.home, copy);
    const { branch = '', baseOid } = (await one.worktree()) ?? {};
    one.rig.tamper('DELETE FROM worktrees');
    await one.git.git('worktree', 'remove', '-f', '-f', one.run.workspace);
    await one.git.git('branch', '-D', branch);
    await restore(one.rig.home, copy, 'aside.db');
    const bridge = await one.rig.connect();
    const context = { ...one.context, bridge, lease: { ...one.context.lease, bridge } };
    const { started } = one;
    expect(await makePlace(context, started, one.context.stopping)).toEqual({ ok: true, value: undefined });
    const content = () => readFile(join(one.run.workspace, 'a.txt'), 'utf8');
    expect(await content()).toBe('first round\n');
    expect(await one.git.git('rev-parse', branch)).toBe(baseOid);
    for (const lost of [one.run.workspace, one.measureDir]) await rm(lost, { recursive: true });
    expect(await makePlace(context, started, one.context.stopping)).toEqual({ ok: true, value: undefined });
    expect(await content()).toBe('one\n');
  });

  test('a repository that is gone by the time of the claim is refused with its cause', async () => {
    await using one = await claimed();
    await rename(join(one.git.repo, '.git'), join(one.git.root, 'away'));
    expect(await one.make()).toEqual({
      ok: false,
      refusal: { kind: 'worktree_refused', cause: 'no-repository', detail: one.git.repo },
    });
  });

  test('a workspace that is a folder of the repository is that folder of the worktree', async () => {
    await using one = await claimed((repo) => join(repo, 'src'));
    expect(one.run.workspace).toMatch(/worktrees\/[0-9a-f]{12}\/src$/);
    await one.make();
    expect(await readFile(join(one.run.workspace, 'b.txt'), 'utf8')).toBe('two\n');
  });

  test('the branch of a project has its id and the words of its title', () => {
    expect(branchOf('7f', 'Fix the “Löwe” — now!')).toBe('bridge/7f-fix-the-lo-we-now');
    expect(branchOf('7f', '修复')).toBe('bridge/7f');
    expect(branchOf('7f', `${'long '.repeat(20)}`)).toMatch(/^bridge\/7f-[a-z-]{1,40}$/);
  });
});

describe('the folder of a project in place', () => {
  test('a folder without git is kept as it was before the first run, once', async () => {
    await using one = await claimed((repo) => {
      return { path: join(repo, '..', 'home'), isolation: 'worktree' };
    });
    const folder = join(one.git.root, 'home');
    await writeFile(join(folder, 'a.txt'), 'mine\n');
    await mkdir(join(folder, 'empty'));
    await one.make();
    await one.measure();
    const base = await one.base();
    expect(base).not.toBeNull();
    await writeFile(join(folder, 'a.txt'), 'changed\n');
    await one.measure();
    expect(await one.base()).toBe(base);
    const shown = await measureGit(one.measureDir, null, one.git.env)(['show', `${base}:a.txt`]);
    expect(shown.stdout.toString()).toBe('mine\n');
    expect(await one.worktree()).toBeUndefined();
  });

  test('a repository that is worked on in place is kept with its uncommitted changes and its fingerprint', async () => {
    await using one = await claimed((repo) => ({ path: repo, isolation: 'in_place' }));
    await one.git.put('a.txt', 'uncommitted\n');
    const before = await one.git.untouched();
    await one.measure();
    const shown = await measureGit(one.measureDir, null, one.git.env)(['show', `${await one.base()}:a.txt`]);
    expect(shown.stdout.toString()).toBe('uncommitted\n');
    expect(await keptFingerprint(one.measureDir)).not.toBeNull();
    expect(await one.git.untouched()).toEqual(before);
  });
});
