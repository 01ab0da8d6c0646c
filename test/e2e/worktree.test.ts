/** Each project of a git repository in a worktree of its own, with real git and the real Claude. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { reject } from '../../src/bridge/reviews.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { call, gated, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { worktreeFolder } from '../../src/state-folder.ts';
import { repository } from './repository.ts';
import { bridgeCall, test } from './rig.ts';

const PLAN = '---\nworkspace: site\n---\n# Greeting\nWrite a greeting.';

const submit = (summary: string) => bridgeCall('bridge_send_completion', { summary });

test('a project of a repository is worked on in a worktree of its own, round after round, and the checkout stays as it is', async ({
  rig,
}) => {
  const { git, folder, untouched } = await repository(rig);
  await writeFile(join(folder, 'app', 'draft.txt'), 'not committed\n');
  const before = await untouched();
  const tip = git('rev-parse', 'main');
  const id = await rig.send(PLAN);
  const worktree = worktreeFolder(rig.home, id);
  const file = join(worktree, 'greeting.txt');
  const other = join(rig.home, 'worktrees', id.startsWith('0') ? 'f00000000000' : '000000000000');
  await mkdir(other, { recursive: true });
  await writeFile(join(other, 'secret.txt'), 'of another project');
  rig.script = sequence([
    call('Read', { file_path: join(other, 'secret.txt') }),
    call('Write', { file_path: file, content: 'hello' }),
    submit('Wrote a greeting'),
    say('Submitted.'),
    call('Read', { file_path: file }),
    call('Write', { file_path: file, content: 'Good day' }),
    submit('Made it formal'),
    say('Submitted again.'),
  ]);
  await rig.startSupervisor();
  await rig.until(id, 'awaiting_approval');
  expect(await readFile(file, 'utf8')).toBe('hello');
  expect((await rig.happened('worktree.added', id)).data).toMatchObject({ path: worktree, baseOid: tip });
  expect(git('worktree', 'list', '--porcelain')).toContain(
    `branch refs/heads/bridge/${id}-greeting\nlocked bridge ${id}`,
  );
  await rig.happened('run.ended', id);
  await reject(rig.bridge, id, 'Too informal, be formal', 'desktop');
  await rig.happened('project.revision_started', id);
  const { project, runs } = await rig.until(id, 'awaiting_approval');
  expect(await readFile(file, 'utf8')).toBe('Good day');
  expect(project).toMatchObject({ isolation: 'worktree', base: 'main', round: 2 });
  expect(runs.map(({ kind, workspace }) => ({ kind, workspace }))).toEqual([
    { kind: 'execute', workspace: worktree },
    { kind: 'revise', workspace: worktree },
  ]);
  expect(new Set(runs.map(({ sessionId }) => sessionId)).size).toBe(1);
  expect(await untouched()).toEqual(before);
  const asked = rig.asked();
  expect(asked[0]?.mentions('write in verse')).toBe(true);
  expect(asked.some((turn) => turn.mentions('of another project'))).toBe(false);
});

test('two projects of one repository are worked on at once, each in a worktree', async ({ rig }) => {
  await repository(rig);
  const gate = createGate();
  const slow = () => sequence([gated(gate, submit('Done')), say('ok')]);
  rig.script = byConversation({ 'Left one': slow(), 'Right one': slow() });
  await rig.configure({ concurrency: 2 });
  const ids = [
    await rig.send('---\nworkspace: site\n---\n# Left one'),
    await rig.send('---\nworkspace: site\n---\n# Right one'),
  ];
  await rig.startSupervisor();
  await rig.asks('Left one');
  await rig.asks('Right one');
  gate.open();
  for (const id of ids) await rig.until(id, 'awaiting_approval');
});

test('a workspace that is a folder of a repository is that folder of the worktree, and a lost worktree is made again', async ({
  rig,
}) => {
  const { folder } = await repository(rig);
  await rig.configure({ workspaces: { site: join(folder, 'app') } });
  const id = await rig.send(PLAN);
  const worktree = worktreeFolder(rig.home, id);
  const file = join(worktree, 'app', 'a.txt');
  rig.script = sequence([
    submit('Nothing to do'),
    say('Submitted.'),
    call('Read', { file_path: file }),
    call('Write', { file_path: file, content: 'two' }),
    submit('Did it'),
    say('Submitted again.'),
  ]);
  await rig.startSupervisor();
  const { runs } = await rig.until(id, 'awaiting_approval');
  expect(runs[0]?.workspace).toBe(join(worktree, 'app'));
  await rig.happened('run.ended', id);
  await rm(worktree, { recursive: true });
  await reject(rig.bridge, id, 'Do something', 'desktop');
  await rig.happened('project.revision_started', id);
  await rig.until(id, 'awaiting_approval');
  expect(await readFile(file, 'utf8')).toBe('two');
  await rig.logged(/worktree\.restored/);
});

test('a worktree is prepared once by the owner’s command, without secrets, and again after the supervisor is killed in it', async ({
  rig,
}) => {
  const marks = join(rig.root, 'marks');
  await mkdir(marks);
  const script = `env > "${marks}/env"; echo begun >> "${marks}/log"; while [ ! -e "${marks}/go" ]; do sleep 0.1; done; echo made > made.txt`;
  await repository(rig, { prepare: script });
  const log = () => readFile(join(marks, 'log'), 'utf8').catch(() => '');
  rig.script = sequence([submit('One'), say('ok'), submit('Two'), say('ok')]);
  const id = await rig.send(PLAN);
  const supervisor = await rig.startSupervisor();
  await rig.until(id, 'in_progress');
  await expect.poll(log).toBe('begun\n');
  expect((await rig.command('status')).stdout).toContain('being prepared');
  await supervisor.end('SIGKILL');
  await rig.startSupervisor();
  await expect.poll(log, { timeout: 30_000 }).toBe('begun\nbegun\n');
  await writeFile(join(marks, 'go'), '');
  await rig.until(id, 'awaiting_approval');
  expect(await readFile(join(worktreeFolder(rig.home, id), 'made.txt'), 'utf8')).toBe('made\n');
  const env = await readFile(join(marks, 'env'), 'utf8');
  expect(env).not.toMatch(/ANTHROPIC_|^BRIDGE_(?!RUN_ID)/m);
  await rig.happened('run.ended', id);
  await reject(rig.bridge, id, 'Again', 'desktop');
  await rig.happened('project.revision_started', id);
  await rig.until(id, 'awaiting_approval');
  expect(await log()).toBe('begun\nbegun\n');
});

test('a preparation that fails needs a person, who reads its last words, and is done again by a retry', async ({
  rig,
}) => {
  const flag = join(rig.root, 'flag');
  await repository(rig, { prepare: `[ -e "${flag}" ] || { echo no such registry; exit 3; }` });
  rig.script = sequence([submit('Done'), say('ok')]);
  const id = await rig.send(PLAN);
  await rig.startSupervisor();
  const { data } = await rig.happened('project.needs_attention', id);
  expect(data.reason).toContain("'prepare' of the workspace failed (exit code 3): no such registry");
  await writeFile(flag, '');
  expect((await rig.command('retry', id)).code).toBe(0);
  await rig.happened('run.spawned', id);
  await rig.until(id, 'awaiting_approval');
});

test('a project that is called off while its worktree is prepared ends, and so does the preparation', async ({
  rig,
}) => {
  const mark = join(rig.root, 'begun');
  await repository(rig, { prepare: `echo "$$" > "${mark}"; sleep 600` });
  const id = await rig.send(PLAN);
  await rig.startSupervisor();
  await expect.poll(() => readFile(mark, 'utf8').catch(() => ''), { timeout: 30_000 }).not.toBe('');
  expect((await rig.command('cancel', id, '--yes')).code).toBe(0);
  expect((await rig.happened('run.ended', id)).data.outcome).toMatchObject({ kind: 'cancelled' });
  const pid = Number(await readFile(mark, 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
