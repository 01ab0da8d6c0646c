import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryGit } from '../../src/git/repository-git.ts';
import { addWorktree, type WorktreePlan } from '../../src/git/worktree.ts';
import { listWorktrees } from '../../src/git/worktree-list.ts';
import { BRANCH, type GitRig, gitRig, REASON } from './rig.ts';

async function planned(rig: GitRig, plan: Partial<WorktreePlan> = {}) {
  const repository = await rig.inspect();
  const usual = { path: rig.worktree, branch: BRANCH, base: repository.headOid ?? '', reason: REASON };
  return addWorktree(repository, { ...usual, ...plan }, rig.env);
}

const list = async ({ repo, env }: GitRig) => listWorktrees((await repositoryGit(repo, env)).git);

describe('addWorktree', () => {
  test('a work tree is locked, on a branch of its own, and all that the repository gets', async () => {
    const rig = await gitRig();
    const before = await rig.untouched();
    const added = await planned(rig);
    const gitDir = join(rig.repo, '.git', 'worktrees', '7f');
    expect(added).toEqual({ kind: 'added', gitDir, wasThere: false, filtersOff: [] });
    expect(await readFile(join(rig.worktree, 'src', 'b.txt'), 'utf8')).toBe('two\n');
    const head = await rig.git('rev-parse', 'HEAD');
    expect(await list(rig)).toEqual([
      { path: rig.repo, head, branch: 'main', isBare: false, lock: null },
      { path: rig.worktree, head, branch: BRANCH, isBare: false, lock: REASON },
    ]);
    expect(await rig.untouched()).toEqual(before);
  });

  test('a second call leads to the same work tree and leaves what is in it', async () => {
    const rig = await gitRig();
    await planned(rig);
    await rig.edit('a.txt', 'changed\n');
    expect(await planned(rig)).toMatchObject({ kind: 'added', wasThere: true });
    expect(await readFile(join(rig.worktree, 'a.txt'), 'utf8')).toBe('changed\n');
  });

  test('a work tree that was interrupted while its files were written is completed', async () => {
    const rig = await gitRig();
    await planned(rig);
    const gitDir = join(rig.repo, '.git', 'worktrees', '7f');
    await rename(join(gitDir, 'index'), join(gitDir, 'index.lock'));
    await writeFile(join(gitDir, 'HEAD'), `${'0'.repeat(40)}\n`);
    await rm(join(rig.worktree, 'src'), { recursive: true });
    await writeFile(join(rig.worktree, 'a.txt'), 'on');
    expect(await planned(rig)).toMatchObject({ kind: 'added', wasThere: true });
    expect(await rig.gitAt(rig.worktree, 'status', '--porcelain', '--branch')).toBe(`## ${BRANCH}`);
  });

  test.for([
    ['its branch only', ['gitdir', 'index', 'HEAD', 'commondir'], true],
    ['an entry that lists no path', ['gitdir', 'index', 'HEAD', 'commondir'], false],
    ['an entry without an index, and no folder', ['index'], false],
  ] as const)('a work tree of which a killed call has made %s is made', async ([, missing, all]) => {
    const rig = await gitRig();
    await planned(rig);
    const gitDir = join(rig.repo, '.git', 'worktrees', '7f');
    for (const name of missing) await rm(join(gitDir, name));
    if (all) await rm(gitDir, { recursive: true });
    await rm(rig.worktree, { recursive: true });
    expect(await planned(rig)).toMatchObject({ kind: 'added', wasThere: false });
    expect(await rig.gitAt(rig.worktree, 'status', '--porcelain', '--branch')).toBe(`## ${BRANCH}`);
    expect(await list(rig)).toHaveLength(2);
  });

  test('a work tree is refused where something is in the way, and nothing is left', async () => {
    const rig = await gitRig();
    const base = await rig.git('rev-parse', 'HEAD');
    await mkdir(rig.worktree);
    await writeFile(join(rig.worktree, 'mine'), '');
    const before = await rig.git('for-each-ref');
    expect(await planned(rig)).toMatchObject({ cause: 'path-exists', detail: rig.worktree });
    expect(await rig.git('for-each-ref')).toBe(before);
    const path = join(rig.root, 'elsewhere');
    expect(await planned(rig, { path, base: 'f'.repeat(40) })).toMatchObject({ cause: 'base-gone' });
    await rig.git('branch', 'bridge');
    expect(await planned(rig, { path })).toMatchObject({ cause: 'branch-in-the-way', detail: 'bridge' });
    await rig.git('branch', '-m', 'bridge', `${BRANCH}/deeper`);
    expect(await planned(rig, { path })).toMatchObject({
      cause: 'branch-in-the-way',
      detail: `${BRANCH}/deeper`,
    });
    await rig.git('branch', '-m', `${BRANCH}/deeper`, BRANCH);
    await rig.commit('moved on');
    expect(await planned(rig, { path })).toMatchObject({ cause: 'branch-exists', detail: BRANCH });
    expect(await planned(rig, { path, base })).toMatchObject({ kind: 'added' });
    expect(await planned(rig, { path, reason: 'another' })).toMatchObject({ cause: 'path-exists' });
  });

  test('a work tree whose folder is lost or leads elsewhere is refused', async () => {
    const rig = await gitRig();
    await planned(rig);
    await rm(join(rig.worktree, '.git'));
    await rig.gitAt(rig.worktree, 'init', '--quiet');
    expect(await planned(rig)).toMatchObject({ cause: 'folder-lost' });
    await rm(rig.worktree, { recursive: true });
    expect(await planned(rig)).toMatchObject({ cause: 'folder-lost' });
  });

  test('files of Git LFS are refused where it is not installed', async () => {
    const rig = await gitRig();
    await rig.put('.gitattributes', '*.bin filter=lfs -text\n');
    await rig.commit('lfs');
    expect(await planned(rig, {})).toMatchObject({ cause: 'lfs-unavailable' });
    expect(await rig.git('for-each-ref', 'refs/heads/bridge')).toBe('');
  });

  test('sparse, bare and SHA-256 repositories and a configuration of its own for each work tree are kept', async () => {
    const rig = await gitRig(['--object-format=sha256']);
    await rig.git('config', 'extensions.worktreeConfig', 'true');
    await rig.git('sparse-checkout', 'set', 'src');
    expect(await planned(rig)).toMatchObject({ kind: 'added' });
    expect(await rig.gitAt(rig.worktree, 'ls-files', '-t')).toContain('H src/b.txt');
    const bare = join(rig.root, 'bare');
    await rig.git('clone', '--quiet', '--bare', rig.repo, bare);
    const repository = await rig.inspect(bare);
    const path = join(rig.root, 'of-bare');
    const plan = { path, branch: BRANCH, base: repository.headOid ?? '', reason: REASON };
    expect(await addWorktree(repository, plan, rig.env)).toMatchObject({ kind: 'added' });
  });
});
