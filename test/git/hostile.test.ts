/** A repository whose configuration and hooks were made to take over whoever calls git in it. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteBranch } from '../../src/git/delete-branch.ts';
import { takeFingerprint } from '../../src/git/fingerprint.ts';
import { land } from '../../src/git/landing.ts';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { baseState } from '../../src/git/merge.ts';
import { writePatch } from '../../src/git/patch.ts';
import { removeWorktree } from '../../src/git/remove-worktree.ts';
import { diffTrees } from '../../src/git/tree-diff.ts';
import { addWorktree } from '../../src/git/worktree.ts';
import { onWindows } from '../platform.ts';
import { BRANCH, type GitRig, gitRig, REASON } from './rig.ts';

const HOOKS = [
  ...[
    'applypatch-msg',
    'commit-msg',
    'fsmonitor-watchman',
    'post-applypatch',
    'post-checkout',
    'post-commit',
  ],
  ...['post-index-change', 'post-merge', 'post-rewrite', 'pre-auto-gc', 'pre-commit', 'pre-merge-commit'],
  ...['pre-push', 'pre-rebase', 'prepare-commit-msg', 'reference-transaction', 'sendemail-validate'],
];

/** Every trick that we know of, each with a mark of its own. */
async function plant(rig: GitRig): Promise<void> {
  const { git, repo, root } = rig;
  await mkdir(join(repo, '.git', 'hooks'), { recursive: true });
  for (const hook of HOOKS) {
    const file = join(repo, '.git', 'hooks', hook);
    await writeFile(file, `#!/bin/sh\nexec '${await rig.program(`hook-${hook}`)}' </dev/null\n`);
    await chmod(file, 0o755);
  }
  const programs = {
    'core.fsmonitor': 'fsmonitor',
    'core.sshCommand': 'sshCommand',
    'core.pager': 'pager',
    'core.editor': 'editor',
    'core.askPass': 'askPass',
    'core.gitProxy': 'gitProxy',
    'core.alternateRefsCommand': 'alternateRefs',
    'credential.helper': 'credentialHelper',
    'gpg.program': 'gpg',
    'diff.external': 'diffExternal',
    'diff.evil.command': 'diffCommand',
    'diff.evil.textconv': 'textconv',
    'filter.evil.clean': 'clean',
    'filter.evil.smudge': 'smudge',
    'merge.evil.driver': 'mergeDriver',
    'merge.default': 'mergeDefault',
    'remote.origin.receivepack': 'receivePack',
    'remote.origin.uploadpack': 'uploadPack',
    [`remote.${rig.measureDir}.uploadpack`]: 'uploadPackOfPath',
    'remote...uploadpack': 'uploadPackOfDot',
    'uploadpack.packObjectsHook': 'packObjects',
    'trailer.round.command': 'trailer',
    'hook.evil.command': 'configuredHook',
  };
  for (const [key, name] of Object.entries(programs)) await git('config', key, await rig.program(name));
  const settings = {
    'filter.evil.required': 'true',
    'hook.evil.event': 'pre-push',
    'commit.gpgSign': 'true',
    'push.gpgSign': 'if-asked',
    'merge.verifySignatures': 'true',
    'merge.autoStash': 'true',
    'merge.ff': 'false',
    'submodule.recurse': 'true',
    'push.recurseSubmodules': 'on-demand',
    'push.followTags': 'true',
    'fetch.prune': 'true',
    'core.untrackedCache': 'true',
    'protocol.ext.allow': 'always',
    'gc.auto': '1',
    'gc.autoDetach': 'false',
    'status.submoduleSummary': 'true',
    'log.showSignature': 'true',
    'alias.merge': `!${await rig.program('alias')}`,
    'alias.lfs': `!${await rig.program('aliasLfs')}`,
    [`url.ext::${await rig.program('insteadOf')} %S .insteadOf`]: 'ext-evil:',
  };
  for (const [key, value] of Object.entries(settings)) await git('config', key, value);
  await writeFile(join(repo, '.git', 'info', 'attributes'), '* filter=evil diff=evil merge=evil\n');
  await writeFile(join(root, 'home', '.gitconfig'), '');
}

describe.skipIf(onWindows)('a hostile repository (needs #! scripts)', () => {
  test('no call of git starts a program that the repository names', async () => {
    const rig = await gitRig();
    const { repo, git, gitAt, env, measureDir, worktree } = rig;
    await gitAt(rig.root, 'init', '--quiet', '--bare', 'remote');
    await git('remote', 'add', 'origin', join(rig.root, 'remote'));
    await git('branch', 'other');
    const base = await git('rev-parse', 'HEAD');
    await plant(rig);

    const repository = await rig.inspect();
    const plan = { path: worktree, branch: BRANCH, base, reason: REASON };
    const added = await addWorktree(repository, plan, env);
    expect(added).toMatchObject({ kind: 'added', filtersOff: ['evil'] });
    const freshGitDir = added.kind === 'added' ? added.gitDir : null;
    const made = await createMeasureDir({ measureDir, folder: worktree, repository, freshGitDir }, env);
    expect(made).toEqual({ kind: 'made' });
    await rig.edit('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    await rig.edit('a.txt', 'changed\n');
    const { commit, tree } = await rig.submit({ parents: [base] });
    expect(await diffTrees(measureDir, { from: base, to: tree }, env)).toMatchObject({ insertions: 2 });
    const file = join(rig.root, 'patch');
    expect(await writePatch(measureDir, { from: base, to: tree, file, maxBytes: 1_000 }, env)).toMatchObject({
      kind: 'written',
    });
    const fingerprint = await takeFingerprint(repository, worktree, env);
    expect(Object.keys(fingerprint.hooks)).toHaveLength(HOOKS.length);
    expect(await baseState(repository, { branch: 'main', oid: base }, env)).toMatchObject({ state: 'same' });

    const common = { measureDir, commit, tree, ref: 'refs/bridge/7f/1' };
    const landAs = (action: Parameters<typeof land>[1]['action']) =>
      land(repository, { ...common, action }, env);
    expect(await landAs({ kind: 'merge', branch: 'other' })).toMatchObject({
      kind: 'landed',
      checkout: null,
    });
    // The files of the checkout would be written without their filter.
    expect(await landAs({ kind: 'merge', branch: 'main' })).toMatchObject({ cause: 'filtered' });
    expect(await landAs({ kind: 'push', remote: 'origin', branch: BRANCH, base: 'main' })).toMatchObject({
      kind: 'landed',
    });
    expect(await landAs({ kind: 'branch', branch: BRANCH, worktree })).toMatchObject({ kind: 'landed' });
    const removal = { path: worktree, reason: REASON, measureDir, base, commit };
    expect(await removeWorktree(repository, removal, env)).toEqual({ kind: 'removed', ignored: [] });
    expect(await deleteBranch(repository, BRANCH, env)).toEqual({ kind: 'deleted' });
    expect(await rig.marked()).toEqual([]);

    expect(await readFile(join(repo, 'a.txt'), 'utf8')).toBe('one\n');
    // The tricks do work.
    await git('status').catch(() => '');
    await git('branch', 'trick').catch(() => '');
    expect(await rig.marked()).toEqual(expect.arrayContaining(['fsmonitor', 'hook-reference-transaction']));
  });

  test('a fast-forward of a checkout starts no program either', async () => {
    const rig = await gitRig();
    const { repository } = await rig.begin();
    await rig.edit('a.txt', 'changed\n');
    const { commit, tree } = await rig.submit();
    await plant(rig);
    await writeFile(join(rig.repo, '.git', 'info', 'attributes'), '* diff=evil merge=evil\n');
    const plan = { measureDir: rig.measureDir, commit, tree, ref: 'refs/bridge/7f/1' };
    const action = { kind: 'merge', branch: 'main' } as const;
    expect(await land(repository, { ...plan, action }, rig.env)).toMatchObject({
      kind: 'landed',
      checkout: rig.repo,
    });
    expect(await rig.marked()).toEqual([]);
    expect(await readFile(join(rig.repo, 'a.txt'), 'utf8')).toBe('changed\n');
  });

  test("a filter that the person's own configuration names is used", async () => {
    const rig = await gitRig();
    await writeFile(
      join(rig.root, 'home', '.gitconfig'),
      '[filter "case"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n\trequired = true\n',
    );
    await rig.put('.gitattributes', '*.up filter=case\n');
    await rig.put('x.up', 'text\n');
    await rig.commit('filtered');
    // The repository cannot replace it.
    await rig.git('config', 'filter.case.smudge', await rig.program('smudge'));
    const { base } = await rig.begin();
    expect(await readFile(join(rig.worktree, 'x.up'), 'utf8')).toBe('text\n');
    await rig.edit('x.up', 'other\n');
    const { tree } = await rig.measure();
    expect(await rig.gitAt(rig.measureDir, 'show', `${tree}:x.up`)).toBe('OTHER');
    expect(await rig.git('show', `${base}:x.up`)).toBe('TEXT');
    expect(await rig.marked()).toEqual([]);
  });
});
