/** Plans over HTTP: amended, scheduled, and held to what the owner allows. */
import { expect, test } from 'vitest';
import { changingNothing, projectIn, send as sendPlan } from '../bridge/steps.ts';
import { createRig } from '../rig.ts';
import { answerOf, serve } from './server.ts';

const DAILY = "---\nschedule: '0 6 * * *'\ntimezone: Europe/Berlin\n---\n# Every morning\n\nSweep.";

test('a plan amended over HTTP is the one to follow, and the same again with its key is no second one', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { id } = await sendPlan(rig);
  const sent = {
    token: api.tokens.admin,
    body: { markdown: '# Build a sundial\n\nOf stone.' },
    headers: { 'idempotency-key': 'one' },
  };
  const answer = await api.call(`PUT /projects/${id}/plan`, sent);
  const amended = answerOf('PUT /projects/:id/plan', answer);
  expect(amended).toMatchObject({
    project: { id },
    revision: 2,
    repeated: false,
    reopened: false,
  });
  expect(rig.rowsOf('plans').at(-1)?.markdown).toBe('# Build a sundial\n\nOf stone.');
  expect(api.woken()).toBe(1);
  const again = await changingNothing(rig.bridge, () => api.call(`PUT /projects/${id}/plan`, sent));
  expect(answerOf('PUT /projects/:id/plan', again)).toMatchObject({ revision: 2, repeated: true });
});

test('an amendment over HTTP reopens work that waits for a decision, and the record says how it came', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { id } = await sendPlan(rig);
  rig.tamper("UPDATE projects SET status = 'awaiting_approval' WHERE id = ?", id);
  const sent = { token: api.tokens.admin, body: { markdown: '# Build a sundial' } };
  const answer = await api.call(`PUT /projects/${id}/plan`, sent);
  expect(answerOf('PUT /projects/:id/plan', answer)).toMatchObject({
    project: { status: 'rejected' },
    reopened: true,
  });
  expect(rig.rowsOf('approvals')).toMatchObject([{ verdict: 'rejected', decided_via: 'http' }]);
});

test.each([
  ['the plan that it has', '# Build a clock', 409, 'plan-unchanged'],
  ['no text', '', 422, 'plan-refused'],
  ['another workspace', '---\nworkspace: /tmp\n---\n# A\n\nx', 422, 'plan-refused'],
  ['a schedule', DAILY, 422, 'plan-refused'],
  ['more turns than the owner allows', '---\nmax_turns: 1000\n---\n# A\n\nx', 422, 'plan-refused'],
] as const)('an amendment over HTTP with %s is refused and changes nothing', async (_, markdown, status, code) => {
  await using rig = await createRig();
  await using api = await serve(rig, { config: { max_turns: 10 } });
  const { id } = await sendPlan(rig);
  const answer = await changingNothing(rig.bridge, () =>
    api.call(`PUT /projects/${id}/plan`, { token: api.tokens.admin, body: { markdown } }),
  );
  expect([answer.status, answer.json.code]).toEqual([status, code]);
});

test('an amendment over HTTP of what is closed, or approved and about to land, is refused as an illegal move', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const sent = { token: api.tokens.admin, body: { markdown: '# B' } };
  const complete = await projectIn(rig, 'complete');
  const parked = await projectIn(rig, 'attention', { attention_from: 'approved' });
  for (const [id, status] of [
    [complete, 'complete'],
    [parked, 'attention'],
  ] as const) {
    const { json } = await changingNothing(rig.bridge, () => api.call(`PUT /projects/${id}/plan`, sent));
    expect([json.code, json.status, json.error]).toEqual(['illegal-move', status, json.detail]);
  }
});

test('a rejection over HTTP says what Claude may do from now on, and in which session it goes on', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval');
  const body = { reason: 'Test it.', allow: ['Bash(npm test *)'], revise_in: 'fresh' };
  const answer = await api.call(`POST /projects/${id}/reject`, { token: api.tokens.decide, body });
  expect(answerOf('POST /projects/:id/reject', answer).decision).toMatchObject({
    allowed: ['Bash(npm test *)'],
    revise_in: 'fresh',
  });
  const other = { ...body, revise_in: 'session' };
  const again = await api.call(`POST /projects/${id}/reject`, { token: api.tokens.decide, body: other });
  expect([again.status, again.json.code]).toEqual([409, 'already-decided']);
});

test.each([
  ['what the policy denies', { allow: ['Bash(rm *)'] }, 'not-allowed'],
  ['what is no rule', { allow: ['anything at all'] }, 'not-allowed'],
  [
    'more rules than there may be',
    { allow: Array.from({ length: 21 }, (_, at) => `Bash(x${at})`) },
    'invalid',
  ],
  ['a session that there is not', { revise_in: 'yesterday' }, 'invalid'],
  ['a rule, of another round', { allow: ['Bash(ls)'], round: 2 }, 'round-moved-on'],
] as const)('a rejection over HTTP that allows or asks for %s is refused and changes nothing', async (_, more, code) => {
  await using rig = await createRig();
  await using api = await serve(rig, { config: { disallowed_tools: ['Bash(rm *)'] } });
  const id = await projectIn(rig, 'awaiting_approval');
  const sent = { token: api.tokens.decide, body: { reason: 'no', ...more } };
  const answer = await changingNothing(rig.bridge, () => api.call(`POST /projects/${id}/reject`, sent));
  expect(answer.json.code).toBe(code);
});

test('a retry over HTTP may raise the budget of a project as far as the owner allows, and no further', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { config: { budget: { project_usd: 10 } } });
  const id = await projectIn(rig, 'attention');
  const retry = (budget: unknown) =>
    api.call(`POST /projects/${id}/retry`, { token: api.tokens.decide, body: { budget } });
  const over = await changingNothing(rig.bridge, () => retry(11));
  expect([over.status, over.json.code]).toEqual([422, 'not-allowed']);
  const codes = [];
  for (const wrong of [0, -1, '8', 1e9, null]) codes.push((await retry(wrong)).json.code);
  expect(new Set(codes)).toEqual(new Set(['invalid']));
  expect(answerOf('POST /projects/:id/retry', await retry(8))).toMatchObject({ budget_usd: 8 });
  expect((await retry(8)).json.code).toBe('illegal-move');
});

test('a plan with a schedule sent over HTTP is one, and is shown, paused, resumed, run and removed', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { admin, decide, read } = api.tokens;
  const sent = { token: admin, body: { markdown: DAILY }, headers: { 'idempotency-key': 'one' } };
  const first = await api.call('POST /projects', sent);
  const { schedule, repeated } = answerOf('POST /projects', first);
  expect(repeated).toBe(false);
  expect(first.headers.location).toBe(`/schedules/${schedule.id}`);
  expect(schedule).toMatchObject({ title: 'Every morning', next_slot: '2026-03-02T05:00:00.000Z' });
  const again = await changingNothing(rig.bridge, () => api.call('POST /projects', sent));
  expect(again.json).toMatchObject({ schedule: { id: schedule.id }, repeated: true });

  const listed = await api.call('GET /schedules', { token: read });
  expect(answerOf('GET /schedules', listed)).toEqual([schedule]);
  const shown = await api.call(`GET /schedules/${schedule.id}`, { token: read });
  expect(answerOf('GET /schedules/:id', shown)).toEqual({ ...schedule, markdown: DAILY });

  const change = async (verb: string) => {
    const answer = await api.call(`POST /schedules/${schedule.id}/${verb}`, { token: decide });
    return answerOf(`POST /schedules/:id/${verb}`, answer);
  };
  expect(await change('pause')).toMatchObject({ state: 'paused', next_slot: null });
  expect(await change('pause')).toMatchObject({ state: 'paused' });
  expect(await change('run')).toMatchObject({ project: { title: 'Every morning', status: 'pending' } });
  expect(await change('resume')).toMatchObject({ state: 'active', next_slot: '2026-03-02T05:00:00.000Z' });
  expect(await change('remove')).toMatchObject({ state: 'removed' });
  const gone = await api.call(`POST /schedules/${schedule.id}/resume`, { token: decide });
  expect([gone.status, gone.json.code]).toEqual([404, 'schedule-not-found']);
  expect((await api.call('GET /schedules', { token: read })).json).toEqual([]);
});

test('a plan sent over HTTP begins after what it names, by its front matter or beside it, and expires as it says', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const before = await sendPlan(rig);
  const other = await sendPlan(rig);
  const markdown = `---\ndepends_on: [${before.id}]\nexpires: 2h\noutline: true\n---\n# After\n\nx`;
  const sent = { token: api.tokens.admin, body: { markdown, after: [other.id] } };
  const { project, waits_for } = answerOf('POST /projects', await api.call('POST /projects', sent));
  expect(waits_for.map(({ project_id }: { project_id: string }) => project_id).sort()).toEqual(
    [before.id, other.id].sort(),
  );
  expect(project.expires_at).toBe(new Date(rig.clock.now().getTime() + 7_200_000).toISOString());
  expect(project.outline).toBe(true);
  const unknown = { ...sent, body: { markdown: '# A\n\nx', after: ['0123456789ab'] } };
  expect((await api.call('POST /projects', unknown)).json.code).toBe('plan-refused');
});

test('slots closer than the owner allows are refused over HTTP', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const markdown = "---\nschedule: '* * * * *'\n---\n# A\n\nx";
  const { json } = await changingNothing(rig.bridge, () =>
    api.call('POST /projects', { token: api.tokens.admin, body: { markdown } }),
  );
  expect([json.code, json.detail]).toEqual([
    'plan-refused',
    expect.stringContaining('schedule_min_interval'),
  ]);
});

test('a schedule amended over HTTP makes projects of its new plan at its new times', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const token = api.tokens.admin;
  const { json } = await api.call('POST /projects', { token, body: { markdown: DAILY } });
  const markdown = DAILY.replace('0 6', '0 9').replace('Sweep.', 'Mop.');
  const amend = (text: string) =>
    api.call(`PUT /schedules/${json.schedule.id}/plan`, { token, body: { markdown: text } });
  const amended = answerOf('PUT /schedules/:id/plan', await amend(markdown));
  expect(amended).toMatchObject({ id: json.schedule.id, cron: '0 9 * * *', title: 'Every morning' });
  expect(rig.rowsOf('schedules')).toMatchObject([{ markdown, state: 'active' }]);
  for (const [text, status, code] of [
    [markdown, 409, 'plan-unchanged'],
    ['# No times', 422, 'plan-refused'],
    [DAILY.replace('0 6', '*/5 6'), 422, 'plan-refused'],
  ] as const) {
    const answer = await changingNothing(rig.bridge, () => amend(text));
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  }
});

test('a plan is checked over HTTP as it would be sent, and nothing of it is stored', async () => {
  await using rig = await createRig();
  const config = { workspaces: { shop: rig.workspace }, schedule_min_interval: '1h' };
  await using api = await serve(rig, { config });
  const { admin: token } = api.tokens;
  const check = async (body: object) =>
    answerOf(
      'POST /plans/check',
      await changingNothing(rig.bridge, () => api.call('POST /plans/check', { token, body })),
    );
  expect(await check({ markdown: '# A clock\n\nBuild it.' })).toEqual({
    problems: [],
    title: 'A clock',
    not_used: [],
  });
  const wrong = await check({ markdown: '---\npriority: high\nmax_turns: 0\n---\n# A\n\nx' });
  expect(wrong.problems).toEqual([expect.stringMatching(/^line 2: /), expect.stringMatching(/^line 3: /)]);
  expect((await check({ markdown: '# A\n\nx', workspace: '/etc' })).problems[0]).toContain("'/etc'");
  expect(await check({ markdown: '# A\n\nx', workspace: 'shop' })).toMatchObject({ problems: [] });
  const close = await check({ markdown: '---\nschedule: "* * * * *"\n---\n# A\n\nx' });
  expect(close.problems[0]).toContain('schedule_min_interval');
  const unknown = await api.call('POST /plans/check', { token, body: { markdown: 'x', project_id: 'none' } });
  expect(unknown.json.code).toBe('project-not-found');
  const rules = answerOf('GET /plans/rules', await api.call('GET /plans/rules', { token }));
  expect(rules).toMatchObject({
    workspaces: [{ name: 'shop', path: rig.workspace }],
    default_workspace: null,
  });
  expect(rules.settings.map(({ name }: { name: string }) => name)).toContain('budget_usd');
});
