/** What Claude asks, decided over HTTP: once, as what it is, and under the name of who did it. */
import { expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { answerRequest, denyRequest, listRequests } from '../../src/bridge/requests.ts';
import { accepted, begin, changingNothing, ending, send, supervised } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { desktop } from '../mcp/rig.ts';
import type { Rig } from '../rig.ts';
import { answerOf, serve } from './server.ts';

const QUESTION = {
  kind: 'question',
  question: 'Which port?',
  options: ['80', '8080'],
  defaultAnswer: '80',
} as const;

/** A run under way that asks this. */
async function ask(rig: Rig, asking: Parameters<typeof openRequest>[3]) {
  return (await askInRun(rig, asking)).request;
}

async function askInRun(rig: Rig, asking: Parameters<typeof openRequest>[3]) {
  const { id } = await send(rig);
  const { run } = await begin(rig);
  const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: { command: 'npm publish' }, agentId: null };
  const request = accepted(await openRequest(rig.bridge, { projectId: id, runId: run.id }, call, asking));
  return { run, request };
}

test('a question is listed and answered over HTTP, and the first answer stands', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { id } = await ask(rig, QUESTION);
  const listed = answerOf('GET /questions', await api.call('GET /questions', { token: api.tokens.read }));
  expect(listed).toMatchObject([{ id, kind: 'question', question: 'Which port?', state: 'open' }]);

  const route = 'POST /questions/:id/answer';
  const sent = { token: api.tokens.decide, body: { answer: '8080' } };
  const first = answerOf(route, await api.call(`POST /questions/${id}/answer`, sent));
  expect(first.request).toMatchObject({ answer: '8080', decided_by: 'person: decide', decided_via: 'http' });
  const again = await changingNothing(rig.bridge, () => api.call(`POST /questions/${id}/answer`, sent));
  expect(answerOf(route, again)).toMatchObject({ repeated: true });
  const other = { ...sent, body: { answer: '80' } };
  const late = await changingNothing(rig.bridge, () => api.call(`POST /questions/${id}/answer`, other));
  expect([late.status, late.json.code, late.json.request.answer]).toEqual([409, 'request-settled', '8080']);
  expect((await api.call('GET /questions', { token: api.tokens.read })).json).toEqual([]);
});

test.each([
  ['once', { decision: 'once' }, { state: 'allowed', scope: 'once', answer: null }],
  ['project', { decision: 'project' }, { state: 'allowed', scope: 'project', answer: null }],
  ['deny', { decision: 'deny', reason: 'CI does.' }, { state: 'denied', scope: null, answer: 'CI does.' }],
] as const)('a call that needs permission is decided over HTTP: %s', async (_, body, decided) => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { id } = await ask(rig, PERMISSION);
  const answer = await api.call(`POST /permissions/${id}`, { token: api.tokens.decide, body });
  expect(answerOf('POST /permissions/:id', answer).request).toMatchObject({
    ...decided,
    decided_by: 'person: decide',
  });
});

test.each([
  ['a denial without a reason', { decision: 'deny', reason: ' ' }, 422, 'reason-required'],
  ['a scope that is none', { decision: 'always' }, 422, 'invalid'],
  ['no decision', {}, 422, 'invalid'],
] as const)('%s is refused over HTTP, and the call goes on waiting', async (_, body, status, code) => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { id } = await ask(rig, PERMISSION);
  const answer = await changingNothing(rig.bridge, () =>
    api.call(`POST /permissions/${id}`, { token: api.tokens.decide, body }),
  );
  expect([answer.status, answer.json.code]).toEqual([status, code]);
});

test('a question is not allowed and a call is not answered over HTTP, and what is decided stays so', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { decide: token } = api.tokens;
  const call = await ask(rig, PERMISSION);
  const answered = await api.call(`POST /questions/${call.id}/answer`, { token, body: { answer: 'yes' } });
  expect([answered.status, answered.json.request.state]).toEqual([409, 'open']);
  accepted(await denyRequest(rig.bridge, call.id, 'no', 'desktop'));
  const late = await changingNothing(rig.bridge, () =>
    api.call(`POST /permissions/${call.id}`, { token, body: { decision: 'project' } }),
  );
  expect([late.status, late.json.code, late.json.request.state]).toEqual([409, 'request-settled', 'denied']);
});

test('a question of a run that has ended says over HTTP what going on costs, and so does its answer', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { run, request } = await askInRun(rig, QUESTION);
  const at = rig.clock.now().toISOString();
  const prices = { write: 2.5, read: 0.2 };
  const context = { startTokens: 20_000, tokens: 180_000, at, keptMs: 300_000, prices };
  await endRun(leaseOf(rig), run, { kind: 'interrupted' }, { ...ending, context });
  rig.clock.advance(3_600_000);
  const cost = { tokens: 180_000, usd: 0.45, cached_until: null };
  const listed = answerOf('GET /questions', await api.call('GET /questions', { token: api.tokens.read }));
  expect(listed).toMatchObject([{ id: request.id, resume_cost: cost }]);
  const sent = { token: api.tokens.decide, body: { answer: '8080' } };
  const answered = await api.call(`POST /questions/${request.id}/answer`, sent);
  expect(answerOf('POST /questions/:id/answer', answered).request).toMatchObject({ resume_cost: cost });
});

test('twenty races of answers by HTTP, in Desktop and on the command line leave one answer each, and the losers are told who gave it', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { id: projectId } = await send(rig);
  const { run } = await begin(rig);
  const asker = { projectId, runId: run.id };
  for (let n = 0; n < RACES; n += 1) {
    const call = { toolUseId: `toolu_${n}`, toolName: 'Bash', input: { n }, agentId: null };
    accepted(await openRequest(rig.bridge, asker, call, QUESTION));
  }
  const [person, chat] = [await rig.connect(), await desktop(rig.home)];
  await chat.call('bridge_get_questions', {});
  for (const { id } of await listRequests(rig.bridge, { undecided: true })) {
    const [http, mcp, cli] = await Promise.all([
      api.call(`POST /questions/${id}/answer`, { token: api.tokens.decide, body: { answer: 'of HTTP' } }),
      chat.call('bridge_answer', { request_id: id, answer: 'of Desktop' }),
      answerRequest(person, id, 'of the command line', 'person'),
    ]);
    const settled = (await listRequests(rig.bridge, { projectId, undecided: false })).find(
      (one) => one.id === id,
    );
    const said = [
      { answer: 'of HTTP', won: http.status === 200, told: http.json.detail },
      { answer: 'of Desktop', won: !mcp.isError, told: mcp.text },
      { answer: 'of the command line', won: cli.ok, told: cli.ok ? '' : cli.refusal },
    ];
    expect(said.filter(({ won }) => won).map(({ answer }) => answer)).toEqual([settled?.answer]);
    for (const { told } of said.filter(({ won }) => !won))
      expect(told).toContain(`was answered by ${settled?.decidedBy}`);
  }
  await chat.close();
  expect(await listRequests(rig.bridge, { undecided: true })).toEqual([]);
  expect(rig.rowsOf('events').filter(({ type }) => type === 'request.decided')).toHaveLength(RACES);
}, 30_000);

const RACES = 20;
