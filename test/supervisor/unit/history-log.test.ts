import { describe, expect, test } from 'vitest';
import { startNextRun } from '../../../src/bridge/claim.ts';
import { endRun } from '../../../src/bridge/end-run.ts';
import { createEnding } from '../../../src/bridge/ended-run.ts';
import { pause, resume } from '../../../src/bridge/holds.ts';
import { takeLease } from '../../../src/bridge/lease.ts';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { recordSpawn } from '../../../src/bridge/runs.ts';
import { sendPlan } from '../../../src/bridge/send-plan.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Fields, Level, Log } from '../../../src/log.ts';
import { asLeaseToken } from '../../../src/project/ids.ts';
import type { Outcome } from '../../../src/project/outcome.ts';
import { HistoryLog } from '../../../src/supervisor/history-log.ts';
import { createRig, type Rig } from '../../rig.ts';

interface Line {
  readonly level: Level;
  readonly event: string;
  readonly fields: Fields;
  readonly message: string | undefined;
}

/** A log that keeps its lines. */
function keepLines(): Log & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: Level) =>
    (event: string, fields: Fields = {}, message?: string) => {
      lines.push({ level, event, fields, message });
    };
  const log = { lines, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
  return { ...log, child: () => ({ ...log, child: () => log as never }) };
}

async function send(rig: Rig, markdown: string): Promise<string> {
  const reply = await sendPlan(rig.bridge, loadConfig(rig.home, {}), { markdown }, 'desktop');
  if (!reply.ok) throw new Error(reply.refusal);
  return reply.value.project.id;
}

async function runEnding(rig: Rig, outcome: Outcome): Promise<{ project: string; run: string }> {
  const candidate = { token: asLeaseToken('token'), pid: process.pid, pidStartedAt: '1', version: '0' };
  await takeLease(rig.bridge, candidate, () => true);
  const project = await send(rig, '# Shed\nPaint it.');
  const started = await startNextRun(
    { bridge: rig.bridge, token: asLeaseToken('token') },
    {
      model: null,
      newSessionId: () => 'session',
    },
  );
  if (!started) throw new Error('nothing is ready');
  await recordSpawn({ bridge: rig.bridge, token: asLeaseToken('token') }, started.run, 4711, '1');
  const ending = createEnding(0);
  await endRun({ bridge: rig.bridge, token: asLeaseToken('token') }, started.run, outcome, {
    ...ending,
    cost: { usd: 0.12345, basis: 'reported' },
  });
  return { project, run: started.run.id };
}

describe('events in the log', () => {
  test('the log has events from the moment it was opened', async () => {
    await using rig = await createRig();
    await pause(rig.bridge, 'before', 'person');
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    await history.catchUp();
    expect(log.lines).toEqual([]);
    await resume(rig.bridge, 'person');
    await history.catchUp();
    await history.catchUp();
    expect(log.lines.map(({ event }) => event)).toEqual(['hold.ended']);
  });

  test('the log has a great many events at once', async () => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    for (let round = 0; round < 450; round++) await pause(rig.bridge, `${round}`, 'person');
    await history.catchUp();
    expect(log.lines.map(({ fields }) => fields.reason)).toEqual(
      Array.from({ length: 450 }, (_, at) => `${at}`),
    );
  });

  test('the log says who did it, unless it was the supervisor, and of which project and run', async () => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    const { project, run } = await runEnding(rig, { kind: 'submitted' });
    await history.catchUp();
    const line = (event: string) => log.lines.find((one) => one.event === event);
    expect(line('project.sent')?.fields).toMatchObject({ project, by: 'desktop' });
    expect(line('run.started')?.fields).toMatchObject({ project, run, session_id: 'session' });
    expect(line('run.spawned')?.fields).toEqual({ project, run, pid: 4711 });
    expect(line('run.ended')).toEqual({
      level: 'info',
      event: 'run.ended',
      fields: { project, run, outcome: 'submitted', cost_usd: '0.1235' },
      message: 'work submitted',
    });
  });

  test('the log shows an event of a newer version: its type, and what fits on a line', async () => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    await databaseOf(rig.bridge).write(async ({ trx }) => {
      const data = JSON.stringify({ stars: 5, by: { many: true } });
      const row = { type: 'project.admired', actor: 'admirer', data, created_at: '2026-03-01T12:00:00.000Z' };
      await trx
        .insertInto('events')
        .values({ project_id: null, run_id: null, ...row })
        .execute();
    });
    await history.catchUp();
    const [line] = log.lines;
    expect(line).toMatchObject({
      level: 'info',
      event: 'project.admired',
      fields: { by: 'admirer', stars: 5 },
    });
  });

  test('the log shortens long words', async () => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    await pause(rig.bridge, 'x'.repeat(5_000), 'person');
    await history.catchUp();
    expect(log.lines[0]?.fields.reason).toBe(`${'x'.repeat(200)}…`);
  });
});

describe('warnings in the log', () => {
  test.each([
    [{ kind: 'no_completion' }, 'info'],
    [{ kind: 'interrupted' }, 'info'],
    [{ kind: 'throttled' }, 'warn'],
    [{ kind: 'crashed', code: 1, signal: null, stderr: '' }, 'warn'],
    [{ kind: 'usage_limit', limit: 'five_hour', resetsAt: '2026-03-01T15:00:00.000Z' }, 'warn'],
  ] as const)('the log rates a run that ended with %j as %s', async (outcome, level) => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    await runEnding(rig, outcome);
    await history.catchUp();
    expect(log.lines.find(({ event }) => event === 'run.ended')?.level).toBe(level);
  });

  test('the log warns of a hold, and of a project that needs a person', async () => {
    await using rig = await createRig();
    const log = keepLines();
    const history = await HistoryLog.open(rig.bridge, log);
    await runEnding(rig, { kind: 'refused' });
    await pause(rig.bridge, 'lunch', 'person');
    await history.catchUp();
    const level = (event: string) => log.lines.find((one) => one.event === event)?.level;
    expect(level('hold.set')).toBe('warn');
    expect(level('project.needs_attention')).toBe('warn');
  });
});
