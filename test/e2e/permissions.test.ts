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

test('a plan that lets Claude only read gets a submission, and no change', async ({ rig }) => {
  await rig.workspace('site', { policy: { allow: ['Bash'] } });
  const run = await made(rig, '---\nworkspace: site\npermission_mode: plan\n---\n# Look\nOnly look.', [
    call('Write', { file_path: join(rig.root, 'site', 'edited.txt'), content: 'x' }),
  ]);
  expect([run.refused, run.has('edited.txt')]).toEqual([[true], false]);
});
