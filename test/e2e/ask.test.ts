/** A question in the middle of a run, with the real Claude: answered while it waits, or hours later. */
import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { allowRequest, answerRequest, denyRequest, listRequests } from '../../src/bridge/requests.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test, waitUntil } from './rig.ts';

const PLAN = '# Port\nAsk which port.';
const QUESTION = { question: 'Which port?', options: ['80', '8080'] };

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });

async function asked(rig: Rig) {
  await rig.happened('request.opened');
  const [request] = await listRequests(rig.bridge, { undecided: true });
  if (!request) throw new Error('nothing is asked');
  return request;
}

test('a question that is answered after the run has ended is told in the same session, and costs nothing while it waits', async ({
  rig,
}) => {
  await rig.configure({ ask_wait: '0s' });
  rig.script = sequence([bridgeCall('bridge_ask', QUESTION), submit(), say('ok')]);
  await rig.startSupervisor();
  const id = await rig.send(PLAN);
  const request = await asked(rig);
  const { runs } = await rig.until(id, 'awaiting_answer');
  expect(runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'deferred', requestId: request.id }]);
  expect(await rig.claudes()).toEqual([]);
  expect(rig.asked()).toHaveLength(1);
  await answerRequest(rig.bridge, request.id, '8080, please', 'desktop');
  const after = await rig.until(id, 'awaiting_approval');
  expect(after.runs.map(({ kind, outcome }) => [kind, outcome?.kind])).toEqual([
    ['execute', 'deferred'],
    ['answer', 'submitted'],
  ]);
  expect(rig.asked()[1]?.toolResults).toMatchObject([{ text: '{"answer":"8080, please"}', isError: false }]);
  expect(after.requests).toMatchObject([{ state: 'answered' }]);
});

test('a call that a person allows after the run has ended is made once, as it was asked, and a denied one is not', async ({
  rig,
}) => {
  const folder = await rig.workspace('site', { policy: { ask: ['Bash(touch *)'] } });
  await rig.configure({ ask_wait: '0s' });
  const touch = (name: string) => call('Bash', { command: `touch ${name}`, description: `Make ${name}` });
  rig.script = sequence([touch('a'), touch('a'), touch('b'), touch('b'), submit(), say('ok')]);
  await rig.startSupervisor();
  const id = await rig.send('---\nworkspace: site\n---\n# Touch\nTouch it.');
  const first = await asked(rig);
  await rig.until(id, 'awaiting_answer');
  expect(rig.asked().map(({ toolResults }) => toolResults.map(({ text }) => text))).toEqual([
    [],
    [expect.stringContaining('Make exactly this call once more')],
  ]);
  expect(await readdir(folder)).toEqual([]);
  await allowRequest(rig.bridge, first.id, 'once', 'desktop');
  await waitUntil(async () => (await listRequests(rig.bridge, { undecided: true })).length > 0, 'the second');
  const [second] = await listRequests(rig.bridge, { undecided: true });
  await rig.until(id, 'awaiting_answer');
  expect(await readdir(folder)).toEqual(['a']);
  await denyRequest(rig.bridge, second?.id ?? first.id, 'not b', 'desktop');
  const { requests, runs } = await rig.until(id, 'awaiting_approval');
  expect(await readdir(folder)).toEqual(['a']);
  expect(requests.map(({ state }) => state)).toEqual(['used', 'denied']);
  expect(runs.map(({ kind, outcome }) => [kind, outcome?.kind])).toEqual([
    ['execute', 'deferred'],
    ['answer', 'deferred'],
    ['answer', 'submitted'],
  ]);
  expect(rig.asked()).toHaveLength(6);
  expect(rig.asked()[4]?.toolResults[0]?.text).toContain('not b');
});
