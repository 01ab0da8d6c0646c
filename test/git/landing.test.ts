import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitTree } from '../../src/git/commit-tree.ts';
import { type LandingAction, land } from '../../src/git/landing.ts';
import { baseState, tryMerge } from '../../src/git/merge.ts';
import { BRANCH, digests, type GitRig, gitRig } from './rig.ts';

const REF = 'refs/bridge/7f/1';

/** Submitted work: a changed, a new and a removed file. */
async function submitted(
  prepare: (rig: Awaited<ReturnType<typeof gitRig>>) => Promise<unknown> = async () => {},
) {
  const rig = await gitRig();
  await prepare(rig);
  const { repository, base } = await rig.begin();
  await rig.edit('a.txt', 'changed\n');
  await rig.edit('new/c.txt', 'new\n');
  await rm(join(rig.worktree, 'src', 'b.txt'));
  const { commit, tree } = await rig.submit();
  const { measureDir, env } = rig;
  const landAs = (action: LandingAction, plan = {}) =>
    land(repository, { measureDir, commit, tree, ref: REF, action, ...plan }, env);
  const merge = (plan = {}) => landAs({ kind: 'merge', branch: 'main' }, plan);
  /** Everything of the checkout that a person has. */
  const checkout = async () => ({
    status: await rig.git('status', '--porcelain', '--branch'),
    main: await rig.git('for-each-ref', 'refs/heads/main', 'refs/stash'),
    files: await digests(rig.repo, ['a.txt', 'src', 'new', 'mine.txt']),
  });
  return { ...rig, commitAll: rig.commit, repository, base, commit, tree, landAs, merge, checkout };
}

/** From now on git, called to move `main`, finds that the person's git was there right before it, with these words. */
async function duringLanding({ root, repo, env }: Pick<GitRig, 'root' | 'repo' | 'env'>, words: string) {
  const path = env.PATH ?? '';
  const shim = join(root, 'shim');
  const script = [
    '#!/bin/sh',
    `PATH='${path}'`,
    `case "$*" in *" merge "*|*:refs/heads/main*) git -C '${repo}' ${words};; esac`,
    'exec git "$@"',
  ];
  await mkdir(shim);
  await writeFile(join(shim, 'git'), `${script.join('\n')}\n`, { mode: 0o755 });
  Object.assign(env, { PATH: `${shim}:${path}` });
}

describe('the base', () => {
  test('a base is the same, ahead, diverged or gone', async () => {
    const { repository, env, base, git, commit } = await submitted(({ commit: add }) => add('second'));
    const state = () => baseState(repository, { branch: 'main', oid: base }, env);
    expect(await state()).toEqual({ state: 'same', oid: base });
    await git('commit', '--quiet', '--allow-empty', '-m', 'third');
    expect(await state()).toEqual({ state: 'ahead', oid: await git('rev-parse', 'main') });
    await git('reset', '--quiet', '--hard', 'HEAD~2');
    expect(await state()).toEqual({ state: 'diverged', oid: await git('rev-parse', 'main') });
    await git('branch', '--quiet', '-m', 'main', 'trunk');
    expect(await state()).toEqual({ state: 'gone', oid: null });
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test('work is merged with a base that moved, and a conflict names its files', async () => {
    const { measureDir, env, put, commitAll, base, commit } = await submitted();
    const attempt = (on: string) => tryMerge(measureDir, { base: on, work: commit, began: base }, env);
    expect(await attempt(base)).toEqual({ kind: 'fast-forward' });
    await put('other.txt', 'other\n');
    expect(await attempt(await commitAll('other'))).toMatchObject({ kind: 'clean' });
    await put('a.txt', 'theirs\n');
    await put('src/b.txt', 'kept\n');
    const names = [{ path: 'a.txt' }, { path: 'src/b.txt' }];
    expect(await attempt(await commitAll('theirs'))).toEqual({ kind: 'conflict', names });
    expect(await attempt('f'.repeat(40))).toMatchObject({ kind: 'failed' });
  });

  test('work brings nothing back that the branch it began from has lost, and is there when its changes are', async () => {
    const { measureDir, env, put, git, gitAt, commitAll, base, commit } = await submitted(async (rig) => {
      await rig.put('lost.txt', 'lost\n');
      await rig.commit('second');
    });
    const attempt = (on: string) => tryMerge(measureDir, { base: on, work: commit, began: base }, env);
    await git('reset', '--quiet', '--hard', 'HEAD~1');
    const back = await git('rev-parse', 'main');
    const merged = await attempt(back);
    const tree = merged.kind === 'clean' ? merged.tree : '';
    expect(merged).toMatchObject({ kind: 'clean', parents: [back] });
    const names = await gitAt(measureDir, 'ls-tree', '-r', '--name-only', tree);
    expect(names.split('\n')).toEqual(['a.txt', 'new/c.txt']);
    await put('a.txt', 'changed\n');
    await put('new/c.txt', 'new\n');
    await git('rm', '--quiet', 'src/b.txt');
    expect(await attempt(await commitAll('the same by hand'))).toEqual({ kind: 'there', tree });
    await put('a.txt', 'theirs\n');
    expect(await attempt(await commitAll('theirs'))).toMatchObject({
      kind: 'conflict',
      names: [{ path: 'a.txt' }],
    });
  });
});

describe('landing on the base', () => {
  test('a checkout of the base follows with its files, and a second landing finds it done', async () => {
    const { repo, git, base, commit, tree, merge } = await submitted();
    expect(await merge()).toEqual({
      kind: 'landed',
      target: 'refs/heads/main',
      from: base,
      to: commit,
      wasThere: false,
      checkout: repo,
    });
    expect(await git('status', '--porcelain', '--branch')).toBe('## main');
    expect(await git('rev-parse', 'main^{tree}', REF)).toBe(`${tree}\n${commit}`);
    expect(await readFile(join(repo, 'new', 'c.txt'), 'utf8')).toBe('new\n');
    expect(existsSync(join(repo, 'src', 'b.txt'))).toBe(false);
    await git('commit', '--quiet', '--allow-empty', '-m', 'moved on');
    expect(await merge()).toMatchObject({ kind: 'landed', to: commit, wasThere: true });
  });

  test('a base that is checked out nowhere moves alone', async () => {
    const { git, base, commit, merge } = await submitted(({ git: run }) => run('branch', 'topic'));
    await git('checkout', '--quiet', 'topic');
    expect(await merge()).toMatchObject({ kind: 'landed', from: base, to: commit, checkout: null });
    expect(await git('rev-parse', 'main')).toBe(commit);
    expect(await git('status', '--porcelain', '--branch')).toBe('## topic');
  });

  test('a base that is checked out in another work tree follows there', async () => {
    const { root, git, gitAt, commit, merge } = await submitted();
    await git('checkout', '--quiet', '--detach');
    const other = join(root, 'other');
    await git('worktree', 'add', '--quiet', other, 'main');
    expect(await merge()).toMatchObject({ kind: 'landed', to: commit, checkout: other });
    expect(await gitAt(other, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(await git('status', '--porcelain')).toBe('');
  });

  test('a base that moved lands as a merge commit that was made for it', async () => {
    const rig = await submitted();
    await rig.put('other.txt', 'other\n');
    const now = await rig.commitAll('other');
    expect(await rig.merge()).toMatchObject({ cause: 'base-moved', detail: now });
    const sides = { base: now, work: rig.commit, began: rig.base };
    const merged = await tryMerge(rig.measureDir, sides, rig.env);
    const tree = merged.kind === 'clean' ? merged.tree : '';
    const plan = { tree, parents: [now, rig.commit], message: 'Merge', trailers: [], date: new Date(0) };
    const commit = await commitTree(rig.measureDir, plan, rig.env);
    expect(await rig.merge({ commit, tree, ref: 'refs/bridge/7f/1-merged' })).toMatchObject({
      kind: 'landed',
      from: now,
    });
    expect(await rig.git('log', '--first-parent', '--format=%s', '-2')).toBe('Merge\nother');
  });

  test.for([
    ['a change in a file the work touches', 'base-dirty', 'a.txt', ({ put }) => put('a.txt', 'mine\n')],
    ['a change elsewhere', 'base-dirty', 'mine.txt', ({ put }) => put('mine.txt', 'mine\n')],
    [
      'a staged change',
      'base-dirty',
      'a.txt',
      async ({ put, git }) => {
        await put('a.txt', 'mine\n');
        await git('add', 'a.txt');
      },
    ],
    [
      'an untracked file in the way',
      'untracked-in-the-way',
      'new/c.txt',
      ({ put }) => put('new/c.txt', 'mine\n'),
    ],
    [
      'an ignored file in the way',
      'untracked-in-the-way',
      'new/c.txt',
      async ({ put, repo }) => {
        await appendFile(join(repo, '.git', 'info', 'exclude'), 'new/\n');
        await put('new/c.txt', 'mine\n');
      },
    ],
  ] as const satisfies readonly (readonly [
    string,
    string,
    string,
    Step,
  ])[])('%s refuses the landing and stays as it is', async ([, cause, path, step]) => {
    const rig = await submitted(async ({ put, commit }) => {
      await put('mine.txt', 'one\n');
      await commit('mine');
    });
    await (step as Step)(rig);
    const before = await rig.checkout();
    expect(await rig.merge()).toMatchObject({ kind: 'refused', cause, names: [{ path }] });
    expect(await rig.checkout()).toEqual(before);
  });

  test('a rebase, a merge, a bisection and a lock of the index refuse the landing', async () => {
    const rig = await submitted(async ({ put, commit, git }) => {
      await git('checkout', '--quiet', '-b', 'topic');
      await put('mine.txt', 'topic\n');
      await commit('topic');
      await git('checkout', '--quiet', 'main');
      await put('mine.txt', 'main\n');
      await commit('main');
    });
    const { git, merge } = rig;
    const refusal = async (cause: string, detail: unknown) => {
      const before = await rig.checkout();
      expect(await merge()).toMatchObject({ kind: 'refused', cause, detail });
      expect(await rig.checkout()).toEqual(before);
    };
    await git('rebase', 'topic').catch(() => '');
    await refusal('operation-in-progress', expect.stringContaining('refs/heads/main'));
    await git('rebase', '--abort');
    await git('merge', 'topic').catch(() => '');
    await refusal('operation-in-progress', 'merge');
    await git('merge', '--abort');
    await git('bisect', 'start', 'HEAD', 'HEAD~1');
    await refusal('operation-in-progress', expect.anything());
    await git('bisect', 'reset');
    const lock = join(rig.repo, '.git', 'index.lock');
    await writeFile(lock, '');
    await refusal('index-locked', lock);
    await rm(lock);
    expect(await merge()).toMatchObject({ kind: 'landed' });
  });

  test.for([
    ['a commit to a base that is checked out', 'main', 'commit --quiet --allow-empty -m mine', 'base-moved'],
    [
      'a commit to a base that nobody has checked out',
      'mine',
      'update-ref refs/heads/main mine',
      'base-moved',
    ],
    ['a change in the checkout', 'main', 'update-index --chmod=+x a.txt', 'base-dirty'],
  ] as const)('%s, made as git lands there, is the cause that is told', async ([, branch, words, cause]) => {
    const rig = await submitted(async ({ git }) => {
      await git('checkout', '--quiet', '-B', branch);
    });
    if (branch !== 'main') await rig.git('commit', '--quiet', '--allow-empty', '-m', 'mine');
    await duringLanding(rig, words);
    expect(await rig.merge()).toMatchObject({ kind: 'refused', cause });
    expect(await rig.git('rev-parse', 'main')).not.toBe(rig.commit);
  });

  test('a base that is gone, a commit with another tree and a ref that is taken refuse the landing', async () => {
    const { git, merge, landAs, base, commit } = await submitted();
    expect(await merge({ tree: 'f'.repeat(40) })).toMatchObject({ cause: 'other-commit' });
    expect(await merge({ commit: 'f'.repeat(40), ref: 'refs/bridge/7f/2' })).toMatchObject({
      cause: 'other-commit',
    });
    expect(await merge({ commit: base })).toMatchObject({ cause: 'ref-taken', detail: commit });
    expect(await landAs({ kind: 'merge', branch: 'gone' })).toMatchObject({ cause: 'base-gone' });
    expect(await git('rev-parse', 'main')).toBe(base);
  });

  test('a commit that moves a submodule is not merged', async () => {
    const rig = await gitRig();
    const { repository, base } = await rig.begin();
    const nested = join(rig.worktree, 'nested');
    await mkdir(nested);
    await rig.gitAt(nested, 'init', '--quiet');
    await rig.gitAt(
      nested,
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
    const { commit, tree } = await rig.submit();
    const action = { kind: 'merge', branch: 'main' } as const;
    const plan = { measureDir: rig.measureDir, commit, tree, ref: REF, action };
    expect(await land(repository, plan, rig.env)).toMatchObject({
      cause: 'submodule-moved',
      names: [{ path: 'nested' }],
    });
    expect(await rig.git('rev-parse', 'main')).toBe(base);
  });

  test.for(['sha256', 'sha1'])('a shallow repository with %s takes a landing', async (format) => {
    const rig = await gitRig([`--object-format=${format}`]);
    await writeFile(join(rig.repo, '.git', 'shallow'), `${await rig.commit('second')}\n`);
    const { repository, base } = await rig.begin();
    expect(await rig.git('rev-parse', '--is-shallow-repository')).toBe('true');
    await rig.edit('a.txt', 'changed\n');
    const { commit, tree } = await rig.submit();
    const action = { kind: 'merge', branch: 'main' } as const;
    const plan = { measureDir: rig.measureDir, commit, tree, ref: REF, action };
    expect(await land(repository, plan, rig.env)).toMatchObject({ kind: 'landed', from: base });
    expect(await rig.git('log', '--format=%s')).toBe('Fix it\nsecond');
  });
});

describe('landing on a branch of its own', () => {
  const branch = { kind: 'branch', branch: BRANCH } as const;

  test('the branch of the work tree moves to the commit, and git shows nothing left to commit there', async () => {
    const { worktree, gitAt, git, base, commit, landAs } = await submitted();
    const action = { ...branch, worktree };
    expect(await landAs(action)).toEqual({
      kind: 'landed',
      target: `refs/heads/${BRANCH}`,
      from: base,
      to: commit,
      wasThere: false,
      checkout: null,
    });
    expect(await gitAt(worktree, 'status', '--porcelain', '--branch')).toBe(`## ${BRANCH}`);
    expect(await git('rev-parse', 'main')).toBe(base);
    expect(await landAs(action)).toMatchObject({ kind: 'landed', wasThere: true });
  });

  test('commits that were made on the branch are kept beside it', async () => {
    const { worktree, gitAt, git, commit, landAs } = await submitted();
    await gitAt(worktree, 'commit', '--quiet', '--allow-empty', '-m', 'own');
    const own = await gitAt(worktree, 'rev-parse', 'HEAD');
    expect(await landAs({ ...branch, worktree })).toMatchObject({ kind: 'landed', from: own, to: commit });
    expect(await git('rev-parse', `${REF}-before`)).toBe(own);
  });

  test('a branch that is gone is made, and one that a person has checked out is left', async () => {
    const { root, worktree, git, gitAt, landAs, commit } = await submitted();
    await gitAt(worktree, 'checkout', '--quiet', '--detach');
    const other = join(root, 'other');
    await git('worktree', 'add', '--quiet', other, BRANCH);
    expect(await landAs({ ...branch, worktree })).toMatchObject({ cause: 'checked-out', detail: other });
    await git('worktree', 'remove', other);
    await git('branch', '--quiet', '-D', BRANCH);
    expect(await landAs({ ...branch, worktree })).toMatchObject({ kind: 'landed', from: null, to: commit });
  });
});

describe('landing on a remote', () => {
  test('a commit is pushed to a branch of its own, once, and never over another', async () => {
    const { root, git, gitAt, landAs, commit, base } = await submitted();
    const remote = join(root, 'remote');
    await gitAt(root, 'init', '--quiet', '--bare', 'remote');
    await git('remote', 'add', 'origin', remote);
    const push = (plan = {}) =>
      landAs({ kind: 'push', remote: 'origin', branch: BRANCH, base: 'main', ...plan });
    const target = `refs/heads/${BRANCH}`;
    expect(await push()).toMatchObject({ kind: 'landed', target, from: null, to: commit, wasThere: false });
    expect(await gitAt(remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `${target} ${commit}`,
    );
    expect(await push()).toMatchObject({ kind: 'landed', from: commit, wasThere: true });
    expect(await push({ branch: 'main' })).toMatchObject({ cause: 'push-rejected' });
    expect(await push({ remote: 'nobody' })).toMatchObject({ cause: 'remote-unknown' });
    expect(await push({ remote: '--all' })).toMatchObject({ cause: 'remote-unknown' });
    await gitAt(remote, 'update-ref', target, base);
    await git('commit', '--quiet', '--allow-empty', '-m', 'theirs');
    await git('push', '--quiet', '--force', 'origin', `main:${BRANCH}`);
    expect(await push()).toMatchObject({ cause: 'push-rejected' });
    await rm(remote, { recursive: true });
    expect(await push()).toMatchObject({ cause: 'remote-unreachable' });
    expect(await git('rev-parse', 'main~1')).toBe(base);
  });
});

type Step = (rig: Awaited<ReturnType<typeof submitted>>) => Promise<unknown>;
