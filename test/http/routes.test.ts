/** What else a person does over HTTP: plans, messages, evidence, and the whole at a glance. */
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/project/text.ts';
import { begin, changingNothing, current, projectIn, supervised } from '../bridge/steps.ts';
import { GREEN, measure, TREE, toVerify } from '../bridge/submitted.ts';
import { CHECK_OUTPUT, PATCH, writeEvidenceFiles } from '../evidence-files.ts';
import { createRig } from '../rig.ts';
import { answerOf, serve } from './server.ts';

test('a plan sent over HTTP is in the queue, and the same sent again with its key is no second one', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { admin: token } = api.tokens;
  const sent = {
    token,
    body: { markdown: '# A clock\n\nBuild it.', workspace: rig.workspace },
    headers: { 'idempotency-key': 'one' },
  };
  const first = await api.call('POST /projects', sent);
  const { project, repeated } = answerOf('POST /projects', first);
  expect(project).toMatchObject({ title: 'A clock', status: 'pending', workspace: rig.workspace });
  expect([repeated, first.headers.location]).toEqual([false, `/projects/${project.id}`]);
  expect(rig.rowsOf('plans')[0]?.markdown).toBe('# A clock\n\nBuild it.');

  const again = await changingNothing(rig.bridge, () => api.call('POST /projects', sent));
  expect(answerOf('POST /projects', again)).toMatchObject({ project: { id: project.id }, repeated: true });
});

test.each([
  ['no text', { markdown: '' }, 'plan-refused'],
  ['front matter that is wrong', { markdown: '---\npriority: high\n---\n# A\n\nx' }, 'plan-refused'],
  ['a folder that may not be named', { markdown: '# A\n\nx', workspace: '/etc' }, 'plan-refused'],
  ['no markdown', { title: 'A' }, 'invalid'],
  ['a key of another tool', { markdown: '# A\n\nx', plan_markdown: 'x' }, 'invalid'],
] as const)('a plan with %s is refused over HTTP and stored nowhere', async (_, body, code) => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const answer = await changingNothing(rig.bridge, () =>
    api.call('POST /projects', { token: api.tokens.admin, body }),
  );
  expect([answer.status, answer.json.code]).toEqual([422, code]);
});

test('a plan may be as long over HTTP as elsewhere, and a key for repeats is bounded', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { admin: token } = api.tokens;
  const long = `# A\n\n${'x'.repeat(LIMITS.planBytes - 5)}`;
  expect((await api.call('POST /projects', { token, body: { markdown: long } })).status).toBe(201);
  const over = await api.call('POST /projects', { token, body: { markdown: `${long}x` } });
  expect(over.json.code).toBe('plan-refused');
  const far = await api.call('POST /projects', { token, body: { markdown: 'x'.repeat(2_100_000) } });
  expect(far.status).toBe(413);
  const headers = { 'idempotency-key': 'k'.repeat(LIMITS.requestId + 1) };
  const key = await api.call('POST /projects', { token, headers, body: { markdown: '# A\n\nx' } });
  expect(key.status).toBe(422);
});

test('a message over HTTP waits for Claude, and its repeat with the same key is no second one', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'in_progress');
  const sent = {
    token: api.tokens.decide,
    body: { message: 'Use Rust.' },
    headers: { 'idempotency-key': 'one' },
  };
  const route = 'POST /projects/:id/steer';
  const first = answerOf(route, await api.call(`POST /projects/${id}/steer`, sent));
  expect(first).toMatchObject({ message: { message: 'Use Rust.', delivered_at: null }, repeated: false });
  const again = answerOf(route, await api.call(`POST /projects/${id}/steer`, sent));
  expect(again).toMatchObject({ message: first.message, repeated: true });
  expect(rig.rowsOf('messages')).toHaveLength(1);
  const empty = await api.call(`POST /projects/${id}/steer`, { ...sent, body: { message: ' ' } });
  expect([empty.status, empty.json.code]).toEqual([422, 'invalid']);
});

test('a project is retried and cancelled over HTTP, and what its status does not allow is refused', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { decide: token } = api.tokens;
  const parked = await projectIn(rig, 'attention');
  const retried = await api.call(`POST /projects/${parked}/retry`, { token });
  expect(answerOf('POST /projects/:id/retry', retried).attention).toBeNull();
  const again = await api.call(`POST /projects/${parked}/retry`, { token });
  expect([again.status, again.json.code]).toEqual([409, 'illegal-move']);

  const cancelled = await api.call(`POST /projects/${parked}/cancel`, { token, body: { reason: 'no need' } });
  expect(answerOf('POST /projects/:id/cancel', cancelled)).toMatchObject({ repeated: false });
  expect((await current(rig.bridge, parked)).status).toBe('cancelled');
  const repeated = await api.call(`POST /projects/${parked}/cancel`, { token });
  expect(repeated.json.repeated).toBe(true);
  const late = await api.call(`POST /projects/${parked}/steer`, { token, body: { message: 'hello' } });
  expect([late.status, late.json.code, late.json.status]).toEqual([409, 'illegal-move', 'cancelled']);
});

test('what was measured of a round, its patch and what its checks printed are read over HTTP', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const id = await toVerify(rig);
  const early = await api.call(`GET /projects/${id}/rounds/1`, { token });
  expect(early).toMatchObject({ status: 404, json: { code: 'not-measured', state: 'measuring' } });
  await measure(rig, GREEN);
  await writeEvidenceFiles(rig.home, rig.rowsOf('runs')[0]?.id ?? '');

  const round = await api.call(`GET /projects/${id}/rounds/1`, { token });
  expect(answerOf('GET /projects/:id/rounds/:round', round)).toMatchObject({ checks_passed: true });
  const patch = await api.call(`GET /projects/${id}/rounds/1/patch`, { token });
  expect([patch.text, patch.headers['content-type']]).toEqual([PATCH, 'text/x-diff; charset=utf-8']);
  const list = await api.call(`GET /projects/${id}/rounds/1/diff`, { token });
  const { changes } = answerOf('GET /projects/:id/rounds/:round/diff', list);
  expect(changes).toMatchObject([{ number: 1, path: 'src/clock.ts', old_path: 'src/time.ts', status: 'R' }]);
  const one = await api.call(`GET /projects/${id}/rounds/1/diff/1`, { token });
  expect(one.text).toBe(PATCH.slice(0, PATCH.lastIndexOf('diff --git')));
  const [name = ''] = rig
    .rowsOf('evidence')
    .flatMap(({ data }) => JSON.parse(data).checks)
    .map((one) => one.name);
  const check = await api.call(`GET /projects/${id}/rounds/1/checks/${name}`, { token });
  expect(check.text).toBe(CHECK_OUTPUT);
  expect(check.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });

  const codes = [];
  for (const path of ['rounds/2', 'rounds/1/checks/no-such', 'rounds/1/diff/2', 'rounds/0'])
    codes.push((await api.call(`GET /projects/${id}/${path}`, { token })).json.code);
  expect(codes).toEqual(['round-not-found', 'not-kept', 'not-kept', 'invalid']);
});

test('an approval over HTTP that names the measured tree is bound to it, and another tree is refused', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { decide: token } = api.tokens;
  const id = await toVerify(rig);
  await measure(rig);
  const other = { token, body: { round: 1, tree: `0${TREE.slice(1)}` } };
  const refused = await changingNothing(rig.bridge, () => api.call(`POST /projects/${id}/approve`, other));
  expect([refused.status, refused.json.code, refused.json.round]).toEqual([409, 'round-moved-on', 1]);
  const meant = { token, body: { round: 1, tree: TREE.slice(0, 8) } };
  const { decision } = answerOf(
    'POST /projects/:id/approve',
    await api.call(`POST /projects/${id}/approve`, meant),
  );
  expect(decision).toMatchObject({ bound: true, tree: TREE });
});

test('the overview, a run and the costs over HTTP have what the store has', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const waiting = await projectIn(rig, 'awaiting_approval');
  const pending = await projectIn(rig, 'pending');
  const { run } = await begin(rig);
  const seen = answerOf('GET /overview', await api.call('GET /overview', { token }));
  expect(seen.running).toMatchObject([{ project: { id: pending }, run: { id: run.id } }]);
  expect(seen.waiting).toMatchObject([{ id: waiting }]);
  expect(seen.counts).toMatchObject({ awaiting_approval: 1, in_progress: 1, complete: 0 });
  const shown = await api.call(`GET /runs/${run.id}`, { token });
  expect(answerOf('GET /runs/:id', shown)).toMatchObject({ id: run.id, project_id: pending, outcome: null });
  expect((await api.call('GET /runs/..%2f..%2fetc', { token })).json.code).toBe('run-not-found');
  const costs = answerOf('GET /costs', await api.call('GET /costs', { token }));
  expect(costs.periods.map(({ period }: { period: string }) => period)).toEqual(['day', 'month']);
});

test('the overview over HTTP says of each project that waits what was measured of it, and what it has cost', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const overview = async () => answerOf('GET /overview', await api.call('GET /overview', { token })).waiting;
  const id = await toVerify(rig);
  await measure(rig, GREEN);
  const unmeasured = await projectIn(rig, 'awaiting_approval');
  expect(await overview()).toMatchObject([
    { id, measured: { checks_passed: true, files: 4, round: 1, tree: TREE }, runs_of_unknown_cost: 0 },
    { id: unmeasured, measured: null, spent_usd: 0, runs_of_unknown_cost: 0 },
  ]);
  const { spent_usd: spent } = answerOf(
    'GET /projects/:id',
    await api.call(`GET /projects/${id}`, { token }),
  );
  expect((await overview())[0].spent_usd).toBe(spent);
});

test('new runs are paused and resumed over HTTP, under the name of who did it', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { decide: token } = api.tokens;
  const paused = answerOf('POST /pause', await api.call('POST /pause', { token }));
  expect(paused).toMatchObject([{ kind: 'paused', reason: 'paused by decide' }]);
  expect(rig.rowsOf('holds')).toHaveLength(1);
  const ended = answerOf('POST /resume', await api.call('POST /resume', { token }));
  expect(ended).toEqual(paused);
  expect(rig.rowsOf('holds')).toEqual([]);
  expect(api.woken()).toBe(2);
});
