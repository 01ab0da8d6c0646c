import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measureGit } from '../../src/git/measure-dir.ts';
import { removeOldWorktrees } from '../../src/supervisor/upkeep/old-worktrees.ts';
import { claimed } from './claimed.ts';

const YEAR = 365 * 24 * 3_600_000;

/** The worktree of a closed project, a year later. */
async function old(status: 'complete' | 'cancelled' | 'in_progress' = 'complete') {
  const one = await claimed();
  await one.make();
  const close = async () => {
    one.rig.tamper("UPDATE runs SET ended_at = created_at, outcome = 'submitted', outcome_data = '{}'");
    one.rig.tamper('UPDATE projects SET status = ?, run_id = NULL', status);
    one.rig.clock.advance(YEAR);
  };
  const remove = async (days = 14) => {
    const before = new Date(one.rig.clock.now().getTime() - days * 24 * 3_600_000);
    await removeOldWorktrees(one.context, before.toISOString());
    return existsSync(one.run.workspace) ? 'kept' : (await one.worktree())?.state;
  };
  /** The round that was measured, as the supervisor keeps it. */
  const submit = async (text: string) => {
    await writeFile(join(one.run.workspace, 'a.txt'), text);
    const git = measureGit(one.measureDir, one.run.workspace, one.git.env);
    await git(['add', '--all']);
    const words = [
      'commit-tree',
      (await git(['write-tree'])).stdout.toString().trim(),
      '-p',
      (await one.base()) ?? '',
      '-m',
      'x',
    ];
    const commit = (await git(words)).stdout.toString().trim();
    await git(['update-ref', `refs/bridge/${one.id}/1`, commit]);
    return commit;
  };
  return { ...one, close, remove, submit, [Symbol.asyncDispose]: () => one[Symbol.asyncDispose]() };
}

describe('worktrees of closed projects', () => {
  test('a worktree whose work has landed goes with its branch and its measure dir, once it is old enough', async () => {
    await using one = await old();
    const commit = await one.submit('landed\n');
    await one.git.git('fetch', '--quiet', one.measureDir, `${commit}:refs/heads/main`, '--update-head-ok');
    await one.close();
    expect(await one.remove(400)).toBe('kept');
    expect(await one.remove()).toBe('removed');
    expect(existsSync(one.measureDir)).toBe(false);
    expect(await one.git.git('for-each-ref', 'refs/heads/bridge/')).toBe('');
    expect(await one.git.git('worktree', 'list')).not.toContain(one.id);
    expect(await one.remove()).toBe('removed');
  });

  test('a worktree in which nothing was done goes when its project is called off', async () => {
    await using one = await old('cancelled');
    await one.close();
    expect(await one.remove()).toBe('removed');
  });

  test('a worktree whose round changed nothing goes when its project is called off', async () => {
    await using one = await old('cancelled');
    await one.submit('one\n');
    await one.close();
    expect(await one.remove()).toBe('removed');
  });

  test('a worktree with work that has not landed stays for ever', async () => {
    await using one = await old();
    await one.submit('not landed\n');
    await one.close();
    expect(await one.remove()).toBe('kept');
    expect(existsSync(one.measureDir)).toBe(true);
  });

  test('a worktree with a file that is in no commit stays for ever', async () => {
    await using one = await old('cancelled');
    await mkdir(join(one.run.workspace, 'deep'));
    await writeFile(join(one.run.workspace, 'deep', 'new.txt'), 'mine\n');
    await one.close();
    expect(await one.remove()).toBe('kept');
  });

  test('a worktree of an open project stays', async () => {
    await using one = await old('in_progress');
    await one.close();
    expect(await one.remove()).toBe('kept');
  });
});
