/** A call that was allowed, and whose result nobody has seen: it may have been made, or not, and each who asks is told. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { allowRequest } from '../../src/bridge/requests.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation } from '../../src/simulator/script.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import { bridgeCall, type Rig, test, waitUntil } from '../e2e/rig.ts';
import { asked, bash, sendAsking } from './asking.ts';

/** Leaves a file, then does not end. */
const publish = call('Bash', { command: 'touch published; sleep 600', description: 'Publish' });
const submit = bridgeCall('bridge_send_completion', { summary: 'Done', caveats: 'It may be out.' });

describe('a call that was allowed and cut off', () => {
  test.for([
    { title: 'Once', scope: 'once', wait: '10m' },
    { title: 'For good', scope: 'project', wait: '10m' },
    { title: 'Hours later', scope: 'once', wait: '0s' },
  ] as const)('whoever decides about $title again is told that the call may have been made, and so are Claude and the evidence', async ({
    title,
    scope,
    wait,
  }, { rig }) => {
    await rig.configure({ policy: { ask: ['Bash(touch *)'] }, ask_wait: wait });
    rig.script = byConversation({ [`# Plan: ${title}`]: untilCutOff });
    await rig.startSupervisor();
    const id = await sendAsking(rig, title);
    if (wait === '0s') await rig.until(id, 'awaiting_answer');
    const first = await asked(rig, id);
    await allowRequest(rig.bridge, first.id, scope, 'desktop');
    const { project } = await rig.details(id);
    await waitUntil(async () => existsSync(join(project.workspace, 'published')), 'the call to run');
    for (const { pid, command } of await rig.claudes()) if (isClaude(command)) process.kill(pid, 'SIGKILL');
    await rig.happened('request.cut_off', id);
    expect((await rig.details(id)).requests).toMatchObject([
      { id: first.id, cutOffAt: expect.any(String), repeats: null },
    ]);
    const { stdout } = await rig.command('questions', id, '--all');
    expect(stdout).toContain('its result was seen');
    if (scope === 'once') {
      const again = await asked(rig, id);
      expect(again.repeats).toBe(first.id);
      const shown = await rig.command('questions');
      expect(shown.stdout.replaceAll(/\s+/g, ' ')).toContain(
        `An equal call was allowed before (request ${first.id})`,
      );
      await rig.command('deny', again.id, '--reason', 'It is out already.');
    }
    await rig.until(id, 'awaiting_approval');
    expect(told(rig)).toBe(true);
    const evidence = JSON.parse((await rig.command('evidence', id, '--json')).stdout);
    expect(evidence.warnings).toContainEqual(
      expect.objectContaining({ kind: 'call_cut_off', paths: ['Bash: touch published; sleep 600'] }),
    );
  });
});

test('a call in which Claude ends itself at its budget is told as one that may have been made, once there is more of it', async ({
  rig,
}) => {
  await rig.configure({ policy: { ask: ['Bash(echo *)'] }, ask_wait: '10m' });
  // Two of these are more than the budget: Claude looks after the answer that asks for the second call.
  const dear = { ...bash('out'), usage: { output_tokens: 80_000 } };
  rig.script = (turn) => {
    if (turn.mentions('End your turn now')) return say('ok');
    return turn.mentions('may have been made, or not') ? submit : dear;
  };
  await rig.startSupervisor();
  const id = await sendAsking(rig, 'Dear', '---\nmodel: claude-sonnet-4-5\nbudget_usd: 2\n---\n');
  await allowRequest(rig.bridge, (await asked(rig, id)).id, 'project', 'desktop');
  await rig.happened('project.needs_attention', id);
  const { runs, requests } = await rig.details(id);
  expect(runs).toMatchObject([{ outcome: { kind: 'budget_spent', scope: 'project' } }]);
  expect(requests).toMatchObject([{ cutOffAt: expect.any(String) }]);
  expect((await rig.command('show', id)).stdout).toContain('may have been made, or not');
  await rig.command('retry', id, '--budget', '9');
  await rig.until(id, 'awaiting_approval');
  expect(told(rig)).toBe(true);
});

/** Publishes until it hears that it may have done so; then asks once more where it must, and submits. */
function untilCutOff(turn: ScriptTurn) {
  if (turn.mentions('End your turn now')) return say('ok');
  if (turn.mentions('It is out already')) return submit;
  if (!turn.mentions('may have been made, or not')) return publish;
  return turn.mentions('# Plan: For good') ? submit : publish;
}

function told(rig: Rig): boolean {
  return rig
    .asked()
    .some(({ userTexts }) => userTexts.some((text) => text.includes('may have been made, or not')));
}

function isClaude(command: string): boolean {
  return command.includes('--session-id') || command.includes('--resume');
}
