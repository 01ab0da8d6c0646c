/** A person who decides while Claude still waits: the run goes on, and makes no more requests than without a question. */
import { expect } from 'vitest';
import { steer } from '../../src/bridge/control.ts';
import { allowRequest, answerRequest, denyRequest } from '../../src/bridge/requests.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, test, waitUntil } from '../e2e/rig.ts';
import {
  ASKING,
  asked,
  bash,
  conversation,
  ran,
  runsOf,
  sendAsking,
  steps,
  submittedWith,
} from './asking.ts';

test('a call that is decided about while Claude waits runs as often as it was allowed, in the same run', async ({
  rig,
}) => {
  await rig.configure({ ...ASKING, ask_wait: '10m', concurrency: 6 });
  const scout = call('Agent', {
    description: 'Scout',
    prompt: 'Scout it.',
    subagent_type: 'general-purpose',
  });
  const ofSubagent = sequence([bash('scout'), say('scouted')]);
  const ofMain = byConversation({
    '# Plan: Allowed': steps(bash('once'), bash('once')),
    '# Plan: Denied': steps(bash('never')),
    '# Plan: For good': steps(bash('again'), bash('again')),
    '# Plan: Steered': steps(bash('steered')),
    '# Plan: Question': steps(bridgeCall('bridge_ask', { question: 'Which port?' })),
    '# Plan: Subagent': steps(scout),
  });
  rig.script = (turn) => (turn.subagentId === undefined ? ofMain(turn) : ofSubagent(turn));
  await rig.startSupervisor();
  const { bridge } = rig;

  const allowed = await sendAsking(rig, 'Allowed');
  const denied = await sendAsking(rig, 'Denied');
  const forGood = await sendAsking(rig, 'For good');
  const steered = await sendAsking(rig, 'Steered');
  const question = await sendAsking(rig, 'Question');
  for (const id of [allowed, denied, forGood, steered, question]) await asked(rig, id);
  expect(rig.asked()).toHaveLength(5);

  const once = await asked(rig, allowed);
  await allowRequest(bridge, once.id, 'once', 'desktop');
  await waitUntil(async () => (await ran(rig, allowed)).length === 1, 'the call to run');
  const twice = await asked(rig, allowed);
  expect(twice).toMatchObject({ input: once.input, state: 'open' });
  await denyRequest(bridge, twice.id, 'once is enough', 'desktop');
  await submittedWith(rig, allowed, ['once']);
  expect((await rig.details(allowed)).requests.map(({ state }) => state)).toEqual(['used', 'denied']);

  await denyRequest(bridge, (await asked(rig, denied)).id, 'too loud', 'desktop');
  await submittedWith(rig, denied, []);
  expect(conversation(rig, 'Denied')[1]?.toolResults[0]?.text).toContain('too loud');

  await allowRequest(bridge, (await asked(rig, forGood)).id, 'project', 'desktop');
  await submittedWith(rig, forGood, ['again', 'again']);
  expect((await rig.details(forGood)).requests).toHaveLength(1);

  await steer(bridge, steered, 'and hurry', 'person');
  await allowRequest(bridge, (await asked(rig, steered)).id, 'once', 'desktop');
  await submittedWith(rig, steered, ['steered']);
  expect(conversation(rig, 'Steered')[1]?.lastUserText).toContain('and hurry');

  await steer(bridge, question, 'no hurry', 'person');
  await answerRequest(bridge, (await asked(rig, question)).id, '8080', 'desktop');
  await submittedWith(rig, question, []);
  expect(conversation(rig, 'Question')[1]?.toolResults[0]?.text).toContain('8080');
  expect(conversation(rig, 'Question').some((turn) => turn.lastUserText.includes('no hurry'))).toBe(true);
  expect((await rig.details(question)).waitingMessages).toEqual([]);

  const subagent = await sendAsking(rig, 'Subagent');
  await allowRequest(bridge, (await asked(rig, subagent)).id, 'once', 'desktop');
  await submittedWith(rig, subagent, ['scout']);

  for (const id of [allowed, denied, forGood, steered, question, subagent])
    expect(await runsOf(rig, id)).toEqual([['execute', 'submitted']]);
  // As many as the steps of each script: nobody was asked twice, and nothing was said twice.
  expect(
    ['Allowed', 'Denied', 'For good', 'Steered', 'Question'].map((title) => conversation(rig, title).length),
  ).toEqual([4, 3, 4, 3, 3]);
});
