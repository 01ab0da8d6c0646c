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

test('two projects of a repository are worked on at once, each in a worktree of its own, round after round, and the checkout stays as it is', async ({
  rig,
}) => {
  const prepared = join(rig.root, 'prepared');
  const { git, folder, untouched } = await repository(rig, { prepare: `echo once >> "${prepared}"` });
  await writeFile(join(folder, 'app', 'draft.txt'), 'not committed\n');
  const before = await untouched();
  const tip = git('rev-parse', 'main');
  const id = await rig.send(PLAN);
  const other = await rig.send('---\nworkspace: site\n---\n# Right one');
  const [worktree, ofOther] = [worktreeFolder(rig.home, id), worktreeFolder(rig.home, other)];
  const file = join(worktree, 'greeting.txt');
  const gate = createGate();
  rig.script = byConversation({
    'Write a greeting': sequence([
      gated(gate, call('Read', { file_path: join(ofOther, 'secret.txt') })),
      call('Write', { file_path: file, content: 'hello' }),
      submit('Wrote a greeting'),
      say('Submitted.'),
      call('Read', { file_path: file }),
      call('Write', { file_path: file, content: 'Good day' }),
      submit('Made it formal'),
      say('Submitted again.'),
    ]),
    'Right one': sequence([gated(gate, submit('Done')), say('ok')]),
  });
  await rig.startSupervisor();
  await rig.asks('Write a greeting');
  await rig.asks('Right one');
  await writeFile(join(ofOther, 'secret.txt'), 'of another project');
  gate.open();
  await rig.until(id, 'awaiting_approval');
  await rig.until(other, 'awaiting_approval');
  expect(await readFile(file, 'utf8')).toBe('hello');
  expect((await rig.happened('worktree.added', id)).data).toMatchObject({ path: worktree, baseOid: tip });
  expect(git('worktree', 'list', '--porcelain')).toContain(
    `branch refs/heads/bridge/${id}-greeting\nlocked bridge ${id}`,
  );
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
  expect(await readFile(prepared, 'utf8')).toBe('once\nonce\n');
  expect(await untouched()).toEqual(before);
  const asked = rig.asked();
  expect(asked[0]?.mentions('write in verse')).toBe(true);
  expect(asked.some((turn) => turn.mentions('of another project'))).toBe(false);
});

test('a worktree is prepared once by the owner’s command, without secrets, and again after the supervisor is killed in it or the worktree is lost', async ({
  rig,
}) => {
  const marks = join(rig.root, 'marks');
  await mkdir(marks);
  const prepare = `env > "${marks}/env"; echo begun >> "${marks}/log"; while [ ! -e "${marks}/go" ]; do sleep 0.1; done; echo made > made.txt`;
  const { folder } = await repository(rig);
  await rig.configure({ workspaces: { site: { path: join(folder, 'app'), prepare } } });
  const log = () => readFile(join(marks, 'log'), 'utf8').catch(() => '');
  const id = await rig.send(PLAN);
  const worktree = worktreeFolder(rig.home, id);
  const [file, made] = ['a.txt', 'made.txt'].map((name) => join(worktree, 'app', name)) as [string, string];
  rig.script = sequence([
    submit('Nothing to do'),
    say('Submitted.'),
    call('Read', { file_path: file }),
    call('Write', { file_path: file, content: 'two' }),
    submit('Did it'),
    say('Submitted again.'),
  ]);
  const supervisor = await rig.startSupervisor();
  await rig.until(id, 'in_progress');
  await expect.poll(log).toBe('begun\n');
  expect((await rig.command('status')).stdout).toContain('being prepared');
  await supervisor.end('SIGKILL');
  await rig.startSupervisor();
  await expect.poll(log).toBe('begun\nbegun\n');
  await writeFile(join(marks, 'go'), '');
  const { runs } = await rig.until(id, 'awaiting_approval');
  expect(runs.at(-1)?.workspace, 'the same folder of the worktree').toBe(join(worktree, 'app'));
  expect(await readFile(made, 'utf8')).toBe('made\n');
  const env = await readFile(join(marks, 'env'), 'utf8');
  expect(env).not.toMatch(/ANTHROPIC_|^BRIDGE_(?!RUN_ID)/m);
  await rm(worktree, { recursive: true });
  await reject(rig.bridge, id, 'Do something', 'desktop');
  await rig.happened('project.revision_started', id);
  await rig.until(id, 'awaiting_approval');
  await rig.logged(/worktree\.restored/);
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await log()).toBe('begun\nbegun\nbegun\n');
});

test('a preparation that fails needs a person, who reads its last words; it is done again by a retry, and ends when the project is called off', async ({
  rig,
}) => {
  const [flag, mark] = [join(rig.root, 'flag'), join(rig.root, 'begun')];
  const fails = `[ -e "${flag}" ] || { echo no such registry; exit 3; }`;
  await repository(rig, { prepare: `${fails}; echo "$$" > "${mark}"; sleep 600` });
  const id = await rig.send(PLAN);
  await rig.startSupervisor();
  const { data } = await rig.happened('project.needs_attention', id);
  expect(data.reason).toContain("'prepare' of the workspace failed (exit code 3): no such registry");
  await writeFile(flag, '');
  expect((await rig.command('retry', id)).code).toBe(0);
  await expect.poll(() => readFile(mark, 'utf8').catch(() => '')).not.toBe('');
  expect((await rig.command('cancel', id, '--yes')).code).toBe(0);
  const lastOutcome = async () => (await rig.details(id)).runs.at(-1)?.outcome;
  await expect.poll(lastOutcome).toMatchObject({ kind: 'cancelled' });
  const pid = Number(await readFile(mark, 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
