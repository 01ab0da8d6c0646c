/** A plan that says how long an answer may take: work goes on by itself after that, with what a default decided. */
import { expect } from 'vitest';
import { byConversation } from '../../src/simulator/script.ts';
import { bridgeCall, test } from '../e2e/rig.ts';
import { tamper } from '../store/raw.ts';
import { ASKING, asked, bash, conversation, ran, runsOf, sendAsking, steps } from './asking.ts';

test('nobody answers in time, also while no supervisor lives: the question has its default, the call is denied, and the work goes on in the same session', async ({
  rig,
}) => {
  await rig.configure({ ...ASKING, ask_wait: '0s', concurrency: 2 });
  rig.script = byConversation({
    '# Plan: Question': steps(
      bridgeCall('bridge_ask', { question: 'Which port?', default: '8080, as before' }),
    ),
    '# Plan: Call': steps(bash('loud'), bash('loud')),
  });
  const first = await rig.startSupervisor();
  const front = '---\nanswer_after: 8h\n---\n';
  const question = await sendAsking(rig, 'Question', front);
  const call = await sendAsking(rig, 'Call', front);
  for (const id of [question, call]) await rig.until(id, 'awaiting_answer');
  const eightHours = 8 * 3_600_000;
  for (const id of [question, call]) {
    const { createdAt, deadline } = await asked(rig, id);
    expect(Date.parse(deadline ?? '') - Date.parse(createdAt)).toBe(eightHours);
  }
  await first.end('SIGKILL');
  const requests = rig.asked().length;
  // As if the night were over.
  tamper(rig.home, "UPDATE requests SET deadline = '2026-01-01T00:00:00.000Z'");
  await rig.startSupervisor();
  for (const id of [question, call]) await rig.until(id, 'awaiting_approval');
  expect(conversation(rig, 'Question')[1]?.toolResults[0]?.text).toContain('8080, as before');
  expect(conversation(rig, 'Call')[2]?.toolResults[0]?.text).toContain('nobody decided in time');
  expect(await ran(rig, call)).toEqual([]);
  for (const id of [question, call]) {
    expect(await runsOf(rig, id)).toEqual([
      ['execute', 'deferred'],
      ['answer', 'submitted'],
    ]);
    expect((await rig.details(id)).requests).toMatchObject([
      { state: 'defaulted', decidedBy: 'supervisor', decidedVia: 'rule' },
    ]);
  }
  // One with the result and one after the submission, for each: nothing was spent on waiting.
  expect(rig.asked().length - requests).toBe(4);
});
