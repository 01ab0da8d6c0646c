/** What the doctor says of worktrees, and that what it tells to do is enough. */
import { rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../src/doctor/check.ts';
import { runProgram } from '../../src/machine/program.ts';
import { claimed } from '../supervisor/claimed.ts';
import { type Rig, test } from './rig.ts';

/** A project with a worktree in a state folder of its own, which the doctor looks at. */
async function withWorktree(rig: Rig) {
  const one = await claimed();
  await one.make();
  const { home } = one.rig;
  await writeFile(join(home, 'config.json'), JSON.stringify({ workspaces: { site: one.git.repo } }));
  rig.machine = { ...rig.machine, stateDir: home, env: { ...rig.machine.env, BRIDGE_HOME: home } };
  const look = async (check: 'size' | 'known') =>
    (await rig.doctor(['worktrees'])).filter((finding) => finding.check === `worktrees.${check}`);
  const close = () => {
    one.rig.tamper("UPDATE runs SET ended_at = created_at, outcome = 'submitted', outcome_data = '{}'");
    one.rig.tamper("UPDATE projects SET status = 'complete', run_id = NULL");
  };
  return { ...one, path: one.run.workspace, look, close };
}

const AGREED: Partial<Finding> = { verdict: 'ok', message: 'Git and the database know the same worktrees' };

test('the doctor says what worktrees take, what of it is for closed projects, and where another has no room', async ({
  rig,
}) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  expect(await one.look('size')).toMatchObject([{ verdict: 'ok', message: '1 worktree uses 1 kB' }]);
  one.close();
  expect(await one.look('size')).toMatchObject([
    {
      verdict: 'ok',
      message: '1 worktree uses 1 kB; 1 kB of it for closed projects, see: bridge-supervisor worktree list',
    },
  ]);
  await writeFile(join(one.path, 'large.bin'), '');
  await truncate(join(one.path, 'large.bin'), 8e12);
  expect(await one.look('size')).toMatchObject([
    {
      verdict: 'warning',
      message: expect.stringMatching(
        /^1 worktree uses 8000\.0 GB, and .* is free: one more as large as the largest \(8000\.0 GB\) leaves less than 500 MB/,
      ),
      hint: expect.stringContaining('bridge-supervisor worktree list'),
    },
  ]);
});

test('the doctor names a worktree whose folder is gone, or that git does not know any more', async ({
  rig,
}) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  expect(await one.look('known')).toMatchObject([AGREED]);
  const aside = `${one.path}.aside`;
  await rename(one.path, aside);
  const gone = { verdict: 'warning', message: `The worktree of ${one.id} is gone: ${one.path}.` };
  const [, ...others] = await one.look('known');
  expect(others).toMatchObject([{ message: `Neither git nor the database knows ${aside}.` }]);
  await rename(aside, join(one.git.root, 'aside'));
  expect(await one.look('known')).toMatchObject([
    { ...gone, hint: 'Nothing to do: the next run makes it again, with what was measured last.' },
  ]);
  one.close();
  expect(await one.look('known')).toMatchObject([
    { ...gone, hint: `bridge-supervisor worktree remove ${one.id} tidies up.` },
  ]);
  await one.git.git('worktree', 'unlock', one.path);
  await one.git.git('worktree', 'prune', '--expire=now');
  await rename(join(one.git.root, 'aside'), one.path);
  expect(await one.look('known')).toMatchObject([
    {
      verdict: 'warning',
      message: `Git does not know the worktree of ${one.id} any more: ${one.path} (of ${one.git.repo}).`,
      hint: `Move the folder to another place, with what you want to keep; then bridge-supervisor worktree remove ${one.id}.`,
    },
  ]);
});

test('the doctor names a worktree that git has and the database does not, with the commands that remove it', async ({
  rig,
}) => {
  const one = await withWorktree(rig);
  await using _ = one.rig;
  one.rig.tamper('DELETE FROM worktrees');
  const [found] = await one.look('known');
  expect(found).toMatchObject({
    verdict: 'warning',
    message: `Git has a worktree that the database does not know: ${one.path} (of ${one.git.repo}).`,
  });
  const command = found?.hint?.slice(found.hint.indexOf(': ') + 2) ?? '';
  const done = await runProgram('sh', ['-c', command], { env: one.git.env, timeoutMs: 60_000 });
  expect(done).toMatchObject({ code: 0 });
  expect(await one.look('known')).toMatchObject([AGREED]);
  await rm(one.measureDir, { recursive: true });
});
