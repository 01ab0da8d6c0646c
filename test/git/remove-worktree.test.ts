import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteBranch } from '../../src/git/delete-branch.ts';
import { land } from '../../src/git/landing.ts';
import { recreateWorktree } from '../../src/git/recreate-worktree.ts';
import { removeWorktree } from '../../src/git/remove-worktree.ts';
import { BRANCH, gitRig, REASON } from './rig.ts';

/** A project whose work was submitted, and has landed on `main` unless told otherwise. */
async function submitted({ lands = true } = {}) {
  const rig = await gitRig();
  await rig.put('.gitignore', 'dist/\n*.log\n');
  await rig.commit('rules');
  const { repository, base } = await rig.begin();
  await rig.edit('a.txt', 'changed\n');
  await rig.edit('new/c.txt', 'new\n');
  await rm(join(rig.worktree, 'src', 'b.txt'));
  const { commit, tree } = await rig.submit();
  const { measureDir, env } = rig;
  if (lands) {
    const action = { kind: 'merge', branch: 'main' } as const;
    const landing = await land(
      repository,
      { measureDir, commit, tree, ref: 'refs/bridge/7f/1', action },
      env,
    );
    expect(landing).toMatchObject({ kind: 'landed' });
  }
  const usual = { path: rig.worktree, reason: REASON, measureDir, base, commit };
  const remove = (dryRun = false) => removeWorktree(repository, { ...usual, dryRun }, env);
  const plan = { path: rig.worktree, branch: BRANCH, base, reason: REASON };
  const recreate = () => recreateWorktree(repository, plan, { measureDir, commit }, env);
  return { ...rig, repository, base, commit, tree, remove, recreate };
}

describe('removeWorktree', () => {
  test('a work tree whose content has landed is removed with its entry, and its branch then too', async () => {
    const { worktree, git, remove, repository, env } = await submitted();
    expect(await deleteBranch(repository, BRANCH, env)).toMatchObject({
      cause: 'checked-out',
      detail: worktree,
    });
    expect(await remove(true)).toEqual({ kind: 'removed', ignored: [] });
    expect(existsSync(worktree)).toBe(true);
    expect(await remove()).toEqual({ kind: 'removed', ignored: [] });
    expect(existsSync(worktree)).toBe(false);
    expect(await git('worktree', 'list', '--porcelain')).not.toContain(worktree);
    expect(await remove()).toEqual({ kind: 'removed', ignored: [] });
    expect(await deleteBranch(repository, BRANCH, env)).toEqual({ kind: 'deleted' });
    expect(await deleteBranch(repository, BRANCH, env)).toEqual({ kind: 'deleted' });
    expect(await git('branch', '--list', 'bridge/*')).toBe('');
  });

  test('a work tree with a change, seen by git or hidden from it, is kept', async () => {
    const { worktree, edit, gitAt, remove } = await submitted();
    await edit('left.txt', 'left\n');
    expect(await remove(true)).toMatchObject({ cause: 'changed', names: [{ path: 'left.txt' }] });
    await rm(join(worktree, 'left.txt'));
    await gitAt(worktree, 'update-index', '--assume-unchanged', 'a.txt');
    await edit('a.txt', 'hidden\n');
    expect(await remove()).toMatchObject({ cause: 'changed', names: [{ path: 'a.txt' }] });
    expect(await readFile(join(worktree, 'a.txt'), 'utf8')).toBe('hidden\n');
  });

  test('a work tree whose content is in no branch is kept', async () => {
    const { worktree, remove, git, commit, measureDir } = await submitted({ lands: false });
    expect(await remove()).toMatchObject({ cause: 'unlanded' });
    await git('fetch', '--quiet', measureDir, `${commit}:refs/bridge/7f/1`);
    expect(await remove()).toMatchObject({ cause: 'unlanded', detail: commit });
    await git('update-ref', 'refs/remotes/origin/topic', commit);
    expect(await remove()).toMatchObject({ kind: 'removed' });
    expect(existsSync(worktree)).toBe(false);
  });

  test('a work tree with changes of somebody is removed once a branch has a commit of all that is in it', async () => {
    const { worktree, edit, gitAt, git, remove } = await submitted();
    await edit('left.txt', 'left\n');
    expect(await remove()).toMatchObject({ cause: 'changed', names: [{ path: 'left.txt' }] });
    await gitAt(worktree, 'add', '--all');
    await gitAt(worktree, 'commit', '--quiet', '-m', 'left');
    const kept = await gitAt(worktree, 'rev-parse', 'HEAD');
    await edit('more.txt', 'more\n');
    expect(await remove()).toMatchObject({ cause: 'changed' });
    await rm(join(worktree, 'more.txt'));
    expect(await remove(true)).toEqual({ kind: 'removed', ignored: [] });
    expect(await remove()).toEqual({ kind: 'removed', ignored: [] });
    expect(await git('rev-parse', BRANCH)).toBe(kept);
    expect(await git('show', `${BRANCH}:left.txt`)).toBe('left');
  });

  test('a work tree whose work is in no branch is kept, also where HEAD has all that is in the folder, or it is lost', async () => {
    const { worktree, gitAt, edit, git, remove, commit, measureDir } = await submitted({ lands: false });
    await edit('a.txt', 'changed once more\n');
    await gitAt(worktree, 'add', '--all');
    await gitAt(worktree, 'commit', '--quiet', '-m', 'another');
    expect(await remove()).toMatchObject({ cause: 'unlanded', detail: commit });
    await rm(worktree, { recursive: true });
    expect(await remove()).toMatchObject({ cause: 'unlanded', detail: commit });
    expect(await git('worktree', 'list', '--porcelain')).toContain(worktree);
    await git('fetch', '--quiet', measureDir, `${commit}:refs/heads/kept`);
    expect(await remove()).toMatchObject({ kind: 'removed' });
  });

  test('a work tree at a commit that no ref has is kept, and so is a branch with a commit of its own', async () => {
    const { worktree, gitAt, remove, repository, env, commit } = await submitted();
    await gitAt(worktree, 'checkout', '--quiet', '--detach');
    await gitAt(worktree, 'commit', '--quiet', '--allow-empty', '-m', 'own');
    const own = await gitAt(worktree, 'rev-parse', 'HEAD');
    expect(await remove()).toMatchObject({ cause: 'own-commits', detail: own });
    await gitAt(worktree, 'branch', '--force', BRANCH, own);
    expect(await deleteBranch(repository, BRANCH, env)).toMatchObject({ cause: 'own-commits', detail: own });
    expect(await remove()).toMatchObject({ kind: 'removed' });
    expect(await deleteBranch(repository, BRANCH, env)).toMatchObject({ cause: 'own-commits' });
    expect(commit).not.toBe(own);
  });

  test('ignored files go with a work tree unless the work changed what is ignored', async () => {
    const { edit, remove, worktree } = await submitted();
    await edit('dist/out.js', '');
    await edit('run.log', '');
    await edit('out/.gitignore', '*\n');
    await edit('out/report.pdf', 'worth keeping');
    expect(await remove()).toMatchObject({
      cause: 'ignore-rules-changed',
      names: [{ path: 'out/.gitignore' }],
    });
    await rm(join(worktree, 'out'), { recursive: true });
    expect(await remove()).toEqual({
      kind: 'removed',
      ignored: [{ path: 'dist/' }, { path: 'run.log' }],
    });
  });

  test('a work tree whose commit changes what is ignored is kept', async () => {
    const rig = await gitRig();
    const { repository, base } = await rig.begin();
    await rig.edit('.gitignore', '*.pdf\n');
    await rig.edit('report.pdf', 'worth keeping');
    const { commit } = await rig.submit();
    const plan = { path: rig.worktree, reason: REASON, measureDir: rig.measureDir, base, commit };
    expect(await removeWorktree(repository, plan, rig.env)).toMatchObject({
      cause: 'ignore-rules-changed',
      names: [{ path: '.gitignore' }],
    });
  });

  test('a work tree with a nested repository, of another lock, or that leads elsewhere is kept', async () => {
    const { worktree, git, gitAt, remove } = await submitted();
    await mkdir(join(worktree, 'nested'));
    await gitAt(join(worktree, 'nested'), 'init', '--quiet');
    expect(await remove()).toMatchObject({ cause: 'unmeasured', names: [{ path: 'nested' }] });
    await rm(join(worktree, 'nested'), { recursive: true });
    await git('worktree', 'unlock', worktree);
    await git('worktree', 'lock', '--reason', 'mine', worktree);
    expect(await remove()).toMatchObject({ cause: 'not-ours', detail: 'mine' });
    await git('worktree', 'unlock', worktree);
    await rm(join(worktree, '.git'));
    await gitAt(worktree, 'init', '--quiet');
    expect(await remove()).toMatchObject({ cause: 'not-ours' });
  });

  test('a work tree that git does not let go stays as it was', async () => {
    const { worktree, git, gitAt, remove } = await submitted();
    // As a submodule leaves it.
    const gitDir = await gitAt(worktree, 'rev-parse', '--absolute-git-dir');
    await mkdir(join(gitDir, 'modules', 'one'), { recursive: true });
    expect(await remove()).toMatchObject({ cause: 'failed' });
    expect(await gitAt(worktree, 'symbolic-ref', 'HEAD')).toBe(`refs/heads/${BRANCH}`);
    expect(await git('worktree', 'list', '--porcelain')).toContain(`locked ${REASON}`);
  });

  test('an entry whose folder is lost is removed, also where a killed call had unlocked it', async () => {
    const { worktree, git, remove } = await submitted();
    await rm(worktree, { recursive: true });
    expect(await remove(true)).toMatchObject({ kind: 'removed' });
    await git('worktree', 'unlock', worktree);
    expect(await remove()).toMatchObject({ kind: 'removed' });
    expect(await git('worktree', 'list', '--porcelain')).not.toContain(worktree);
  });
});

describe('recreateWorktree', () => {
  test('a lost work tree comes back with its content, and nothing more comes into the repository', async () => {
    const { worktree, gitAt, git, recreate, measure, tree } = await submitted({ lands: false });
    const refs = await git('for-each-ref');
    await rm(worktree, { recursive: true });
    expect(await recreate()).toMatchObject({ kind: 'added', wasThere: false });
    expect((await measure()).tree).toBe(tree);
    expect(await gitAt(worktree, 'status', '--porcelain', '--branch')).toBe(
      `## ${BRANCH}\n M a.txt\n D src/b.txt\n?? new/`,
    );
    expect(await git('for-each-ref')).toBe(refs);
    expect(await git('worktree', 'list', '--porcelain')).toContain(`locked ${REASON}`);
    expect(await recreate()).toMatchObject({ kind: 'added', wasThere: true });
  });

  test('a lost work tree comes back after its entry and its branch are gone too', async () => {
    const { worktree, git, recreate, measure, tree } = await submitted({ lands: false });
    await rm(worktree, { recursive: true });
    await git('worktree', 'unlock', worktree);
    await git('worktree', 'prune', '--expire=now');
    await git('branch', '--quiet', '-D', BRANCH);
    expect(await recreate()).toMatchObject({ kind: 'added', wasThere: false });
    expect((await measure()).tree).toBe(tree);
  });

  test('a work tree whose making was interrupted is completed', async () => {
    const { worktree, repository, recreate, measure, tree } = await submitted({ lands: false });
    await rm(worktree, { recursive: true });
    await recreate();
    await rm(join(repository.commonDir, 'worktrees', '7f', 'index'));
    await rm(join(worktree, 'new'), { recursive: true });
    expect(await recreate()).toMatchObject({ kind: 'added', wasThere: false });
    expect((await measure()).tree).toBe(tree);
  });

  test('a folder with something else in it is not taken', async () => {
    const { worktree, edit, recreate } = await submitted({ lands: false });
    await rm(worktree, { recursive: true });
    await edit('mine.txt', 'mine\n');
    expect(await recreate()).toMatchObject({ kind: 'refused', cause: 'path-exists' });
    expect(await readFile(join(worktree, 'mine.txt'), 'utf8')).toBe('mine\n');
  });
});
