import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/environment.ts';
import { keepCommit } from '../../src/git/keep-commit.ts';
import { newestRound, takeBackRounds } from '../../src/git/measure-base.ts';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { measureTree } from '../../src/git/measure-tree.ts';
import { findExecutable } from '../../src/machine/executable.ts';
import { isRoot, onLinux, onWindows } from '../platform.ts';
import { type GitRig, gitRig } from './rig.ts';

describe('measureTree', () => {
  test('a measured tree is the tree that git itself would commit', async () => {
    const rig = await gitRig();
    await rig.put('gone.txt', 'gone\n');
    await rig.put('.gitignore', 'dist/\n');
    await rig.commit('more');
    await rig.begin();
    await rig.edit('a.txt', 'changed\n');
    await rig.edit('new/c.txt', 'three\n');
    await rig.edit('dist/out.js', 'ignored');
    await rm(join(rig.worktree, 'gone.txt'));
    const { tree, problems, gitlinks } = await rig.measure();
    expect({ problems, gitlinks }).toEqual({ problems: [], gitlinks: [] });
    await rig.gitAt(rig.worktree, 'add', '--all');
    expect(await rig.gitAt(rig.worktree, 'write-tree')).toBe(tree);
    expect(await rig.measure()).toMatchObject({ tree });
  });

  test('measuring writes nothing into the repository', async () => {
    const rig = await gitRig();
    await rig.begin();
    const before = await rig.untouched();
    const objects = await rig.git('count-objects');
    await rig.edit('a.txt', 'changed\n');
    await rig.submit();
    expect(await rig.untouched()).toEqual(before);
    expect(await rig.git('count-objects')).toBe(objects);
    expect(await rig.gitAt(rig.worktree, 'status', '--porcelain')).toBe(' M a.txt');
  });

  test('what the repository is told to hide is measured', async () => {
    const rig = await gitRig();
    await rig.put('skipped.txt', 'one\n');
    await rig.commit('more');
    const { gitDir } = await rig.begin();
    const plain = (await rig.measure()).tree;
    for (const [name, hide] of [
      ['a.txt', () => rig.gitAt(rig.worktree, 'update-index', '--assume-unchanged', 'a.txt')],
      ['skipped.txt', () => rig.gitAt(rig.worktree, 'update-index', '--skip-worktree', 'skipped.txt')],
      ['excluded.txt', () => appendFile(join(rig.repo, '.git', 'info', 'exclude'), 'excluded.txt\n')],
      ['global.txt', () => rig.git('config', '--global', 'core.excludesFile', join(rig.root, 'mine'))],
      ['untracked.txt', () => rig.git('config', 'core.untrackedCache', 'true')],
    ] as const) {
      await hide();
      await writeFile(join(rig.root, 'mine'), 'global.txt\n');
      await rig.edit(name, 'two\n');
      const { tree } = await rig.measure();
      expect([name, tree]).not.toEqual([name, plain]);
      await rm(join(rig.worktree, name));
      if (name === 'a.txt' || name === 'skipped.txt') await rig.edit(name, 'one\n');
      expect([name, (await rig.measure()).tree]).toEqual([name, plain]);
    }
    await rig.edit('a.txt', 'two\n');
    await rm(join(rig.worktree, '.git'));
    await rig.gitAt(rig.worktree, 'init', '--quiet');
    await rm(join(gitDir, 'index'));
    expect((await rig.measure()).tree).not.toBe(plain);
  });

  test("the person's own ignore rules, as they were at the beginning, count", async () => {
    const rig = await gitRig();
    await writeFile(join(rig.root, 'mine'), '*.swp\n');
    await rig.git('config', '--global', 'core.excludesFile', join(rig.root, 'mine'));
    await appendFile(join(rig.repo, '.git', 'info', 'exclude'), '/local/\n');
    await rig.begin();
    const { tree } = await rig.measure();
    await rig.edit('a.swp', '');
    await rig.edit('local/b', '');
    expect(await rig.measure()).toMatchObject({ tree });
  });

  test('files with CRLF keep their line ends as the repository has it', async () => {
    const rig = await gitRig();
    await rig.git('config', 'core.autocrlf', 'true');
    await rig.put('dos.txt', 'one\r\ntwo\r\n');
    await rig.commit('dos');
    const { base } = await rig.begin();
    await rig.edit('dos.txt', 'one\r\n2\r\n');
    const { tree } = await rig.measure();
    expect(await rig.gitAt(rig.measureDir, 'diff', '--numstat', base, tree)).toBe('1\t1\tdos.txt');
  });

  test.skipIf(onWindows)(
    'nested repositories, submodules, pipes and sockets are named (needs mkfifo)',
    async () => {
      const rig = await gitRig();
      await rig.begin();
      for (const name of ['with commit', 'without']) {
        await mkdir(join(rig.worktree, name));
        await rig.gitAt(join(rig.worktree, name), 'init', '--quiet');
        await rig.edit(`${name}/hidden.txt`, 'hidden\n');
      }
      await rig.gitAt(join(rig.worktree, 'with commit'), 'add', '.');
      const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
      await rig.gitAt(join(rig.worktree, 'with commit'), ...author, 'commit', '--quiet', '-m', 'x');
      execFileSync('mkfifo', [join(rig.worktree, 'src', 'pipe')]);
      await rig.edit('a.txt', 'changed\n');
      const { problems, gitlinks, tree } = await rig.measure();
      expect(problems).toEqual([
        { kind: 'special-file', name: { path: 'src/pipe' } },
        { kind: 'nested-repository', name: { path: 'without' } },
      ]);
      expect(gitlinks).toEqual([{ path: 'with commit' }]);
      expect(await rig.gitAt(rig.measureDir, 'show', `${tree}:a.txt`)).toBe('changed');
    },
  );

  test.skipIf(onWindows)(
    'names that are no text and names that look like options are measured exactly',
    async () => {
      const rig = await gitRig();
      const { base } = await rig.begin();
      const names = [
        '-x',
        '--all',
        'two\nlines',
        'tab\there',
        '"quoted"',
        ':(top)x',
        'Case',
        'case',
        'ü',
        'a'.repeat(255),
      ];
      for (const name of names) await rig.edit(name, name);
      await writeFile(Buffer.concat([Buffer.from(`${rig.worktree}/latin`), Buffer.from([0xe9])]), 'latin');
      await rig.edit(`${`${'d'.repeat(200)}/`.repeat(17)}deep`, 'deep');
      await symlink('/etc/passwd', join(rig.worktree, 'out'));
      const { tree, problems } = await rig.measure();
      expect(problems).toEqual([]);
      const changed = await rig.gitAt(rig.measureDir, 'diff', '--name-only', base, tree);
      expect(changed.split('\n')).toHaveLength(names.length + 3);
    },
  );

  test.skipIf(!onLinux)(
    'a file and a folder that cannot be read are named (needs setpriv as root)',
    async () => {
      const rig = await gitRig();
      await rig.begin();
      await rig.edit('a.txt', 'changed\n');
      await rig.edit('new.txt', 'new\n');
      await rig.edit('closed/c.txt', 'closed\n');
      for (const name of ['a.txt', 'new.txt', 'closed']) await chmod(join(rig.worktree, name), 0);
      const env = isRoot ? await asNobody(rig) : rig.env;
      const measured = await measureTree(rig.measureDir, rig.worktree, env);
      await chmod(join(rig.worktree, 'closed'), 0o755);
      expect(measured).toMatchObject({
        problems: ['a.txt', 'closed', 'new.txt'].map((path) => ({ kind: 'unreadable', name: { path } })),
      });
    },
  );

  test('a file in a sparse work tree that stands outside of it is measured', async () => {
    const rig = await gitRig();
    await rig.put('docs/d.txt', 'docs\n');
    await rig.commit('docs');
    await rig.git('sparse-checkout', 'set', 'src');
    const { base } = await rig.begin();
    const untouched = await rig.measure();
    expect(await rig.git('rev-parse', `${base}^{tree}`)).toBe(untouched.tree);
    await rig.edit('docs/d.txt', 'changed\n');
    await rig.edit('docs/new.txt', 'new\n');
    const { tree } = await rig.measure();
    expect(await rig.gitAt(rig.measureDir, 'diff', '--name-only', base, tree)).toBe(
      'docs/d.txt\ndocs/new.txt',
    );
  });

  test('a measure dir whose last call was killed is used again', async () => {
    const rig = await gitRig();
    await rig.begin();
    const { tree } = await rig.measure();
    await writeFile(join(rig.measureDir, 'index.lock'), '');
    expect(await rig.measure()).toMatchObject({ tree });
    await writeFile(join(rig.measureDir, 'index'), 'no index');
    expect(await rig.measure()).toMatchObject({ tree });
  });

  test('the rounds that landed are known again in a measure dir that took the place of a lost one', async () => {
    const rig = await gitRig();
    const { repository } = await rig.begin();
    await rig.edit('a.txt', 'changed\n');
    const { commit } = await rig.submit();
    await keepCommit(rig.measureDir, 'refs/bridge/3f9a/2', commit, rig.env);
    await rig.git('fetch', '--quiet', rig.measureDir, 'refs/bridge/3f9a/2:refs/bridge/3f9a/2');
    await rig.git('update-ref', 'refs/bridge/77aa/3', 'HEAD');
    await rm(rig.measureDir, { recursive: true });
    const plan = { measureDir: rig.measureDir, folder: rig.worktree, repository, freshGitDir: null };
    expect(await createMeasureDir(plan, rig.env)).toEqual({ kind: 'made' });
    expect(await newestRound(rig.measureDir, '3f9a', rig.env)).toBeNull();
    for (const _ of ['once', 'again']) await takeBackRounds(rig.measureDir, repository, '3f9a', rig.env);
    expect(await newestRound(rig.measureDir, '3f9a', rig.env)).toBe(commit);
    expect(await newestRound(rig.measureDir, '77aa', rig.env)).toBeNull();
  });

  test('a folder without git is measured with rules of its own', async () => {
    const rig = await gitRig();
    const folder = join(rig.root, 'plain');
    await mkdir(folder);
    await writeFile(join(folder, '.gitignore'), 'dist\n');
    await writeFile(join(folder, 'dist'), '');
    const plan = { measureDir: rig.measureDir, folder, repository: null, freshGitDir: null };
    expect(await createMeasureDir(plan, rig.env)).toEqual({ kind: 'made' });
    expect(await createMeasureDir(plan, rig.env)).toEqual({ kind: 'made' });
    const measured = await measureTree(rig.measureDir, folder, rig.env);
    const tree = measured.kind === 'measured' ? measured.tree : '';
    expect(await rig.gitAt(rig.measureDir, 'ls-tree', '-r', '--name-only', tree)).toBe('.gitignore');
  });

  test('a folder that cannot be measured says why', async () => {
    const rig = await gitRig();
    await rig.begin();
    expect(await measureTree(rig.measureDir, rig.worktree, { PATH: '/nowhere' })).toMatchObject({
      cause: 'no-git',
    });
    expect(await measureTree(rig.measureDir, rig.worktree, rig.env, { timeoutMs: 1 })).toMatchObject({
      cause: 'late',
    });
    const signal = AbortSignal.abort();
    expect(await measureTree(rig.measureDir, rig.worktree, rig.env, { signal })).toMatchObject({
      cause: 'stopped',
    });
    await rm(rig.worktree, { recursive: true });
    await symlink(rig.repo, rig.worktree);
    expect(await measureTree(rig.measureDir, rig.worktree, rig.env)).toMatchObject({ cause: 'folder-gone' });
  });
});

/** Root may read everything: gives all to another user, who then runs git. */
async function asNobody({ root, env }: GitRig): Promise<Environment> {
  const git = findExecutable('git', env.PATH);
  await mkdir(join(root, 'bin'));
  const wrapper = `#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups '${git}' "$@"\n`;
  await writeFile(join(root, 'bin', 'git'), wrapper, { mode: 0o755 });
  execFileSync('chown', ['-R', '65534:65534', root]);
  return { ...env, PATH: `${join(root, 'bin')}:${env.PATH}` };
}

describe('commitTree', () => {
  test('a commit is by the person, has its trailers, and is the same the second time', async () => {
    const rig = await gitRig();
    await rig.begin();
    await rig.edit('a.txt', 'changed\n');
    const { commit, tree } = await rig.submit({
      message: 'Fix it\n\nAll of it.',
      trailers: [['Round', '2']],
    });
    expect(await rig.submit({ message: 'Fix it\n\nAll of it.', trailers: [['Round', '2']] })).toEqual({
      commit,
      tree,
    });
    expect(await rig.gitAt(rig.measureDir, 'log', '-1', '--format=%an <%ae> %at%n%B%n%P', commit)).toBe(
      `Anna <anna@example.com> 0\nFix it\n\nAll of it.\n\nRound: 2\n\n${await rig.git('rev-parse', 'main')}`,
    );
    expect(await rig.gitAt(rig.measureDir, 'log', '-1', '--format=%(trailers:key=Round)', commit)).toContain(
      'Round: 2',
    );
  });
});
