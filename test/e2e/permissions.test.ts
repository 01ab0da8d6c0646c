/** What Claude may do: the owner's policy, and what a plan takes from it. The real Claude Code looks at the rules. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { call, type MessageReply, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test } from './rig.ts';

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });
const touch = (command: string) => call('Bash', { command, description: 'make a file' });

/** Whether Claude was let make each of these files, in the order of its calls. */
async function made(rig: Rig, markdown: string, calls: readonly MessageReply[]) {
  rig.script = sequence([...calls, submit(), say('ok')]);
  await rig.startSupervisor();
  const id = await rig.send(markdown);
  const { project } = await rig.until(id, 'awaiting_approval');
  const results = rig.asked().flatMap(({ toolResults }) => toolResults);
  return {
    id,
    refused: results.slice(0, calls.length).map(({ isError }) => isError),
    has: (file: string) => existsSync(join(project.workspace, file)),
  };
}

test('rules of the owner that deny hold over those that allow, in compound commands too, and hide a tool that is denied whole', async ({
  rig,
}) => {
  await rig.configure({
    allowed_tools: ['Bash'],
    policy: { deny: ['Bash(touch denied*)', 'WebFetch'] },
  });
  const run = await made(rig, '# Files\nMake them.', [
    touch('touch denied.txt'),
    touch('true && touch denied.txt'),
    touch('touch free.txt'),
  ]);
  expect(run.refused).toEqual([true, true, false]);
  expect([run.has('denied.txt'), run.has('free.txt')]).toEqual([false, true]);
  expect(rig.asked().some(({ tools }) => tools.includes('WebFetch'))).toBe(false);
});

test('a rule that allows names a command with parentheses or a comma in it, and a path, as it is written', async ({
  rig,
}) => {
  const allow = ['Bash(touch "b(1)" *)', 'Bash(touch c, d)', 'Edit(/docs/**)'];
  await rig.configure({ policy: { mode: 'default', allow } });
  const run = await made(rig, '# Files\nMake them.', [
    touch('touch "b(1)" e'),
    touch('touch c, d'),
    call('Write', { file_path: 'docs/f.txt', content: 'x' }),
    call('Write', { file_path: 'g.txt', content: 'x' }),
    touch('touch h'),
  ]);
  expect(run.refused).toEqual([false, false, false, true, true]);
  expect(['b(1)', 'e', 'c,', 'd', 'docs/f.txt', 'g.txt', 'h'].map(run.has)).toEqual([
    ...[true, true, true, true, true],
    ...[false, false],
  ]);
});

test('rules that deny and ask about files hold for a path from the root of the folder, a path in it, and one anywhere', async ({
  rig,
}) => {
  const write = (file_path: string) => call('Write', { file_path, content: 'x' });
  await rig.configure({
    ask_wait: '0s',
    policy: { deny: ['Edit(/denied/**)', 'Edit(lib/**)', 'Edit(**/deep/**)'], ask: ['Edit(/asked/**)'] },
  });
  const run = await made(rig, '# Files\nMake them.', [
    ...['denied/a', 'lib/b', 'x/deep/c', 'asked/d', 'free/e'].map(write),
    touch('touch denied/f'),
  ]);
  expect(run.refused).toEqual([true, true, true, true, false, true]);
  expect((await rig.details(run.id)).requests).toMatchObject([
    { toolName: 'Write', input: expect.stringContaining('asked/d') },
  ]);
});

test('a plan takes permissions away by rules and by a lower mode, for its project alone', async ({ rig }) => {
  await rig.workspace('site', { policy: { allow: ['Bash'] } });
  const front = 'workspace: site\npermission_mode: default\ndeny: [Bash(touch denied*)]';
  const run = await made(rig, `---\n${front}\n---\n# Files\nMake them.`, [
    touch('touch denied.txt'),
    call('Write', { file_path: join(rig.root, 'site', 'edited.txt'), content: 'x' }),
    touch('touch free.txt'),
  ]);
  expect(run.refused).toEqual([true, true, false]);
  expect(['denied.txt', 'edited.txt', 'free.txt'].map(run.has)).toEqual([false, false, true]);
});

test('a plan that lets Claude only read gets a submission and no change, and no way out of that', async ({
  rig,
}) => {
  await rig.workspace('site', { policy: { allow: ['Bash'], ask: ['Bash(git push *)'] } });
  const run = await made(rig, '---\nworkspace: site\npermission_mode: plan\n---\n# Look\nOnly look.', [
    call('ExitPlanMode', { plan: 'I change it.' }),
    call('Write', { file_path: join(rig.root, 'site', 'edited.txt'), content: 'x' }),
  ]);
  expect([run.refused, run.has('edited.txt')]).toEqual([[true, true], false]);
  expect((await rig.details(run.id)).requests).toEqual([]);
});

test('what was refused is allowed at the review, for this project alone, and the same session is told and uses it', async ({
  rig,
}) => {
  await rig.workspace('site', { policy: { deny: ['Bash(touch denied*)'], ask: ['Bash(touch asked*)'] } });
  const plan = '---\nworkspace: site\n---\n# Files\nMake them.';
  const hello = call('Bash', { command: 'npm --version', description: 'look' });
  rig.script = sequence([hello, touch('touch denied.txt'), submit(), say('ok'), hello, submit(), say('ok')]);
  await rig.startSupervisor();
  const id = await rig.send(plan);
  await rig.until(id, 'awaiting_approval');
  const evidence = JSON.parse((await rig.command('evidence', id, '--json')).stdout);
  expect(evidence.denied).toEqual([
    { tool: 'Bash', what: 'Bash: npm --version', by: 'mode', times: 1 },
    { tool: 'Bash', what: 'Bash: touch denied.txt', by: 'rule', times: 1 },
  ]);
  const command = `bridge-supervisor reject ${id} --reason "what to change" --allow "Bash(npm --version *)"`;
  for (const words of [['evidence', id], ['show', id], ['status']])
    expect((await rig.command(...words)).stdout).toContain(command);
  const reject = (...rules: string[]) =>
    rig.command('reject', id, '--reason', 'Look again.', ...rules.flatMap((rule) => ['--allow', rule]));
  expect(await reject('Bash(touch denied.txt)')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "'Bash(touch denied.txt)' stays denied: the policy denies 'Bash(touch denied*)'",
    ),
  });
  expect((await reject('Bash(npm --version *)', 'npm test')).stderr).toContain("'npm test' is no rule");
  expect((await rig.details(id)).decisions).toEqual([]);

  const rejected = await reject('Bash(npm --version *)');
  expect(rejected.stdout).toContain('It may use Bash(npm --version *) from now on, in this project.');
  await rig.happened('project.revision_started', id);
  const { decisions, runs } = await rig.until(id, 'awaiting_approval');
  expect(decisions).toMatchObject([
    { allowed: ['Bash(npm --version *)'], decidedBy: 'person', decidedVia: 'cli' },
  ]);
  expect(runs[1]?.sessionId).toBe(runs[0]?.sessionId);
  const told = rig.asked().flatMap(({ userTexts }) => userTexts);
  expect(told.some((text) => text.includes('Look again.') && text.includes('- Bash(npm --version *)'))).toBe(
    true,
  );
  const [refused, , , used] = rig.asked().flatMap(({ toolResults }) => toolResults);
  expect([refused?.isError, used?.isError]).toEqual([true, false]);

  rig.script = sequence([hello, submit(), say('ok')]);
  const other = await rig.send(plan);
  await rig.command('approve', id, '--yes');
  await rig.until(other, 'awaiting_approval');
  expect(rig.asked().flatMap(({ toolResults }) => toolResults)).toHaveLength(7);
  expect(rig.asked().flatMap(({ toolResults }) => toolResults)[5]?.isError).toBe(true);
});
