import { describe, expect, test } from 'vitest';
import { askPermission } from '../../src/bridge/ask-permission.ts';
import { askQuestion } from '../../src/bridge/ask-question.ts';
import { steer } from '../../src/bridge/control.ts';
import { defaultOverdue, nextDeadline } from '../../src/bridge/default-requests.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { type GateOptions, passGate } from '../../src/bridge/gate.ts';
import type { AskedCall, Asking } from '../../src/bridge/open-request.ts';
import { allowRequest, answerRequest, denyRequest, listRequests } from '../../src/bridge/requests.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { recordDelivered, recordSending, recordUnsent } from '../../src/bridge/runs.ts';
import { MAX_UNDECIDED } from '../../src/project/request.ts';
import type { Run } from '../../src/project/run.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  refusalOf,
  send,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

const WAIT_MS = 120_000;
const QUESTION: Asking = { kind: 'question', question: 'Which port?', options: [], defaultAnswer: '80' };

function call(toolUseId = 'toolu_1', command = 'npm publish', agentId: string | null = null): AskedCall {
  return { toolUseId, toolName: 'Bash', input: { command }, agentId };
}

async function working(rig: Rig, frontMatter = '') {
  const { id } = await send(rig, `${frontMatter}# Build a clock`);
  const { run } = await begin(rig);
  return { id, run, asker: { projectId: id, runId: run.id } };
}

type Working = Awaited<ReturnType<typeof working>>;

function gate(rig: Rig, { asker }: Working, about: AskedCall, options: Partial<GateOptions> = {}) {
  return passGate(rig.bridge, asker, about, {
    asking: undefined,
    waitMs: WAIT_MS,
    waitsFor: undefined,
    ...options,
  });
}

function prompt(rig: Rig, { asker }: Working, about: AskedCall) {
  return askPermission(rig.bridge, asker, about, WAIT_MS);
}

const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });

/** A permission that is asked for, and a run that has waited for it long enough. */
async function waitedFor(rig: Rig, about = call()) {
  const run = await working(rig);
  await prompt(rig, run, about);
  rig.clock.advance(WAIT_MS);
  return run;
}

describe('the gate of a run', () => {
  test('the gate lets through what nobody was asked about, and writes nothing', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    expect(await changingNothing(rig.bridge, () => gate(rig, run, call()))).toEqual({ kind: 'pass' });
    await prompt(rig, run, call());
    const other = await changingNothing(rig.bridge, () => gate(rig, run, call('toolu_2', 'npm test')));
    expect(other).toEqual({ kind: 'pass' });
  });

  test('the gate waits for a person once for all that a run asks, then puts the call off', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    const asked = rig.clock.now().getTime();
    await prompt(rig, run, call());
    rig.clock.advance(60_000);
    const waiting = await gate(rig, run, call('toolu_2'));
    expect(waiting).toMatchObject({ kind: 'wait', until: new Date(asked + WAIT_MS).toISOString() });
    rig.clock.advance(60_000);
    expect(await gate(rig, run, call('toolu_2'))).toEqual({ kind: 'defer' });
    const [request] = await listRequests(rig.bridge, { undecided: true });
    expect(request).toMatchObject({
      state: 'deferred',
      toolUseId: 'toolu_2',
      input: '{"command":"npm publish"}',
    });
  });

  test('the gate puts one call of a run off, and has another one made again afterwards', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    await prompt(rig, run, call('toolu_2', 'npm whoami'));
    expect(await gate(rig, run, call('toolu_3'))).toEqual({ kind: 'defer' });
    const second = await gate(rig, run, call('toolu_4', 'npm whoami'));
    expect(second).toMatchObject({ kind: 'deny', reason: expect.stringContaining('again afterwards') });
  });

  test('the gate puts no call of a subagent off, which would be lost', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    const verdict = await gate(rig, run, call('toolu_2', 'npm publish', 'agent-1'));
    expect(verdict).toMatchObject({ kind: 'deny', reason: expect.stringContaining('go on without it') });
  });

  test('the gate puts no call off while a message is on its way, which would lose the call', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    const { message } = accepted(await steer(rig.bridge, run.id, 'use Rust', 'person'));
    expect(await recordSending(lease(rig), run.run, [message.id])).toEqual([message.id]);
    await prompt(rig, run, call());
    rig.clock.advance(WAIT_MS);
    const verdict = await gate(rig, run, call('toolu_2'));
    expect(verdict).toMatchObject({ kind: 'deny', reason: expect.stringContaining('message') });
    await recordDelivered(lease(rig), run.run, [message.id]);
    expect(await gate(rig, run, call('toolu_3'))).toEqual({ kind: 'defer' });
  });

  test('the gate forgets a message that could not be written to its run', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    const { message } = accepted(await steer(rig.bridge, run.id, 'use Rust', 'person'));
    await recordSending(lease(rig), run.run, [message.id]);
    await recordUnsent(lease(rig), run.run, 'all');
    await prompt(rig, run, call());
    rig.clock.advance(WAIT_MS);
    expect(await gate(rig, run, call('toolu_2'))).toEqual({ kind: 'defer' });
  });

  test('the gate says nothing about a call that was allowed, and gives the reason of a denial', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    await gate(rig, run, call('toolu_2'));
    await prompt(rig, run, call('toolu_3', 'npm whoami'));
    const [first, second] = await listRequests(rig.bridge, { undecided: true });
    if (!first || !second) throw new Error('two requests were expected');
    accepted(await allowRequest(rig.bridge, first.id, 'once', 'person'));
    accepted(await denyRequest(rig.bridge, second.id, 'none of your business', 'person'));
    expect(await gate(rig, run, call('toolu_2'))).toEqual({ kind: 'pass' });
    const denied = await gate(rig, run, call('toolu_3', 'npm whoami'));
    expect(denied).toMatchObject({ kind: 'deny', reason: expect.stringContaining('none of your business') });
  });

  test('the gate denies what a call waited for that was called off', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    const waiting = await gate(rig, run, call('toolu_2'), { waitMs: 10 * WAIT_MS });
    if (waiting.kind !== 'wait') throw new Error('it should wait');
    await submit(rig, run.id, run.run);
    const verdict = await gate(rig, run, call('toolu_2'), { waitsFor: waiting.requestId });
    expect(verdict).toMatchObject({ kind: 'deny', reason: expect.stringContaining('called off') });
  });
});

describe('the permission prompt', () => {
  test('a call that was allowed once is permitted once, then asked about again', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    expect(await prompt(rig, run, call())).toMatchObject({ kind: 'wait' });
    await decide(rig, (id) => allowRequest(rig.bridge, id, 'once', 'person'));
    expect(await prompt(rig, run, call('toolu_2'))).toEqual({ kind: 'allow' });
    expect(await prompt(rig, run, call('toolu_3'))).toMatchObject({ kind: 'wait' });
    expect(await listRequests(rig.bridge, { undecided: true })).toHaveLength(1);
  });

  test('a call that was allowed for the project is permitted again and again, and no other one', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await prompt(rig, run, call());
    await decide(rig, (id) => allowRequest(rig.bridge, id, 'project', 'person'));
    for (const id of ['toolu_2', 'toolu_3'])
      expect(await prompt(rig, run, call(id))).toEqual({ kind: 'allow' });
    expect(await prompt(rig, run, call('toolu_4', 'npm publish --force'))).toMatchObject({ kind: 'wait' });
  });

  test('a call that was denied stays denied, with the reason', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await prompt(rig, run, call());
    await decide(rig, (id) => denyRequest(rig.bridge, id, 'not today', 'person'));
    for (const id of ['toolu_1', 'toolu_2'])
      expect(await prompt(rig, run, call(id))).toMatchObject({
        kind: 'deny',
        reason: expect.stringContaining('not today'),
      });
  });

  test('a call that was denied is asked about again in the next round, where the person may want it', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await prompt(rig, run, call());
    await decide(rig, (id) => denyRequest(rig.bridge, id, 'not yet', 'person'));
    expect(await prompt(rig, run, call())).toMatchObject({ kind: 'deny' });
    await submit(rig, run.id, run.run);
    await endRun(lease(rig), run.run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await reject(rig.bridge, run.id, 'Publish it.', 'person'));
    const { run: next } = await begin(rig);
    const again = { ...run, run: next, asker: { projectId: run.id, runId: next.id } };
    expect(await prompt(rig, again, call('toolu_2'))).toMatchObject({ kind: 'wait' });
    await decide(rig, (id) => allowRequest(rig.bridge, id, 'once', 'person'));
    expect(await prompt(rig, again, call('toolu_2'))).toEqual({ kind: 'allow' });
  });

  test('a call that nobody decides about in time is to be made once more, and never allowed', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    const verdict = await prompt(rig, run, call());
    expect(verdict).toMatchObject({
      kind: 'deny',
      reason: expect.stringContaining('exactly this call once more'),
    });
    expect(await listRequests(rig.bridge, { undecided: true })).toHaveLength(1);
  });

  test('a call of a run that is over is denied, and nobody is asked', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await submit(rig, run.id, run.run);
    expect(await prompt(rig, run, call())).toMatchObject({ kind: 'deny' });
    expect(await listRequests(rig.bridge, { undecided: true })).toEqual([]);
  });
});

test('a project asks a person no more at a time than they would read: the next is refused in words, until one is decided', async () => {
  await using rig = await supervised();
  const run = await working(rig);
  for (let n = 0; n < MAX_UNDECIDED; n += 1) await prompt(rig, run, call(`toolu_${n}`, `npm publish ${n}`));
  const tooMany = {
    kind: 'deny',
    reason: expect.stringContaining(`${MAX_UNDECIDED} things that were asked`),
  };
  expect(await changingNothing(rig.bridge, () => prompt(rig, run, call('toolu_a')))).toMatchObject(tooMany);
  const question = call('toolu_b', 'which port');
  const asked = () => gate(rig, run, question, { asking: QUESTION });
  expect(await changingNothing(rig.bridge, asked)).toMatchObject(tooMany);
  // What was asked before waits as ever.
  expect(await prompt(rig, run, call('toolu_c', 'npm publish 1'))).toMatchObject({ kind: 'wait' });
  await decide(rig, (id) => denyRequest(rig.bridge, id, 'no', 'person'));
  expect(await asked()).toMatchObject({ kind: 'wait' });
});

describe('a question', () => {
  const ask = (rig: Rig, { asker }: Working, about = call()) =>
    askQuestion(rig.bridge, asker, about, QUESTION, WAIT_MS);

  test('a question is answered in the words of the person', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    expect(accepted(await ask(rig, run))).toMatchObject({ kind: 'wait' });
    await decide(rig, (id) => answerRequest(rig.bridge, id, '8080', 'person'));
    expect(await gate(rig, run, call(), { asking: QUESTION })).toEqual({ kind: 'pass' });
    expect(accepted(await ask(rig, run))).toEqual({ kind: 'answered', answer: '8080' });
  });

  test('a question that is asked twice is asked once of the person', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await gate(rig, run, call('toolu_1'), { asking: QUESTION });
    await gate(rig, run, call('toolu_2'), { asking: QUESTION });
    expect(await listRequests(rig.bridge, { undecided: true })).toHaveLength(1);
  });

  test('a question without a gate before it is refused in the end, and Claude goes on', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await ask(rig, run);
    rig.clock.advance(WAIT_MS);
    expect(refusalOf(await ask(rig, run))).toContain('end your turn');
  });
});

describe('decisions by default', () => {
  test('a plan that says how long an answer may take has a default decide then, and not before', async () => {
    await using rig = await supervised();
    const run = await working(rig, '---\nanswer_after: 8h\n---\n');
    await prompt(rig, run, call());
    await gate(rig, run, call('toolu_2', 'which port'), { asking: QUESTION });
    const deadline = new Date(rig.clock.now().getTime() + 8 * 3_600_000);
    expect(await nextDeadline(rig.bridge)).toEqual(deadline);
    rig.clock.advance(8 * 3_600_000 - 1_000);
    await changingNothing(rig.bridge, () => defaultOverdue(lease(rig)));
    rig.clock.advance(1_000);
    await defaultOverdue(lease(rig));
    expect(await prompt(rig, run, call())).toMatchObject({
      kind: 'deny',
      reason: expect.stringContaining('nobody decided in time'),
    });
    const answered = await askQuestion(
      rig.bridge,
      run.asker,
      call('toolu_2', 'which port'),
      QUESTION,
      WAIT_MS,
    );
    expect(accepted(answered)).toEqual({ kind: 'answered', answer: '80' });
    expect(await nextDeadline(rig.bridge)).toBeUndefined();
  });

  test('a plan that says nothing of it waits for ever', async () => {
    await using rig = await supervised();
    const run = await waitedFor(rig);
    rig.clock.advance(365 * 24 * 3_600_000);
    await changingNothing(rig.bridge, () => defaultOverdue(lease(rig)));
    expect(await current(rig.bridge, run.id)).toMatchObject({ status: 'in_progress' });
  });
});

describe('messages for a run that asks', () => {
  test('a message is not written to a run while a person is asked, and is once all is decided', async () => {
    await using rig = await supervised();
    const run = await working(rig);
    await prompt(rig, run, call());
    const { message } = accepted(await steer(rig.bridge, run.id, 'use Rust', 'person'));
    const sending = (of: Run) => recordSending(lease(rig), of, [message.id]);
    expect(await changingNothing(rig.bridge, () => sending(run.run))).toEqual([]);
    await decide(rig, (id) => denyRequest(rig.bridge, id, 'no', 'person'));
    expect(await sending(run.run)).toEqual([message.id]);
  });
});

async function decide(
  rig: Rig,
  decision: (id: Awaited<ReturnType<typeof listRequests>>[0]['id']) => Promise<unknown>,
) {
  const [request] = await listRequests(rig.bridge, { undecided: true });
  if (!request) throw new Error('nothing is asked');
  await decision(request.id);
}
