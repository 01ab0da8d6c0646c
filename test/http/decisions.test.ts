/** A person decides over HTTP: the shapes, what is recorded, and every way in which it is refused. */
import { expect, test } from 'vitest';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { changingNothing, current, projectIn } from '../bridge/steps.ts';
import { createRig } from '../rig.ts';
import { type Answer, answerOf, serve } from './server.ts';

test('an approval over HTTP with an empty body decides on what waits and says which that was', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const answer = await api.call(`POST /projects/${id}/approve`, { token: api.tokens.decide });
  const { project, decision, round, repeated } = answerOf('POST /projects/:id/approve', answer);
  expect({ status: project.status, round, repeated }).toEqual({
    status: 'approved',
    round: 1,
    repeated: false,
  });
  expect(decision).toMatchObject({ decided_by: 'person: decide', decided_via: 'http', bound: false });
  expect(api.woken()).toBe(1);

  const again = await changingNothing(rig.bridge, () =>
    api.call(`POST /projects/${id}/approve`, { token: api.tokens.admin }),
  );
  expect(answerOf('POST /projects/:id/approve', again)).toEqual({ ...answer.json, repeated: true });
});

test('a rejection over HTTP opens the next round with the reason as it was typed', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const sent = { token: api.tokens.decide, body: { reason: 'Keep “it”.\nAll.', round: 1 } };
  const answer = await api.call(`POST /projects/${id}/reject`, sent);
  const { project, decision } = answerOf('POST /projects/:id/reject', answer);
  expect(project.status).toBe('rejected');
  expect(decision).toMatchObject({ verdict: 'rejected', reason: 'Keep “it”.\nAll.' });
  const { json } = await api.call(`GET /projects/${id}`, { token: api.tokens.read });
  expect(json.approval).toEqual(decision);
});

test('the last round that the owner allows is parked when it is rejected over HTTP', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval', { round: 5 });
  const sent = { token: api.tokens.decide, body: { reason: 'no' } };
  const { json } = await api.call(`POST /projects/${id}/reject`, sent);
  expect(json.project.status).toBe('attention');
});

test.each([
  ['an empty reason', { reason: ' \n ' }, 422, 'reason-required'],
  ['no reason', {}, 422, 'reason-required'],
  ['a reason that is no text', { reason: 7 }, 422, 'invalid'],
  ['a reason beyond the limit', { reason: 'x'.repeat(20_001) }, 422, 'invalid'],
  ['an unknown key', { reason: 'no', raeson: 'no' }, 422, 'invalid'],
  ['another round', { reason: 'no', round: 2 }, 409, 'round-moved-on'],
  ['half a round', { reason: 'no', round: 1.5 }, 422, 'invalid'],
  ['a tree that is none', { reason: 'no', tree: 'main' }, 422, 'invalid'],
  ['a tree that was not measured', { reason: 'no', tree: '0123456789' }, 409, 'round-moved-on'],
  ['no JSON', '{"reason": "no"', 400, 'not-json'],
  ['JSON that is no object', '"no"', 422, 'invalid'],
] as const)('a rejection with %s is refused and changes nothing', async (_, body, status, code) => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const answer = await changingNothing(rig.bridge, () =>
    api.call(`POST /projects/${id}/reject`, { token: api.tokens.decide, body }),
  );
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ code, type: `urn:bridge-supervisor:problem:${code}` });
});

test('a body that is not called JSON is refused, and an empty reason in the words of the tools', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const headers = { 'content-type': 'text/plain' };
  const sent = { token: api.tokens.decide, body: { reason: 'no' } };
  const answer = await api.call(`POST /projects/${id}/reject`, { ...sent, headers });
  expect([answer.status, answer.json.code]).toEqual([415, 'json-only']);
  const empty = await api.call(`POST /projects/${id}/reject`, { ...sent, body: { reason: '' } });
  expect(empty.json.detail).toBe("a non-empty 'reason' is required to reject a project.");
});

test('a decision on work that is decided, or not there yet, is told what is so', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { decide: token } = api.tokens;
  const decided = await projectIn(rig, 'awaiting_approval');
  await reject(rig.bridge, decided, 'slow', 'desktop');
  const late = await api.call(`POST /projects/${decided}/approve`, { token, body: { round: 1 } });
  expect(late.status).toBe(409);
  expect(late.json).toMatchObject({
    code: 'already-decided',
    decision: { verdict: 'rejected', reason: 'slow', decided_by: 'desktop' },
  });
  const pending = await projectIn(rig, 'pending');
  const early = await api.call(`POST /projects/${pending}/approve`, { token });
  expect([early.status, early.json.code, early.json.status]).toEqual([409, 'illegal-move', 'pending']);
});

test('two who decide at once, one over HTTP and one on the command line, make one decision', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const other = await rig.connect();
  for (let round = 0; round < 10; round += 1) {
    const id = await projectIn(rig, 'awaiting_approval');
    const [http, cli] = await Promise.all([
      api.call(`POST /projects/${id}/approve`, { token: api.tokens.decide }),
      reject(other, id, 'no', 'person'),
    ]);
    expect([http.status === 200, cli.ok].filter(Boolean)).toHaveLength(1);
    if (http.status !== 200) expect(http.json.decision).toMatchObject({ reason: 'no', decided_via: 'cli' });
    expect((await current(rig.bridge, id)).status).toBe(cli.ok ? 'rejected' : 'approved');
    expect(rig.rowsOf('approvals').filter((row) => row.project_id === id)).toHaveLength(1);
  }
});

test('the list of projects leads from page to page, newest first, and each is shown whole', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(await projectIn(rig, n === 2 ? 'complete' : 'pending'));
  const seen: string[] = [];
  let next: string | undefined = '/projects?limit=2&status=pending';
  while (next !== undefined) {
    const page: Answer = await api.call(`GET ${next}`, { token });
    answerOf('GET /projects', page);
    expect(page.headers['bridge-cursor']).toMatch(/^\d+$/);
    seen.push(...page.json.map(({ id }: { id: string }) => id));
    next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
  }
  const [a, b, , c, d] = ids;
  expect(seen).toEqual([d, c, b, a]);
  expect((await api.call('GET /projects?limit=0', { token })).status).toBe(422);
  expect((await api.call('GET /projects?status=done', { token })).status).toBe(422);
  expect((await api.call('GET /projects?token=x', { token })).status).toBe(422);
});

test('one project over HTTP has its updates, its newest submission and its newest decision', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  await approve(rig.bridge, id, 'person');
  const answer = await api.call(`GET /projects/${id}`, { token: api.tokens.read });
  const { project, updates, completion, approval } = answerOf('GET /projects/:id', answer);
  expect([project.id, updates, completion]).toEqual([id, [], null]);
  expect(approval).toMatchObject({ verdict: 'approved', decided_via: 'cli' });
});

test('health is open, and tells the path of the database to a caller with a token alone', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const open = await api.call('GET /health');
  expect(answerOf('GET /health', open)).toEqual({
    status: 'ok',
    version: expect.any(String),
    instance: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  const known = await api.call('GET /health', { token: api.tokens.read });
  expect(known.json.db_path).toContain(rig.home);
  expect(open.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  expect(open.headers).not.toHaveProperty('server');
  expect(open.headers).not.toHaveProperty('strict-transport-security');
  expect((await api.call('HEAD /health')).text).toBe('');
});

test('a store that fails is answered without a word of its own, and what is wrong is in the log', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  rig.tamper('ALTER TABLE projects RENAME TO projects_away');
  const answer = await api.call('GET /projects', { token: api.tokens.read });
  rig.tamper('ALTER TABLE projects_away RENAME TO projects');
  expect([answer.status, answer.json.code]).toEqual([500, 'internal']);
  expect(answer.text).not.toMatch(/sql|table|projects/i);
  expect(api.log.join('\n')).toContain('http.failed');
});

test('too many wrong tokens are slowed down and a right one passes, and so are too many writes', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const wrong = { token: `${api.tokens.read.slice(0, -2)}zz` };
  for (let n = 0; n < 10; n += 1) expect((await api.call('GET /projects', wrong)).status).toBe(401);
  const slowed = await api.call('GET /projects', wrong);
  expect([slowed.status, slowed.headers['retry-after']]).toEqual([429, '60']);
  expect((await api.call('GET /projects', { token: api.tokens.read })).status).toBe(200);
  rig.clock.advance(60_000);
  expect((await api.call('GET /projects', wrong)).status).toBe(401);

  const write = () => api.call('POST /projects/0123456789ab/approve', { token: api.tokens.decide });
  for (let n = 0; n < 120; n += 1) expect((await write()).status).toBe(404);
  expect((await write()).status).toBe(429);
  rig.clock.advance(60_000);
  expect((await write()).status).toBe(404);
});

test('no line of the log and no refusal holds a token, a query or a body', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const token = api.tokens.admin;
  const texts = [
    await api.call('GET /projects?before=secret-query', { token }),
    await api.call(`POST /projects/${id}/reject`, { token, body: { reason: '', hidden: 'secret-body' } }),
    await api.call('GET /secret-path', { token: `${token}x` }),
  ].map(({ text }) => text);
  const told = [...texts, ...api.log].join('\n');
  expect(told).not.toContain(token.slice(17));
  expect(told).not.toContain('secret-');
  expect(api.log.join('\n')).toContain('/projects/:id/reject');
});
