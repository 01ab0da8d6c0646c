import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { approve, reject } from '../../src/bridge/decide.ts';
import { cancel, retry, steer } from '../../src/bridge/direct.ts';
import {
  endRun,
  recordDelivered,
  recordLive,
  recordReady,
  recordSpawn,
  startNextRun,
} from '../../src/bridge/runs.ts';
import { POLICIES } from '../../src/project/retry.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';
import { eventsAfter } from '../../src/store/events.ts';
import { waitingMessages } from '../../src/store/messages.ts';
import { findRun, openRuns } from '../../src/store/runs.ts';
import { createRig, type Rig } from '../rig.ts';
import {
  accepted,
  begin,
  beSupervisor,
  changingNothing,
  current,
  ending,
  history,
  projectIn,
  send,
  submit,
  TOKEN,
} from './steps.ts';

async function supervised(): Promise<Rig> {
  const rig = await createRig();
  await beSupervisor(rig);
  return rig;
}

/** Starts the next run without giving it a process. */
async function start(rig: Rig, defaults: { model?: string | null; heldFamilies?: readonly string[] } = {}) {
  return startNextRun(rig.bridge, TOKEN, { model: null, newSessionId: randomUUID, ...defaults });
}

describe('the next run', () => {
  test('is of the project with the highest priority, then of the oldest', async () => {
    await using rig = await supervised();
    const plain = await send(rig, '# Plain');
    const urgent = await send(rig, '---\npriority: 5\n---\n# Urgent');
    const second = await send(rig, '# Second');
    const order = [await start(rig), await start(rig), await start(rig), await start(rig)];
    expect(order.map((started) => started?.project.id)).toEqual([urgent.id, plain.id, second.id, undefined]);
  });

  test('is recorded before anything can be spawned, and its project is claimed', async () => {
    await using rig = await supervised();
    const { id, workspace } = await send(rig, '---\nmodel: opus\n---\n# A');
    const started = await start(rig, { model: 'sonnet' });
    if (!started) throw new Error('nothing started');
    const { run, project, earlier, spentUsd } = started;
    expect(run).toMatchObject({
      projectId: id,
      kind: 'execute',
      round: 1,
      workspace,
      model: 'opus',
      pid: null,
    });
    expect(project).toMatchObject({ id, status: 'in_progress', claimedBy: 'supervisor' });
    expect(project).toEqual(await current(rig.bridge, id));
    expect(project.sessionId).toBe(run.sessionId);
    expect([earlier, spentUsd]).toEqual([[], 0]);
    expect(await findRun(rig.connect().database.read, run.id)).toEqual(run);
    const events = await eventsAfter(rig.bridge.database.read, 0, 10, id);
    expect(events.map(({ type, runId }) => [type, runId])).toEqual([
      ['project.sent', null],
      ['project.claimed', null],
      ['run.started', run.id],
    ]);
  });

  test('is one at a time in each workspace', async () => {
    await using rig = await supervised();
    const shared = `---\nworkspace: ${rig.workspace}\n---\n# A`;
    const first = await send(rig, shared);
    await send(rig, shared);
    const elsewhere = await send(rig);
    expect((await start(rig))?.project.id).toBe(first.id);
    expect((await start(rig))?.project.id).toBe(elsewhere.id);
    expect(await start(rig)).toBeUndefined();
  });

  test('leaves out models whose limit is reached', async () => {
    await using rig = await supervised();
    await send(rig, '---\nmodel: claude-opus-4-1\npriority: 9\n---\n# Held');
    const other = await send(rig, '---\nmodel: sonnet\n---\n# Free');
    const unnamed = await send(rig, '# Default');
    expect((await start(rig, { heldFamilies: ['opus'], model: 'haiku' }))?.project.id).toBe(other.id);
    expect(await start(rig, { heldFamilies: ['opus'], model: 'opus' })).toBeUndefined();
    expect(await start(rig, { heldFamilies: ['opus'], model: null })).toBeUndefined();
    expect((await start(rig, { heldFamilies: ['opus'], model: 'haiku' }))?.project.id).toBe(unnamed.id);
  });

  test('uses the default model when the plan names none', async () => {
    await using rig = await supervised();
    await send(rig);
    expect((await start(rig, { model: 'sonnet' }))?.run.model).toBe('sonnet');
  });

  test('there is none when nothing is ready, and then nothing is written', async () => {
    await using rig = await supervised();
    await projectIn(rig, 'awaiting_approval');
    expect(await changingNothing(rig.bridge, () => start(rig))).toBeUndefined();
  });
});

describe('a run says why it was started', () => {
  test('the first executes the plan, one after a rejection revises, in the same session', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const first = await begin(rig);
    await recordReady(rig.bridge, TOKEN, first.run, { model: 'claude-opus-4-1', claudeVersion: '2.1.0' });
    await submit(rig, id, first.run);
    await endRun(rig.bridge, TOKEN, first.run, { kind: 'submitted' }, ending);
    accepted(await reject(rig.bridge, id, 'too slow', 'desktop'));

    const second = await start(rig, { model: 'haiku' });
    expect(second?.run).toMatchObject({ kind: 'revise', round: 2, sessionId: first.run.sessionId });
    // A session goes on with the model it began with, whatever the default is now.
    expect(second?.run.model).toBe('claude-opus-4-1');
    expect(second?.earlier.map((run) => run.id)).toEqual([first.run.id]);
    expect(second?.spentUsd).toBe(0.5);
    expect((await history(rig.bridge, id)).slice(-2)).toEqual(['project.revision_started', 'run.started']);
  });

  test('one after a run that ended too early resumes', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await begin(rig);
    await endRun(rig.bridge, TOKEN, first.run, { kind: 'interrupted' }, ending);
    expect((await begin(rig)).run).toMatchObject({
      kind: 'resume',
      round: 1,
      sessionId: first.run.sessionId,
    });
  });

  test('one after a run that never had a process is not the second', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await start(rig);
    if (!first) throw new Error('nothing started');
    await endRun(rig.bridge, TOKEN, first.run, { kind: 'never_spawned', message: 'no memory' }, ending);
    rig.clock.advance(60_000);
    const second = await start(rig);
    expect(second).toMatchObject({ run: { kind: 'execute' }, earlier: [] });
  });

  test('one after a person put the project back goes on in its round', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await endRun(rig.bridge, TOKEN, run, { kind: 'refused' }, ending);
    accepted(await retry(rig.bridge, id, 'person'));
    expect((await begin(rig)).run).toMatchObject({ kind: 'resume', round: 1, sessionId: run.sessionId });
  });
});

describe('what is known of a run is recorded as it happens', () => {
  test('its process, its readiness, and what it is doing', async () => {
    await using rig = await supervised();
    await send(rig);
    const started = await start(rig);
    if (!started) throw new Error('nothing started');
    const { run } = started;
    const spawnedAt = rig.clock.advance(1_000);
    await recordSpawn(rig.bridge, TOKEN, run, 4242, 'start time');
    const readyAt = rig.clock.advance(1_000);
    await recordReady(rig.bridge, TOKEN, run, { model: 'claude-opus-4-1', claudeVersion: '2.1.0' });
    const live = { ...EMPTY_LIVE_STATE, turns: 3, currentTool: 'Bash: npm test' };
    await recordLive(rig.bridge, TOKEN, run, live);
    expect(await findRun(rig.bridge.database.read, run.id)).toMatchObject({
      pid: 4242,
      pidStartedAt: 'start time',
      spawnedAt,
      readyAt,
      modelUsed: 'claude-opus-4-1',
      claudeVersion: '2.1.0',
      live,
    });
    // What it is doing is a reading, not history.
    expect((await history(rig.bridge)).slice(-2)).toEqual(['run.spawned', 'run.ready']);
  });

  test('that it took in messages: each once', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { message } = accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    await recordDelivered(rig.bridge, TOKEN, run, [message.id]);
    expect(await waitingMessages(rig.bridge.database.read, id)).toEqual([]);
    await changingNothing(rig.bridge, () => recordDelivered(rig.bridge, TOKEN, run, [message.id]));
    await changingNothing(rig.bridge, () => recordDelivered(rig.bridge, TOKEN, run, []));
    expect((await history(rig.bridge)).filter((type) => type === 'project.steering_delivered')).toHaveLength(
      1,
    );
  });
});

describe('a run ends', () => {
  test('once: ending it again changes nothing and returns how it ended', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const crash = { kind: 'crashed', code: 1, signal: null, stderr: 'oh' } as const;
    const first = await endRun(rig.bridge, TOKEN, run, crash, ending);
    expect(first.project).toEqual(await current(rig.bridge, id));
    rig.clock.advance(1_000);
    const again = await changingNothing(rig.bridge, () =>
      endRun(rig.bridge, TOKEN, run, { kind: 'throttled' }, ending),
    );
    expect(again).toEqual({ outcome: crash, project: first.project, hold: undefined });
  });

  test('with what it cost and did, and an event that says why', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const outcome = { kind: 'api_error', status: 529, message: 'overloaded' } as const;
    const live = { ...EMPTY_LIVE_STATE, turns: 9 };
    await endRun(rig.bridge, TOKEN, run, outcome, { ...ending, costUsd: 1.25, live, fingerprint: 'tree' });
    expect(await findRun(rig.bridge.database.read, run.id)).toMatchObject({
      outcome,
      costUsd: 1.25,
      live,
      fingerprint: 'tree',
      endedAt: rig.clock.now().toISOString(),
    });
    const [event] = (await eventsAfter(rig.bridge.database.read, 0, 100)).slice(-1);
    expect(event).toMatchObject({
      runId: run.id,
      type: 'run.ended',
      actor: 'supervisor',
      data: { outcome, cost_usd: 1.25 },
    });
  });

  test('as submitted when the store holds its work, whatever the process said', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    const ended = await endRun(rig.bridge, TOKEN, run, { kind: 'stalled', silentMs: 1 }, ending);
    expect(ended).toMatchObject({
      outcome: { kind: 'submitted' },
      project: { status: 'awaiting_approval', notBefore: null },
    });
  });

  test('as submitted also when the decision was faster', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    accepted(await approve(rig.bridge, id, 'desktop'));
    const ended = await endRun(rig.bridge, TOKEN, run, { kind: 'output_truncated' }, ending);
    expect(ended).toMatchObject({ outcome: { kind: 'submitted' }, project: { status: 'approved' } });
  });

  test('as cancelled when the person called it off, and nothing follows', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    accepted(await cancel(rig.bridge, id, 'stop', 'person'));
    const crash = { kind: 'crashed', code: null, signal: 'SIGTERM', stderr: '' } as const;
    const ended = await endRun(rig.bridge, TOKEN, run, crash, ending);
    expect(ended).toMatchObject({
      outcome: { kind: 'cancelled' },
      project: { status: 'cancelled', tries: 0 },
    });
    expect(await start(rig)).toBeUndefined();
  });

  test('and makes room for the next: in its workspace, and for its project', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    expect(await start(rig)).toBeUndefined();
    await endRun(rig.bridge, TOKEN, run, { kind: 'lost', message: 'gone' }, ending);
    expect(await openRuns(rig.bridge.database.read)).toEqual([]);
    expect(await start(rig)).toBeDefined();
  });
});

describe('what follows from the end of a run', () => {
  test('a crash is tried again after a back-off that grows, and in the end a person is asked', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const policy = POLICIES.crashed;
    if (policy.step !== 'retry') throw new Error('a crash is not retried');
    const waits: number[] = [];
    for (let tries = 1; tries <= policy.tries; tries++) {
      const { run } = await begin(rig);
      const crash = { kind: 'crashed', code: 1, signal: null, stderr: '' } as const;
      const { project } = await endRun(rig.bridge, TOKEN, run, crash, ending);
      if (tries < policy.tries) {
        expect(project).toMatchObject({ status: 'in_progress', tries });
        expect(await start(rig)).toBeUndefined();
        waits.push(Date.parse(project.notBefore ?? '') - rig.clock.now().getTime());
        rig.clock.advance(waits.at(-1) ?? 0);
      } else {
        expect(project).toMatchObject({
          status: 'attention',
          attention: 'Claude ended unexpectedly (exit code 1) (5 runs in a row)',
        });
        expect(project).toEqual(await current(rig.bridge, id));
      }
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect((await history(rig.bridge)).slice(-2)).toEqual(['run.ended', 'project.needs_attention']);
    expect(await start(rig)).toBeUndefined();
  });

  test('a run that worked for long was no failed try', async () => {
    await using rig = await supervised();
    await projectIn(rig, 'in_progress', { claimed_by: 'supervisor', tries: 4 });
    const { run } = await begin(rig);
    rig.clock.advance(11 * 60_000);
    const spawned = await findRun(rig.bridge.database.read, run.id);
    const outcome = { kind: 'stalled', silentMs: 1 } as const;
    const { project } = await endRun(rig.bridge, TOKEN, spawned ?? run, outcome, ending);
    expect(project).toMatchObject({ status: 'in_progress', tries: 1 });
  });

  test('runs that crash alike, say nothing and change nothing are stopped before their tries are used up', async () => {
    await using rig = await supervised();
    await send(rig);
    const attentions: (string | null)[] = [];
    for (let n = 0; n < 3; n++) {
      rig.clock.advance(60_000);
      const { run } = await begin(rig);
      const outcome = { kind: 'output_truncated' } as const;
      const ended = await endRun(rig.bridge, TOKEN, run, outcome, { ...ending, fingerprint: 'same tree' });
      attentions.push(ended.project.attention);
    }
    expect(attentions).toEqual([null, null, expect.stringMatching(/3 runs in a row .*changed nothing/)]);
  });

  test.each([
    [{ kind: 'interrupted' }, 0],
    [{ kind: 'lost', message: 'nobody saw' }, 0],
  ] as const)("%o was not the run's fault: it goes on at once, and no try is counted", async (outcome, tries) => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun(rig.bridge, TOKEN, run, outcome, ending);
    expect(project).toMatchObject({
      status: 'in_progress',
      tries,
      notBefore: null,
      sessionId: run.sessionId,
    });
    expect((await begin(rig)).run.kind).toBe('resume');
  });

  test.each([
    'session_missing',
    'prompt_too_long',
  ] as const)('%s: the next run begins a new session', async (kind) => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun(rig.bridge, TOKEN, run, { kind }, ending);
    expect(project.sessionId).toBeNull();
    expect(project).toEqual(await current(rig.bridge, id));
    expect((await begin(rig)).run.sessionId).not.toBe(run.sessionId);
  });

  test.each([
    [{ kind: 'timed_out', afterMs: 60_000 }, 'still working after its time limit of 60 s'],
    [{ kind: 'workspace_missing', message: '/gone' }, 'the workspace cannot be used: /gone'],
    [{ kind: 'budget_spent', budgetUsd: 2 }, "stopped at the plan's budget of $2"],
    [{ kind: 'max_turns', turns: 9 }, "stopped after 9 turns, the plan's max_turns"],
  ] as const)('%o needs a person at once', async (outcome, attention) => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun(rig.bridge, TOKEN, run, outcome, ending);
    expect(project).toMatchObject({ status: 'attention', attention });
    expect(project).toEqual(await current(rig.bridge, id));
  });

  test('a usage limit holds everyone until its reset; the project waits and loses no try', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const resetsAt = new Date(rig.clock.now().getTime() + 3_600_000).toISOString();
    const outcome = { kind: 'usage_limit', limit: 'five_hour', resetsAt } as const;
    const ended = await endRun(rig.bridge, TOKEN, run, outcome, ending);
    expect(ended.hold).toMatchObject({
      kind: 'usage_limit',
      scope: '',
      since: rig.clock.now().toISOString(),
    });
    expect(Date.parse(ended.hold?.until ?? '')).toBeGreaterThanOrEqual(Date.parse(resetsAt));
    expect(ended.project).toMatchObject({ status: 'in_progress', tries: 0, notBefore: null });
    expect((await history(rig.bridge)).slice(-2)).toEqual(['run.ended', 'hold.set']);
  });

  test('a limit of one model holds only that', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const resetsAt = new Date(rig.clock.now().getTime() + 3_600_000).toISOString();
    const outcome = { kind: 'usage_limit', limit: 'seven_day_opus', resetsAt } as const;
    expect((await endRun(rig.bridge, TOKEN, run, outcome, ending)).hold).toMatchObject({ scope: 'opus' });
  });

  test.each([
    [{ kind: 'not_logged_in', message: 'run /login' }, 'not_logged_in', 5],
    [{ kind: 'billing', message: 'no credit' }, 'billing', 15],
    [{ kind: 'claude_missing', message: 'not found' }, 'claude_missing', 1],
  ] as const)('%o holds everyone, and is looked at again later', async (outcome, kind, minutes) => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const { hold } = await endRun(rig.bridge, TOKEN, run, outcome, ending);
    const until = new Date(rig.clock.now().getTime() + minutes * 60_000).toISOString();
    expect(hold).toMatchObject({ kind, scope: '', until });
  });
});
