/**
 * What the person does in their own repositories meanwhile: commits, leaves changes in no commit and a lock for a while,
 * loses a worktree or the remote. One thing at a time; what is in the way is put away again, at the latest when `stop`
 * aborts.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commit } from './base-moves.ts';
import { changed, dirty, staged, untracked } from './dirt.ts';
import { workFile } from './model.ts';
import { clashFile } from './owners-commands.ts';
import { type DeskOptions, isOver, merging, pass, some, stands, toLand } from './persons-git.ts';
import { BASE, tryGit } from './repository.ts';

/** Works until `stop` aborts; resolves when nothing is in the way any more. */
export async function workAtDesk(options: DeskOptions, stop: AbortSignal): Promise<void> {
  const { random, tally } = options;
  let number = 0;
  while (!stop.aborted) {
    await pass(random.wait(BETWEEN_MS), stop);
    if (stop.aborted) return;
    const act = random.weighted(WEIGHTS);
    number += 1;
    if (await ACTS[act](options, number, stop)) tally.kill(act);
  }
}

const BETWEEN_MS = 2_500;

const WEIGHTS = {
  'base moved': 6,
  'base moved, in conflict': 3,
  'base moved, red together': 2,
  'changes in the checkout': 5,
  'file in the way': 2,
  'index.lock left': 3,
  'worktree deleted': 2,
  'remote away': 1,
};

type Act = keyof typeof WEIGHTS;

const ACTS: Readonly<
  Record<Act, (options: DeskOptions, number: number, stop: AbortSignal) => Promise<boolean>>
> = {
  async 'base moved'(options, number) {
    await commit(options, options.random.pick(merging(options)), { [`mine-${number}.txt`]: `${number}\n` });
    return true;
  },
  async 'base moved, in conflict'(options, number) {
    const due = toLand(options, ['verifying', 'awaiting_approval']);
    if (!due) return false;
    stands(options, due.repository, ['conflict'], due.project.id);
    await commit(options, due.repository, { [workFile(due.tag)]: `Mine, ${number}.\n` });
    return true;
  },
  async 'base moved, red together'(options, _, stop) {
    const due = toLand(options, ['verifying', 'awaiting_approval']);
    if (!due) return false;
    const obstacle = stands(options, due.repository, ['checks'], due.project.id);
    await commit(options, due.repository, { [clashFile(due.tag)]: 'It goes badly.\n' });
    await pass(options.random.whole(5_000, 15_000), stop);
    await commit(options, due.repository, { [clashFile(due.tag)]: null });
    isOver(options, obstacle);
    return true;
  },
  async 'changes in the checkout'(options, number, stop) {
    const { random, repositories } = options;
    const repository = random.pick(some(repositories));
    const dirt = random.pick([changed, staged, untracked]);
    await dirty(options, repository, dirt(repository, number, random), stop);
    return true;
  },
  async 'file in the way'(options, _, stop) {
    const due = toLand(options, ['verifying', 'awaiting_approval', 'approved']);
    if (!due || due.repository.checkedOut !== BASE) return false;
    const file = workFile(due.tag);
    if ((await tryGit(due.repository.path, 'cat-file', '-e', `HEAD:${file}`)) !== undefined) return false;
    await dirty(
      options,
      due.repository,
      { file, text: 'In no commit.\n', causes: ['untracked-in-the-way'] },
      stop,
    );
    return true;
  },
  async 'index.lock left'(options, _, stop) {
    const { random } = options;
    const repository = random.pick(merging(options));
    const lock = join(repository.path, '.git', 'index.lock');
    const obstacle = stands(options, repository, ['index-locked', 'failed']);
    // A git that is at work there has its own.
    const isOurs = await writeFile(lock, '', { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (isOurs) {
      await pass(random.whole(2_000, 8_000), stop);
      await rm(lock, { force: true });
    }
    isOver(options, obstacle);
    return isOurs;
  },
  async 'worktree deleted'({ store, journal, random }) {
    const worked = ['in_progress', 'verifying', 'awaiting_approval', 'rejected', 'approved'];
    const { projects, worktrees } = store.tables();
    const due = worktrees.filter(({ project_id, state }) =>
      projects.some(({ id, status }) => state === 'ready' && id === project_id && worked.includes(status)),
    );
    if (due.length === 0) return false;
    const { project_id, path } = random.pick(some(due));
    journal.bereavedProjects.add(project_id);
    const spell = { workspace: path, from: Date.now(), until: Number.POSITIVE_INFINITY };
    journal.badWorkspaces.push(spell);
    // Whoever works in it may be writing.
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
    spell.until = Date.now();
    return true;
  },
  async 'remote away'(options, _, stop) {
    const { repositories, random } = options;
    const repository = repositories.find(({ remote }) => remote !== null);
    if (!repository?.remote) return false;
    const obstacle = stands(options, repository, ['remote-unreachable', 'push-rejected', 'read-back']);
    await rename(repository.remote, `${repository.remote}.away`);
    await pass(random.whole(3_000, 10_000), stop);
    await rename(`${repository.remote}.away`, repository.remote);
    isOver(options, obstacle);
    return true;
  },
};
