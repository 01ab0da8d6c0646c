import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cancel, retry } from '../../src/bridge/control.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { putTree } from '../../src/git/put-tree.ts';
import type { Landing } from '../../src/project/landing.ts';
import { landingsOf } from '../../src/store/landings.ts';
import { findDecision } from '../../src/store/reviews.ts';
import { accepted, current, history } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { processesWith, type Stage, stage } from './stage.ts';

/** Work that a person has approved: `a.txt` is changed, `new.txt` is new. */
async function approved(settings: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const it = await stage(settings);
  await it.work(async () => {
    await it.git.edit('a.txt', 'changed\n');
    await it.git.edit('new.txt', 'new\n');
  });
  await it.until('awaiting_approval');
  await it.approve();
  return it;
}

async function tries({ rig, id }: Stage): Promise<Landing[]> {
  const db = databaseOf(rig.bridge).read;
  return landingsOf(db, (await findDecision(db, id, 1))?.id ?? 0);
}

async function attention({ rig, id }: Stage): Promise<string> {
  return (await current(rig.bridge, id)).attention ?? '';
}

const again = async ({ rig, id }: Stage) => accepted(await retry(rig.bridge, id, 'person'));
const runs = ({ rig }: Stage) => rig.rowsOf('runs').length;
const read = (folder: string, name: string) => readFile(join(folder, name), 'utf8');
const CHECK = { name: 'test', run: 'true' };

describe.skipIf(onWindows)('approved work (needs POSIX)', () => {
  test('approved work lands on the branch it began from, is read back, and the project is complete', async () => {
    await using it = await approved();
    const { git, rig, id } = it;
    const base = (await git.git('rev-parse', 'main')).trim();
    await it.until('complete');
    const commit = (await git.git('rev-parse', 'main')).trim();
    expect(await tries(it)).toMatchObject([
      { outcome: 'landed', action: 'merge', target: 'refs/heads/main', fromOid: base, toOid: commit },
    ]);
    expect(await read(git.repo, 'new.txt')).toBe('new\n');
    expect((await git.git('status', '--porcelain')).trim()).toBe('');
    expect(await git.git('log', '-1', '--format=%B')).toContain(`Bridge-Project: ${id}`);
    expect((await history(rig.bridge, id)).slice(-2)).toEqual(['project.approved', 'project.landed']);
    expect(runs(it)).toBe(1);
  });

  test('work whose base has moved lands as a merge, checked once more on exactly that tree, and the worktree is as it was', async () => {
    // It passes with the work alone; with the work and theirs it says what it saw.
    const run = 'cat a.txt new.txt theirs.txt > "$SEEN" 2>&1; touch left; exit 0';
    await using it = await approved({ checks: [{ name: 'test', run: `SEEN=$HOME/seen; ${run}` }] });
    const { git } = it;
    await git.edit('left', '');
    await git.put('theirs.txt', 'theirs\n');
    const theirs = (await git.commit('theirs')).trim();
    await it.until('complete');
    expect(await read(git.env.HOME ?? '', 'seen')).toBe('changed\nnew\ntheirs\n');
    const parents = (await git.git('log', '-1', '--format=%P')).trim().split(' ');
    expect(parents[0]).toBe(theirs);
    expect(parents).toHaveLength(2);
    expect(await read(git.repo, 'theirs.txt')).toBe('theirs\n');
    await expect(read(git.worktree, 'theirs.txt')).rejects.toThrow('ENOENT');
    expect(await read(git.worktree, 'a.txt')).toBe('changed\n');
  });

  test('work whose folder was deleted is made and prepared again to be checked with a base that has moved, and lands', async () => {
    const checks = [{ name: 'test', run: 'cat new.txt theirs.txt > "$HOME/seen" 2>&1; exit 0' }];
    await using it = await approved({ checks, prepare: 'cp new.txt "$HOME/prepared"' });
    const { git } = it;
    const { HOME = '' } = git.env;
    await git.put('theirs.txt', 'theirs\n');
    await git.commit('theirs');
    await git.git('worktree', 'unlock', git.worktree);
    await git.git('worktree', 'lock', '--reason', `bridge ${it.id}`, git.worktree);
    await rm(git.worktree, { recursive: true });
    await it.until('complete');
    expect(await read(HOME, 'prepared')).toBe('new\n');
    expect(await read(HOME, 'seen')).toBe('new\ntheirs\n');
    expect(await read(git.repo, 'new.txt')).toBe('new\n');
    expect(await read(git.worktree, 'new.txt')).toBe('new\n');
  });

  test('a merge whose checks fail does not land: a person looks at it, and the work is kept', async () => {
    await using it = await approved({ checks: [{ name: 'test', run: 'test ! -f theirs.txt' }] });
    const { git, id } = it;
    await git.put('theirs.txt', 'theirs\n');
    const theirs = (await git.commit('theirs')).trim();
    await it.until('attention');
    expect(await attention(it)).toContain('main has moved, and checks failed on the merge with it (“test”)');
    expect((await git.git('rev-parse', 'main')).trim()).toBe(theirs);
    expect((await git.git('cat-file', '-t', `refs/bridge/${id}/1`)).trim()).toBe('commit');
    await expect(read(git.worktree, 'theirs.txt')).rejects.toThrow('ENOENT');
  });

  test('a conflict names its files, and work that a person has merged by hand has landed when it is tried again', async () => {
    await using it = await approved();
    const { git, id } = it;
    await git.put('a.txt', 'theirs\n');
    await git.commit('theirs');
    await it.until('attention');
    expect(await attention(it)).toBe(
      `the work conflicts with what main has become (“a.txt”). Merge it by hand (git merge refs/bridge/${id}/1), then retry`,
    );
    await git.git('merge', '--quiet', '-X', 'ours', `refs/bridge/${id}/1`);
    await again(it);
    await it.until('complete');
    expect((await tries(it)).map(({ outcome }) => outcome)).toEqual(['not_landed', 'landed']);
    expect(runs(it)).toBe(1);
  });

  test('work never lands into a checkout with changes of the person; it lands once they are gone, without another run', async () => {
    await using it = await approved();
    const { git } = it;
    await git.put('src/b.txt', 'mine\n');
    const before = await git.git('rev-parse', 'main');
    await it.until('attention');
    expect(await attention(it)).toContain('its checkout has changes that are in no commit (“src/b.txt”)');
    expect(await git.git('rev-parse', 'main')).toBe(before);
    expect(await read(git.repo, 'src/b.txt')).toBe('mine\n');
    await git.git('stash', '--quiet');
    await again(it);
    await it.until('complete');
    expect(runs(it)).toBe(1);
  });

  test('work waits for another git that holds the index of the checkout for a moment, then lands', async () => {
    await using it = await approved();
    const { git, rig, id } = it;
    const lock = join(git.repo, '.git', 'index.lock');
    await writeFile(lock, '');
    await it.attend();
    // It has come to the lock: what is to land is there.
    await eventually(() => git.git('rev-parse', '--verify', `refs/bridge/${id}/1`));
    expect((await current(rig.bridge, id)).status).toBe('approved');
    await rm(lock);
    await it.until('complete');
    expect((await tries(it)).map(({ outcome }) => outcome)).toEqual(['landed']);
  });

  test('what changed in the worktree after the approval does not land, is named and stays there', async () => {
    await using it = await approved();
    const { git } = it;
    await git.edit('a.txt', 'later\n');
    await it.until('complete');
    expect(await read(git.repo, 'a.txt')).toBe('changed\n');
    expect(await read(git.worktree, 'a.txt')).toBe('later\n');
    expect(await tries(it)).toMatchObject([{ detail: { left_in_worktree: ['a.txt'] } }]);
  });

  test('work whose run changed the configuration of the repository lands only when a person has seen that', async () => {
    const change = async (it: Stage) => {
      await it.work(async () => {
        await it.git.edit('a.txt', 'changed\n');
        await it.git.git('config', 'core.fsmonitor', await it.git.program('monitor'));
      });
      await it.until('awaiting_approval');
    };
    await using unseen = await stage();
    await change(unseen);
    await unseen.approve();
    await unseen.until('attention');
    expect(await attention(unseen)).toContain(
      'the run changed what git obeys in the repository (“core.fsmonitor”)',
    );
    await again(unseen);
    await unseen.until('complete');
    await using seen = await stage();
    await change(seen);
    const { tree } = (seen.rig.rowsOf('evidence')[0] ?? {}) as { tree?: string };
    accepted(await approve(seen.rig.bridge, seen.id, 'person', { round: 1, tree }));
    await seen.until('complete');
    expect(await seen.git.marked()).toEqual([]);
  });

  test('an owner who wants a branch gets one, and nothing of the base moves', async () => {
    await using it = await approved({ on_approve: 'branch' });
    const { git } = it;
    const before = await git.git('rev-parse', 'main');
    await it.until('complete');
    expect(await git.git('rev-parse', 'main')).toBe(before);
    expect(await git.git('show', 'bridge/7f-fix-it:new.txt')).toBe('new');
  });

  test('an owner who wants a push gets a branch on the remote, and a remote that is not there is told', async () => {
    await using it = await approved({ on_approve: 'push', remote: 'there' });
    const { git } = it;
    await it.until('attention');
    expect(await attention(it)).toContain('the repository has no remote “there”');
    const remote = join(git.root, 'remote.git');
    await git.git('init', '--quiet', '--bare', remote);
    await git.git('remote', 'add', 'there', remote);
    await again(it);
    await it.until('complete');
    expect(await git.gitAt(remote, 'show', 'bridge/7f-fix-it:new.txt')).toBe('new');
  });

  test('a landing that is stopped in the checks of the merge is begun again, and the worktree is as it was in between', async () => {
    await using it = await approved({
      checks: [{ name: 'test', run: 'test ! -f theirs.txt || test -f $HOME/go || sleep 600' }],
    });
    const { git, id, rig } = it;
    await git.put('theirs.txt', 'theirs\n');
    await git.commit('theirs');
    await it.attend();
    await eventually(async () => expect(await processesWith(id)).not.toEqual([]));
    expect(await read(git.worktree, 'theirs.txt')).toBe('theirs\n');
    await it.close();
    await expect(read(git.worktree, 'theirs.txt')).rejects.toThrow('ENOENT');
    expect((await current(rig.bridge, id)).status).toBe('approved');
    await writeFile(join(git.env.HOME ?? '', 'go'), '');
    await it.until('complete');
    expect((await tries(it)).map(({ outcome }) => outcome)).toEqual(['landed']);
  });

  test('a worktree that a killed landing left with the merge in it is brought back before anything else', async () => {
    await using it = await approved();
    const { git } = it;
    const other = (await git.git('rev-parse', 'main^{tree}')).trim();
    expect(await putTree(git.measureDir, git.worktree, other, git.env)).toMatchObject({ kind: 'put' });
    expect(await read(git.worktree, 'a.txt')).toBe('one\n');
    await it.until('complete');
    expect(await read(git.worktree, 'a.txt')).toBe('changed\n');
    expect(await tries(it)).toMatchObject([
      { outcome: 'landed', detail: expect.not.objectContaining({ left_in_worktree: expect.anything() }) },
    ]);
  });

  test('a landing whose supervisor was killed before it recorded it is recorded by the next, and lands once', async () => {
    await using it = await approved({ checks: [CHECK] });
    const { git, rig, id } = it;
    await git.put('theirs.txt', 'theirs\n');
    await git.commit('theirs');
    await it.until('complete');
    const landed = await git.git('rev-parse', 'main');
    rig.tamper('DELETE FROM landings');
    rig.tamper("UPDATE projects SET status = 'approved' WHERE id = ?", id);
    await it.until('complete');
    expect(await git.git('rev-parse', 'main')).toBe(landed);
  });

  test('approved work that was called off while its merge is checked does not land', async () => {
    await using it = await approved({ checks: [{ name: 'test', run: 'test ! -f theirs.txt || sleep 600' }] });
    const { git, id, rig } = it;
    await git.put('theirs.txt', 'theirs\n');
    const theirs = await git.commit('theirs');
    await it.attend();
    await eventually(async () => expect(await processesWith(id)).not.toEqual([]));
    accepted(await cancel(rig.bridge, id, '', 'person'));
    await it.attend();
    await eventually(async () => expect(await processesWith(id)).toEqual([]));
    await it.close();
    expect(await git.git('rev-parse', 'main')).toBe(theirs);
    expect((await current(rig.bridge, id)).status).toBe('cancelled');
  });
});
