import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectRepository } from '../../src/git/repository.ts';
import { isRoot, onLinux } from '../platform.ts';
import { gitRig } from './rig.ts';

describe('inspectRepository', () => {
  test('a checkout is described from a folder below its top', async () => {
    const { repo, git, inspect } = await gitRig();
    const head = await git('rev-parse', 'HEAD');
    expect(await inspect(join(repo, 'src'))).toEqual({
      kind: 'repository',
      topLevel: repo,
      gitDir: join(repo, '.git'),
      commonDir: join(repo, '.git'),
      prefix: 'src/',
      headBranch: 'main',
      headOid: head,
      bare: false,
      objectFormat: 'sha1',
    });
  });

  test('a repository without a commit has a branch and no commit', async () => {
    const { root, gitAt, inspect } = await gitRig();
    await mkdir(join(root, 'new'));
    await gitAt(join(root, 'new'), 'init', '--quiet', '-b', 'trunk');
    expect(await inspect(join(root, 'new'))).toMatchObject({
      headBranch: 'trunk',
      headOid: null,
      prefix: '',
    });
  });

  test('a detached, a bare and a SHA-256 repository are told apart', async () => {
    const { root, repo, git, gitAt, commit, inspect } = await gitRig(['--object-format=sha256']);
    const second = await commit('second');
    await git('checkout', '--quiet', '--detach');
    expect(await inspect()).toMatchObject({ headBranch: null, headOid: second, objectFormat: 'sha256' });
    await gitAt(root, 'clone', '--quiet', '--bare', repo, 'bare');
    const bare = join(root, 'bare');
    expect(await inspect(bare)).toMatchObject({ topLevel: bare, commonDir: bare, bare: true, prefix: '' });
  });

  test("a person's own work tree leads to the repository it belongs to", async () => {
    const { root, repo, git, inspect } = await gitRig();
    const other = join(root, 'other');
    await git('worktree', 'add', '--quiet', '-b', 'topic', other);
    expect(await inspect(other)).toMatchObject({
      topLevel: other,
      gitDir: join(repo, '.git', 'worktrees', 'other'),
      commonDir: join(repo, '.git'),
      headBranch: 'topic',
    });
  });

  test('a folder without a repository has none, with git and without', async () => {
    const { root, env } = await gitRig();
    expect(await inspectRepository(root, env)).toEqual({ kind: 'none' });
    expect(await inspectRepository(root, { PATH: '/nowhere' })).toEqual({ kind: 'none' });
  });

  test('a repository is refused where git is not installed', async () => {
    const { repo } = await gitRig();
    expect(await inspectRepository(repo, { PATH: '/nowhere' })).toEqual({
      kind: 'refused',
      cause: 'no-git',
      detail: '',
    });
  });

  test.skipIf(!isRoot || !onLinux)('a repository of another user is refused (needs root)', async () => {
    const { repo, env, root } = await gitRig();
    const { chown } = await import('node:fs/promises');
    await chown(repo, 65534, 65534);
    await chown(join(repo, '.git'), 65534, 65534);
    expect(await inspectRepository(repo, env)).toMatchObject({ kind: 'refused', cause: 'foreign-owner' });
    await writeFile(join(root, 'home', '.gitconfig'), `[safe]\n\tdirectory = ${repo}\n`);
    expect(await inspectRepository(repo, env)).toMatchObject({ kind: 'repository' });
  });

  test('variables of git in the environment do not lead to another repository', async () => {
    const { root, repo, env, gitAt } = await gitRig();
    await mkdir(join(root, 'other'));
    await gitAt(join(root, 'other'), 'init', '--quiet');
    const misled = {
      ...env,
      GIT_DIR: join(root, 'other', '.git'),
      GIT_WORK_TREE: root,
      GIT_INDEX_FILE: '/nowhere',
    };
    expect(await inspectRepository(repo, misled)).toMatchObject({ topLevel: repo, headBranch: 'main' });
  });
});
