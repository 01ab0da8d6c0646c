import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openBridge } from '../../src/bridge/bridge.ts';
import { requestStop } from '../../src/bridge/lease.ts';
import { recordQuotas } from '../../src/bridge/quota.ts';
import { recordReady } from '../../src/bridge/runs.ts';
import { recordCheckBegun } from '../../src/bridge/verifying.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { OWN_ACCOUNT } from '../../src/project/ids.ts';
import { unprivileged } from './privileges.ts';
import { type Rig, test } from './rig.ts';
import {
  beginRun,
  finishRun,
  handIn,
  holdLease,
  NOBODY,
  parked,
  submit,
  TOKEN,
  thisProcess,
} from './stories.ts';

async function statusJson(rig: Rig) {
  const { code, stdout } = await rig.run('status', '--json');
  return { code, report: JSON.parse(stdout) };
}

test('status without a supervisor exits 3, says so, and says how to start one', async ({ rig }) => {
  const { code, stdout, stderr } = await rig.run('status');
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout).toMatch(/^Supervisor: not running\nNext: bridge-supervisor start\n/);
  expect((await statusJson(rig)).report).toMatchObject({
    ok: false,
    supervisor: { state: 'not_running', lease: null },
  });
});

test('status says of submitted work since when it is measured, and which check runs', async ({ rig }) => {
  const bridge = await rig.bridge;
  await holdLease(bridge, await thisProcess());
  const { id } = await rig.send('# Build a clock');
  await handIn(bridge, await beginRun(bridge, NOBODY), 'It is done.');
  expect((await rig.run('status')).stdout).toMatch(
    new RegExp(`Being measured \\(1\\)\\n  ${id}  Build a clock\\n    submitted (just now|\\d+m?s ago)\\n`),
  );
  expect((await statusJson(rig)).report.checking).toEqual([]);
  const check = { round: 1, attempt: 1, check: 'test', number: 2, of: 3 };
  await recordCheckBegun({ bridge, token: TOKEN }, id, check);
  expect((await rig.run('status')).stdout).toMatch(/\n {4}checking: test, 2 of 3, for \d+m?s · submitted /);
  expect((await statusJson(rig)).report).toMatchObject({
    verifying: [{ id }],
    checking: [{ project_id: id, check: 'test', number: 2, of: 3, since: expect.stringMatching(/Z$/) }],
  });
});

test('status with a supervisor exits 0 and shows what runs, what waits with the next command, and the queue', async ({
  rig,
}) => {
  const bridge = await rig.bridge;
  const parkedProject = await parked(bridge, await rig.send('# Parked\n\nx\n'));
  const supervisor = await thisProcess();
  await holdLease(bridge, supervisor);
  const waiting = await rig.send('# Waiting\n\nx\n');
  await submit(bridge, await beginRun(bridge, NOBODY), 'It is done.\nReally.');
  const running = await rig.send('# Running\n\nx\n');
  const run = await beginRun(bridge, supervisor, {
    currentTool: 'Bash: npm test',
    turns: 14,
    costUsd: 0.42,
    todosDone: 3,
    todosTotal: 7,
    currentTodo: 'Write the parser',
    lastSignAt: new Date().toISOString(),
  });
  const queued = await rig.send('# Queued\n\nx\n');

  const { code, stdout, stderr } = await rig.run('status');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const words of [
    `Supervisor: running for `,
    `(pid ${process.pid}, version 9.9.9)`,
    `Running (1)\n  ${running.id}  Running\n    Bash: npm test\n    todo 3/7: Write the parser · round 1 · 14 turns · $0.42`,
    'last sign of life ',
    `pid ${process.pid}, `,
    ' MB',
    'Waiting for you (2)',
    'round 1 submitted ',
    ': It is done. Really.',
    `    bridge-supervisor approve ${waiting.id}\n    bridge-supervisor reject ${waiting.id} --reason "what to change"\n`,
    'needs attention ',
    ': the workspace cannot be used: /gone/opus-99',
    `    bridge-supervisor retry ${parkedProject.id}\n    bridge-supervisor cancel ${parkedProject.id}\n`,
    `Queue\n  ${queued.id}  Queued\n`,
    '1 pending · 1 in_progress · 1 awaiting_approval · 1 attention',
    'spent today $1.42',
  ])
    expect(stdout).toContain(words);

  const { report } = await statusJson(rig);
  expect(Object.keys(report)).toMatchSnapshot('keys of the report');
  expect(report).toMatchObject({
    ok: true,
    supervisor: { state: 'running', lease: { pid: process.pid, version: '9.9.9', stop_requested_at: null } },
    problems: [],
    warnings: [],
    running: [
      {
        project: { id: running.id },
        run: { id: run.id, live: { current_tool: 'Bash: npm test', turns: 14 } },
        process: { processes: expect.any(Number), memory_bytes: expect.any(Number) },
      },
    ],
    waiting: [
      {
        project: { id: parkedProject.id },
        next: [`bridge-supervisor retry ${parkedProject.id}`, expect.anything()],
      },
      { project: { id: waiting.id }, message: 'It is done.\nReally.' },
    ],
    queue: [{ id: queued.id }],
    counts: { pending: 1, complete: 0 },
    spent_today_usd: 1.42,
  });
  expect(JSON.stringify(report)).not.toContain('token-of-the-test');
});

test('status names a Claude that obeys some settings of a repository', async ({ rig }) => {
  await holdLease(await rig.bridge, await thisProcess());
  await rig.send('# A\n\nx\n');
  const run = await beginRun(await rig.bridge, await thisProcess());
  expect((await rig.run('status')).stdout).not.toContain('obeys');
  const facts = { model: 'claude-opus-5', claudeVersion: '2.1.313' };
  await recordReady({ bridge: await rig.bridge, token: TOKEN }, run, facts);
  expect((await rig.run('status')).stdout).toContain('Claude Code 2.1.313, which obeys some settings');
});

test('status shows a run whose process is gone', async ({ rig }) => {
  await holdLease(await rig.bridge, await thisProcess());
  await rig.send('# A\n\nx\n');
  await beginRun(await rig.bridge, NOBODY);
  expect((await rig.run('status')).stdout).toContain(`pid ${NOBODY.pid} is gone`);
});

test('status does not call a supervisor running that lives but does not renew its lease', async ({ rig }) => {
  const past: Clock = { ...systemClock, now: () => new Date(Date.now() - 90_000) };
  const early = await openBridge(rig.home, past);
  await holdLease(early, await thisProcess());
  await early.close();
  const { code, report } = await statusJson(rig);
  expect(code).toBe(3);
  expect(report).toMatchObject({ ok: false, supervisor: { state: 'not_responding' } });
  const { stdout } = await rig.run('status');
  expect(stdout).toMatch(
    /^Supervisor: not responding, last seen 2m ago .*\nNext: bridge-supervisor restart\n/,
  );
  expect(stdout).toContain('claims and writes nothing');
});

test('status shows what the service told about the usage windows, until their reset', async ({ rig }) => {
  await holdLease(await rig.bridge, await thisProcess());
  const seenAt = new Date().toISOString();
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const quota = { utilization: 0.42, status: 'allowed', seenAt };
  await recordQuotas({ bridge: await rig.bridge, token: TOKEN }, { account: OWN_ACCOUNT }, [
    { ...quota, window: 'five_hour', resetsAt: at(90) },
    { ...quota, window: 'seven_day', resetsAt: at(-1) },
  ]);
  const { stdout } = await rig.run('status');
  expect(stdout).toMatch(
    /Usage windows\n {2}five_hour: 42 % used · resets .* \(in 1h|five_hour: 42 % used · resets .* \(in 2h/,
  );
  expect(stdout).not.toContain('seven_day');
  expect((await statusJson(rig)).report.quotas).toHaveLength(2);
});

test('status shows no running supervisor when it died silently or its pid is another process', async ({
  rig,
}) => {
  for (const holder of [NOBODY, { pid: process.pid, startedAt: 'another start' }]) {
    await holdLease(await rig.bridge, holder);
    const { code, report } = await statusJson(rig);
    expect(code).toBe(3);
    expect(report).toMatchObject({ ok: false, supervisor: { state: 'gone' } });
  }
  await writeFile(join(rig.home, 'start.log'), 'Error: no luck\n    at today, token=hunter2\n');
  const { stdout } = await rig.run('status');
  expect(stdout).toMatch(/^Supervisor: not running: it exited unexpectedly/);
  expect(stdout).toMatch(/It printed: Error: no\s+luck \/\s+at today,\s+token=\[redacted\]/);
});

test('status shows a supervisor that was asked to stop as stopping', async ({ rig }) => {
  await holdLease(await rig.bridge, await thisProcess());
  await requestStop(await rig.bridge);
  const { code, report } = await statusJson(rig);
  expect({ code, state: report.supervisor.state }).toEqual({ code: 3, state: 'stopping' });
});

test('status warns of a configuration that cannot be used; the supervisor goes on with what it read', async ({
  rig,
}) => {
  await holdLease(await rig.bridge, await thisProcess());
  await rig.configure('{"concurrency": 0}');
  const { code, report } = await statusJson(rig);
  expect(code).toBe(0);
  expect(report.warnings).toEqual([expect.stringContaining("'concurrency'")]);
});

test.skipIf(unprivileged === undefined)(
  'status reports a log that cannot be written as a problem, and not ok (needs setpriv as root, or an ordinary user)',
  async ({ rig }) => {
    await holdLease(await rig.bridge, await thisProcess());
    await writeFile(join(rig.home, 'loop.log'), 'a line\n');
    await chmod(join(rig.home, 'loop.log'), 0o444);
    const { code, stdout } = await rig.runWith({ wrapper: unprivileged ?? [] }, 'status');
    expect(code).toBe(3);
    expect(stdout).toMatch(/Problems\n {2}The log .*loop\.log/);
  },
);

test('status shows a back-off with its end, but not one of a day: the clock was set back', async ({
  rig,
}) => {
  await holdLease(await rig.bridge, NOBODY);
  const { id } = await rig.send('# Failed\n\nx\n');
  const run = await beginRun(await rig.bridge, NOBODY);
  await finishRun(await rig.bridge, run, { kind: 'stalled', silentMs: 1 });
  expect((await rig.run('status')).stdout).toMatch(new RegExp(`${id}  continuing: not before .+: Failed\n`));
  const tomorrow = await openBridge(rig.home, {
    ...systemClock,
    now: () => new Date(Date.now() + 86_400_000),
  });
  await finishRun(tomorrow, await beginRun(tomorrow, NOBODY), { kind: 'stalled', silentMs: 1 });
  await tomorrow.close();
  expect((await rig.run('status')).stdout).toContain(`${id}  continuing: Failed\n`);
});

test('status shows the last lines of the log', async ({ rig }) => {
  await mkdir(rig.home, { recursive: true });
  const lines = Array.from({ length: 9 }, (_, number) => `2026-11-21T03:04:05.678Z INFO  line.${number}`);
  await writeFile(join(rig.home, 'loop.log'), `${lines.join('\n')}\n`);
  const { stdout } = await rig.run('status');
  expect(stdout).not.toContain('line.3');
  expect(stdout).toContain('line.4');
  expect(stdout).toContain('line.8');
});
