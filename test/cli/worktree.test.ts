/** Worktrees of real repositories on the command line: what keeps each, and that what it tells to do is enough. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { measureGit } from '../../src/git/measure-dir.ts';
import { runProgram } from '../../src/machine/program.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { onWindows } from '../platform.ts';
import { claimed } from '../supervisor/claimed.ts';
import { type Rig, test } from './rig.ts';

/** A project with a worktree, and the command line on its state folder. */
async function withWorktree(rig: Rig) {
  const one = await claimed();
  await one.make();
  const { id, git, measureDir } = one;
  const path = one.run.workspace;
  const call = (...args: string[]) =>
    rig.runWith({ env: { BRIDGE_HOME: one.rig.home, COLUMNS: '100' } }, 'worktree', ...args);
  const close = (status: 'complete' | 'cancelled') => {
    one.rig.tamper("UPDATE runs SET ended_at = created_at, outcome = 'submitted', outcome_data = '{}'");
    one.rig.tamper('UPDATE projects SET status = ?, run_id = NULL', status);
  };
  /** What is measured of the folder, kept as the supervisor keeps a round. */
  const measure = async () => {
    const measured = measureGit(measureDir, path, git.env);
    const ask = async (...words: string[]) => (await measured(words)).stdout.toString().trim();
    await ask('add', '--all');
    const commit = await ask(
      'commit-tree',
      await ask('write-tree'),
      '-p',
      (await one.base()) ?? '',
      '-m',
      'x',
    );
    await ask('update-ref', `refs/bridge/${id}/1`, commit);
    return commit;
  };
  const removal = async (...options: string[]) => {
    const { code, stdout } = await call('remove', id, '--json', ...options);
    const told = OUTPUTS['worktree remove'].parse(JSON.parse(stdout));
    expect(code).toBe(told.kept === null ? 0 : 1);
    return told;
  };
  /** Gives the command that the last sentence ends with. */
  const obey = async (next: string) => {
    const command = next.slice(next.indexOf(': ') + 2);
    const env = { ...git.env, GIT_EDITOR: 'echo kept >' };
    const done = await runProgram('sh', ['-c', command], { env, timeoutMs: 60_000 });
    expect(done, command).toMatchObject({ code: 0 });
  };
  const plain = (text: string) =>
    text
      .replaceAll(id, '<id>')
      .replaceAll(one.rig.home, '<state>')
      .replaceAll(/\b[0-9a-f]{8}\b/g, '<commit>')
      .replaceAll(/made \S+ ago|made just now/g, 'made <ago>');
  return { ...one, path, call, close, measure, removal, obey, plain };
}

test('a worktree of an open project is listed with what keeps it, and is not removed', async ({ rig }) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  const listed = await one.call('list');
  expect(one.plain(listed.stdout)).toMatchInlineSnapshot(`
    "<id>  Fix it
      in_progress · made <ago> · 0 MB
      <state>/worktrees/<id>
      branch bridge/<id>-fix-it · from main at <commit>
      stays: its project is in_progress
      It may go once the project is complete or cancelled: bridge-supervisor show <id>
    "
  `);
  expect(await one.call('remove', one.id)).toEqual({
    code: 1,
    stdout: '',
    stderr: `bridge-supervisor: the worktree of ${one.id} "Fix it" stays: its project is in_progress. It may go once the project is complete or cancelled: bridge-supervisor show ${one.id}\n`,
  });
  expect(existsSync(one.path)).toBe(true);
  expect((await one.worktree())?.state).toBe('ready');
});

test('show says where the work is, on which branch, and what it began from', async ({ rig }) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  const shown = await rig.runWith({ env: { BRIDGE_HOME: one.rig.home, COLUMNS: '100' } }, 'show', one.id);
  const text = one.plain(shown.stdout).replaceAll(one.git.repo, '<repo>');
  expect(text.slice(text.indexOf('Worktree\n'), text.indexOf('Plan\n'))).toMatchInlineSnapshot(`
    "Worktree
      <state>/worktrees/<id>
      branch bridge/<id>-fix-it · from main at <commit>
      of <repo>

    "
  `);
});

test('a backup tells of the work that is only in the state folder', async ({ rig }) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  const env = { BRIDGE_HOME: one.rig.home };
  const copied = await rig.runWith({ env }, 'backup', join(rig.root, 'copy.db'));
  expect(copied).toMatchObject({
    code: 0,
    stderr: 'Not in it: the work under way of 1 project, in worktrees/ and measure/.\n',
  });
});

test.skipIf(onWindows)(
  'a worktree with work on no branch, and changes in no commit, goes once they are where the message puts them (needs sh)',
  async ({ rig }) => {
    const one = await withWorktree(rig);
    await using _ = one.rig;
    await writeFile(join(one.path, 'a.txt'), 'of the round\n');
    const round = await one.measure();
    await writeFile(join(one.path, 'later.txt'), 'of nobody\n');
    one.close('cancelled');
    const changed = await one.removal();
    expect(changed).toMatchObject({
      removed: false,
      kept: {
        cause: 'changed',
        files: ['later.txt'],
        file_count: 1,
        message: '1 file in it differs from every commit',
      },
    });
    await one.obey(changed.kept?.next ?? '');
    const unlanded = await one.removal();
    expect(unlanded.kept).toMatchObject({ cause: 'unlanded', detail: round });
    await one.obey(unlanded.kept?.next ?? '');
    expect(await one.removal('--dry-run')).toMatchObject({
      removed: false,
      dry_run: true,
      branch_deleted: null,
      kept: null,
    });
    expect(existsSync(one.path)).toBe(true);
    expect(await one.removal()).toMatchObject({ removed: true, branch_deleted: false, kept: null });
    expect(existsSync(one.path)).toBe(false);
    expect(existsSync(one.measureDir)).toBe(false);
    const branch = (await one.worktree())?.branch ?? '';
    expect(await one.git.git('show', `${branch}:later.txt`)).toBe('of nobody');
    expect(await one.git.git('rev-parse', `kept/${one.id}`)).toBe(round);
    expect(one.rig.rowsOf('events').at(-1)).toMatchObject({ type: 'worktree.removed', actor: 'person' });
  },
);

test('a worktree that holds nothing but landed work is listed with when it goes, and can be removed at once', async ({
  rig,
}) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  await writeFile(join(one.path, 'a.txt'), 'landed\n');
  const commit = await one.measure();
  await one.git.git('fetch', '--quiet', one.measureDir, `${commit}:refs/heads/main`, '--update-head-ok');
  one.close('complete');
  const [listed] = OUTPUTS['worktree list'].parse(JSON.parse((await one.call('list', '--json')).stdout));
  const closedAt = String(one.rig.rowsOf('projects')[0]?.updated_at);
  expect(listed).toMatchObject({
    project_id: one.id,
    status: 'complete',
    worktree: { path: one.path, repo: one.git.repo, base_ref: 'main', state: 'ready' },
    kept: null,
    size_is_partial: false,
    removed_after: new Date(Date.parse(closedAt) + 14 * 86_400_000).toISOString(),
  });
  expect(one.plain((await one.call('remove', one.id, '--dry-run')).stdout)).toMatchInlineSnapshot(`
    "Would remove the worktree of <id> "Fix it": <state>/worktrees/<id>
    "
  `);
  expect(one.plain((await one.call('remove', one.id, '--yes')).stdout)).toMatchInlineSnapshot(`
    "Removed the worktree of <id> "Fix it": <state>/worktrees/<id>
    Its branch had no commit of its own and is gone: bridge/<id>-fix-it
    "
  `);
  expect(await one.call('list')).toEqual({ code: 0, stdout: '', stderr: 'There are no worktrees.\n' });
  expect((await one.call('remove', one.id)).stderr).toContain('was removed already');
});
