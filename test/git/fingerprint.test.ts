import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  compareFingerprints,
  digestOf,
  type Fingerprint,
  takeFingerprint,
} from '../../src/git/fingerprint.ts';
import { type GitRig, gitRig } from './rig.ts';

const NOTHING = { config: [], files: [], hooks: [], refs: [] };

/** What differs after each step from before it. */
async function watched(rig: GitRig) {
  const { repository } = await rig.begin();
  const take = () => takeFingerprint(repository, rig.worktree, rig.env);
  let before: Fingerprint = await take();
  return async (step: () => Promise<unknown>) => {
    await step();
    const after = await take();
    const changes = compareFingerprints(before, after);
    before = after;
    return changes;
  };
}

describe('fingerprint', () => {
  test('work in the tree and a look at the repository change nothing', async () => {
    const rig = await gitRig();
    const changesOf = await watched(rig);
    const changes = await changesOf(async () => {
      await rig.edit('a.txt', 'changed\n');
      await rig.gitAt(rig.worktree, 'add', '--all');
      await rig.git('status');
      await rig.git('config', 'user.name', 'Anna');
    });
    expect(changes).toEqual(NOTHING);
  });

  test('settings are named, also included ones and those of the work tree, without their values', async () => {
    const rig = await gitRig();
    const included = join(rig.root, 'included');
    await writeFile(included, '');
    await rig.git('config', 'include.path', included);
    await rig.git('config', 'extensions.worktreeConfig', 'true');
    const changesOf = await watched(rig);
    expect(await changesOf(() => rig.git('config', 'core.fsmonitor', './secret'))).toEqual({
      ...NOTHING,
      config: ['core.fsmonitor'],
    });
    expect(await changesOf(() => writeFile(included, '[core]\n\tsshCommand = ./secret\n'))).toMatchObject({
      config: ['core.sshcommand'],
    });
    expect(
      await changesOf(() => rig.gitAt(rig.worktree, 'config', '--worktree', 'core.pager', './secret')),
    ).toMatchObject({ config: ['worktree core.pager'] });
    expect(await changesOf(() => rig.git('config', '--unset', 'core.fsmonitor'))).toMatchObject({
      config: ['core.fsmonitor'],
    });
    const fingerprint = await takeFingerprint(await rig.inspect(), rig.worktree, rig.env);
    expect(JSON.stringify(fingerprint)).not.toContain('secret');
  });

  test('hooks, rules and the link of the work tree are named', async () => {
    const rig = await gitRig();
    const changesOf = await watched(rig);
    const gitDir = join(rig.repo, '.git');
    await mkdir(join(gitDir, 'hooks'), { recursive: true });
    expect(
      await changesOf(() => writeFile(join(gitDir, 'hooks', 'pre-push'), '#!/bin/sh\n', { mode: 0o755 })),
    ).toEqual({
      ...NOTHING,
      hooks: ['hooks/pre-push'],
    });
    expect(await changesOf(() => appendFile(join(gitDir, 'info', 'exclude'), '*.log\n'))).toEqual({
      ...NOTHING,
      files: ['info/exclude'],
    });
    expect(
      await changesOf(async () => {
        await rm(join(rig.worktree, '.git'));
        await rig.gitAt(rig.worktree, 'init', '--quiet');
      }),
    ).toMatchObject({ files: expect.arrayContaining(['worktree .git']) });
  });

  test('an empty file that tells git nothing changes nothing, and what is written into it does', async () => {
    const rig = await gitRig();
    const changesOf = await watched(rig);
    const file = join(rig.repo, '.git', 'objects', 'info', 'alternates');
    expect(await changesOf(() => writeFile(file, ''))).toEqual(NOTHING);
    const changes = await changesOf(() => writeFile(file, `${join(rig.root, 'elsewhere')}\n`));
    expect(changes.files).toEqual(['objects/info/alternates']);
  });

  test('refs are named with their commits before and after', async () => {
    const rig = await gitRig();
    const changesOf = await watched(rig);
    const first = await rig.git('rev-parse', 'HEAD');
    let second = '';
    expect(
      await changesOf(async () => {
        await rig.git('tag', 'v1');
        second = await rig.commit('second');
        await rig.git('checkout', '--quiet', '-b', 'topic');
      }),
    ).toEqual({
      ...NOTHING,
      refs: [
        { ref: 'HEAD', from: 'ref: refs/heads/main', to: 'ref: refs/heads/topic' },
        { ref: 'refs/heads/main', from: first, to: second },
        { ref: 'refs/heads/topic', from: null, to: second },
        { ref: 'refs/tags/v1', from: null, to: first },
      ],
    });
  });

  test('a digest is the same for the same names in any order, and another for others', () => {
    expect(digestOf({ a: '1', b: '2' })).toBe(digestOf({ b: '2', a: '1' }));
    expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: '2' }));
  });
});
