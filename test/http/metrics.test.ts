/** Figures over HTTP: for Prometheus, and what was spent on which day. */
import { expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import { pause } from '../../src/bridge/holds.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { costHistory, datesUntil } from '../../src/project/cost-history.ts';
import { accepted, begin, projectIn, send, supervised } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { createRig } from '../rig.ts';
import { EXPECTED } from './expected.ts';
import { answerOf, serve } from './server.ts';

/** Each figure by its name and labels, as a reader of the format has it. */
function figuresIn(text: string): Record<string, number> {
  const lines = text.split('\n').slice(0, -1);
  const typed = new Set(lines.flatMap((line) => /^# TYPE (\w+) (?:gauge|counter)$/.exec(line)?.[1] ?? []));
  const figures = lines
    .filter((line) => !line.startsWith('# '))
    .map((line) => {
      const [, name = '', labels = '', value] =
        /^(\w+)(\{(?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (-?[\d.e+-]+)$/.exec(line) ?? [];
      expect(typed, line).toContain(name);
      return [name + labels, Number(value)] as const;
    });
  expect(new Set(figures.map(([name]) => name)).size).toBe(figures.length);
  return Object.fromEntries(figures);
}

test('the figures for Prometheus have what the store has, and how often each route was called', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  await projectIn(rig, 'awaiting_approval');
  await send(rig);
  const { run } = await begin(rig);
  const ended = createEnding(0, { cost: { usd: 0.5, basis: 'reported' } });
  await endRun(leaseOf(rig), run, { kind: 'no_completion' }, ended);
  await pause(rig.bridge, 'lunch', 'person');
  await api.call('GET /projects/0123456789ab', { token });
  await api.call('GET /projects/0123456789ab', { token });
  await api.call('GET /nothing/of/the/kind', { token });
  await api.call('GET /health', { headers: { host: 'evil.example' } });
  rig.clock.advance(7_000);
  const { text, headers } = await api.call('GET /metrics', { token });
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(figuresIn(text)).toMatchObject({
    'bridge_projects{status="awaiting_approval"}': 1,
    'bridge_projects{status="cancelled"}': 0,
    bridge_runs_open: 0,
    'bridge_runs_ended_total{outcome="no_completion"}': 1,
    bridge_cost_usd_total: 0.5,
    'bridge_spent_usd{period="day"}': 0.5,
    'bridge_holds{kind="paused"}': 1,
    'bridge_holds{kind="billing"}': 0,
    bridge_lease_age_seconds: 9,
    'bridge_http_requests_total{method="GET",route="/projects/:id",status="404"}': 2,
    'bridge_http_requests_total{method="",route="",status="404"}': 1,
    'bridge_http_requests_total{method="",route="",status="421"}': 1,
    bridge_http_streams: 0,
  });
});

test('runs under way and what waits for an answer are among the figures', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { id: projectId } = await send(rig);
  const { run } = await begin(rig);
  const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: {}, agentId: null };
  accepted(await openRequest(rig.bridge, { projectId, runId: run.id }, call, PERMISSION));
  const { text } = await api.call('GET /metrics', { token: api.tokens.read });
  expect(figuresIn(text)).toMatchObject({
    bridge_runs_open: 1,
    bridge_requests_waiting: 1,
    'bridge_projects{status="in_progress"}': 1,
  });
});

test('an age of the lease is given only where a supervisor has one', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { text } = await api.call('GET /metrics', { token: api.tokens.read });
  expect(Object.keys(figuresIn(text))).not.toContain('bridge_lease_age_seconds');
});

test('no line of the log, and no figure, holds a token, a cookie, a code, a title or a path, whatever route is called how', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'awaiting_approval', { title: 'MARKED title', workspace: '/MARKED/work' });
  const secrets = [...Object.values(api.tokens), 'MARKED'];
  const headers = {
    cookie: `bridge_${api.port}=MARKED`,
    'bridge-key': 'MARKED',
    'last-event-id': 'MARKED',
    'idempotency-key': 'MARKED',
    'if-none-match': 'MARKED',
    referer: 'http://MARKED/#signin=MARKED',
  };
  const told: string[] = [];
  for (const [name, { method, path, body, headers: own }] of Object.entries(EXPECTED)) {
    const [, pattern = ''] = name.split(' ');
    const marked = pattern.replace(':id', id).replaceAll(/:\w+/g, 'MARKED');
    for (const [target, sent] of [
      [path, body],
      [`${path}${path.includes('?') ? '&' : '?'}code=MARKED&token=MARKED`, { MARKED: 'MARKED' }],
      [marked, '{"MARKED'],
      [`/MARKED${path}`, undefined],
    ] as const)
      for (const token of [undefined, 'bst_MARKED', api.tokens.read, api.tokens.admin]) {
        rig.clock.advance(60_000);
        const answer = await api.call(`${method} ${target}`, {
          headers: { accept: 'application/json', ...headers, ...own },
          ...(token !== undefined && { token }),
          ...(method !== 'GET' && sent !== undefined && { body: sent }),
        });
        if (answer.status >= 400 && answer.text !== '') told.push(`${name}: ${answer.text}`);
      }
  }
  const { text } = await api.call('GET /metrics', { token: api.tokens.read });
  const holding = (lines: readonly string[], words: readonly string[]) =>
    lines.filter((line) => words.some((word) => line.includes(word)));
  expect(api.log.length).toBeGreaterThan(Object.keys(EXPECTED).length);
  expect(holding(api.log, secrets)).toEqual([]);
  expect(holding(text.split('\n'), secrets)).toEqual([]);
  // What a caller sent is named to that caller; who the others are, and how they get in, is not.
  expect(holding(told, Object.values(api.tokens))).toEqual([]);
  expect(holding(told, ['/MARKED/work', 'MARKED title', rig.home])).toEqual([]);
}, 60_000);

test('costs are told day by day in the time zone that is asked for, by project, model and outcome', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const { id } = await send(rig);
  const { run } = await begin(rig);
  const ended = createEnding(0, { cost: { usd: 1.5, basis: 'reported' } });
  await endRun(leaseOf(rig), run, { kind: 'no_completion' }, ended);
  rig.tamper("UPDATE runs SET created_at = '2026-02-28T23:30:00.000Z', model_used = 'opus'");
  const ask = async (query: string) =>
    answerOf('GET /costs', await api.call(`GET /costs?${query}`, { token }));
  const berlin = await ask('days=3&tz=Europe/Berlin');
  expect(berlin.days).toEqual([
    { date: '2026-02-27', usd: 0, runs: 0, runs_of_unknown_cost: 0 },
    { date: '2026-02-28', usd: 0, runs: 0, runs_of_unknown_cost: 0 },
    { date: '2026-03-01', usd: 1.5, runs: 1, runs_of_unknown_cost: 0 },
  ]);
  expect(berlin).toMatchObject({
    projects: [{ project_id: id, usd: 1.5 }],
    models: [{ model: 'opus', runs: 1 }],
    outcomes: [{ outcome: 'no_completion', runs: 1 }],
  });
  const utc = await ask('days=2&tz=UTC');
  expect(utc.days.map(({ date, usd }: { date: string; usd: number }) => [date, usd])).toEqual([
    ['2026-02-28', 1.5],
    ['2026-03-01', 0],
  ]);
  expect((await ask('days=1&tz=UTC')).projects).toEqual([]);
  expect((await ask('')).days).toHaveLength(30);
  for (const wrong of ['days=0', 'days=367', 'tz=Mars/Olympus', 'tz='])
    expect((await api.call(`GET /costs?${wrong}`, { token })).status, wrong).toBe(422);
});

test('each run counts on one day and no day is missing where clocks are set forward and back', () => {
  const hours = Array.from({ length: 24 * 400 }, (_, at) => new Date(Date.UTC(2026, 0, 1, at)));
  const rows = hours.map((time) => ({
    createdAt: time.toISOString(),
    ...{ projectId: 'p', title: 't', model: null, outcome: null, costUsd: at(time) },
  }));
  for (const zone of [
    'Europe/Berlin',
    'America/St_Johns',
    'Pacific/Kiritimati',
    'Australia/Lord_Howe',
    'UTC',
  ]) {
    const dates = datesUntil(new Date(Date.UTC(2027, 1, 3)), 396, zone);
    expect(new Set(dates).size).toBe(396);
    const { days } = costHistory(rows, dates, zone);
    const lengths = new Set(days.slice(1, -2).map(({ runs }) => runs));
    expect(
      [...lengths].every((length) => [23, 24, 25].includes(length)),
      zone,
    ).toBe(true);
  }
});

/** An amount for each hour. */
const at = (time: Date) => time.getUTCHours() / 100;
