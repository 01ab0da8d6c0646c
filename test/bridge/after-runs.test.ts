import { describe, expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { POLICIES } from '../../src/project/retry.ts';
import { findRun } from '../../src/store/runs.ts';
import { begin, current, ending, history, projectIn, send, start, supervised, TOKEN } from './steps.ts';

describe('what follows from the end of a run', () => {
  test('a crash is retried after a growing back-off, and in the end a person is asked', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const policy = POLICIES.crashed;
    if (policy.step !== 'retry') throw new Error('a crash is not retried');
    const waits: number[] = [];
    for (let tries = 1; tries <= policy.tries; tries++) {
      const { run } = await begin(rig);
      const crash = { kind: 'crashed', code: 1, signal: null, stderr: '' } as const;
      const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, run, crash, ending);
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

  test('a run that worked for long does not count as a failed try', async () => {
    await using rig = await supervised();
    await projectIn(rig, 'in_progress', { claimed_by: 'supervisor', tries: 4 });
    const { run } = await begin(rig);
    rig.clock.advance(11 * 60_000);
    const spawned = await findRun(databaseOf(rig.bridge).read, run.id);
    const outcome = { kind: 'stalled', silentMs: 1 } as const;
    const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, spawned ?? run, outcome, ending);
    expect(project).toMatchObject({ status: 'in_progress', tries: 1 });
  });

  test('runs that crash alike, print nothing and change nothing are stopped before their tries are used up', async () => {
    await using rig = await supervised();
    await send(rig);
    const attentions: (string | null)[] = [];
    for (let n = 0; n < 3; n++) {
      rig.clock.advance(60_000);
      const { run } = await begin(rig);
      const outcome = { kind: 'output_truncated' } as const;
      const ended = await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, {
        ...ending,
        fingerprint: 'same tree',
      });
      attentions.push(ended.project.attention);
    }
    expect(attentions).toEqual([null, null, expect.stringMatching(/3 runs in a row .*changed nothing/)]);
  });

  test('an interrupted run goes on at once without fault, and no try is counted', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      run,
      { kind: 'interrupted' },
      ending,
    );
    expect(project).toMatchObject({
      status: 'in_progress',
      tries: 0,
      notBefore: null,
      sessionId: run.sessionId,
    });
    expect((await begin(rig)).run.kind).toBe('resume');
  });

  test('a lost run goes on in its session at once, a bounded number of times', async () => {
    await using rig = await supervised();
    await send(rig);
    let last = (await begin(rig)).run;
    const { sessionId } = last;
    for (let tries = 1; tries < 10; tries++) {
      const outcome = { kind: 'lost', message: 'nobody saw' } as const;
      const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, last, outcome, ending);
      expect(project).toMatchObject({ status: 'in_progress', tries, sessionId });
      rig.clock.advance(20 * 60_000);
      last = (await begin(rig)).run;
    }
    const { project } = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      last,
      { kind: 'lost', message: 'nobody saw' },
      ending,
    );
    expect(project.status).toBe('attention');
  });

  test.each([
    'session_missing',
    'prompt_too_long',
  ] as const)('%s makes the next run begin a new session', async (kind) => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind }, ending);
    expect(project.sessionId).toBeNull();
    expect(project).toEqual(await current(rig.bridge, id));
    expect((await begin(rig)).run.sessionId).not.toBe(run.sessionId);
  });

  test('a session killed before it had a conversation is replaced by a new one, though the kill burnt a try', async () => {
    await using rig = await supervised();
    await send(rig);
    const killed = { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: '' } as const;
    await endRun({ bridge: rig.bridge, token: TOKEN }, (await begin(rig)).run, killed, ending);
    const { run } = await begin(rig);
    const { project } = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      run,
      { kind: 'session_missing' },
      ending,
    );
    expect(project).toMatchObject({ status: 'in_progress', sessionId: null });
  });

  test.each([
    [{ kind: 'timed_out', afterMs: 60_000 }, 'still working after its time limit of 60 s'],
    [{ kind: 'workspace_missing', message: '/gone' }, 'the workspace cannot be used: /gone'],
    [{ kind: 'budget_spent', budgetUsd: 2 }, 'stopped at the budget of the project, $2.00'],
    [{ kind: 'max_turns', turns: 9 }, "stopped after 9 turns, the plan's max_turns"],
  ] as const)('%o needs a person at once', async (outcome, attention) => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending);
    expect(project).toMatchObject({ status: 'attention', attention });
    expect(project).toEqual(await current(rig.bridge, id));
  });

  test('a usage limit holds everyone until its reset; the project waits and loses no try', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const resetsAt = new Date(rig.clock.now().getTime() + 3_600_000).toISOString();
    const outcome = { kind: 'usage_limit', limit: 'five_hour', resetsAt } as const;
    const ended = await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending);
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
    expect((await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending)).hold).toMatchObject({
      scope: 'opus',
    });
  });

  test.each([
    [{ kind: 'not_logged_in', message: 'run /login' }, 'not_logged_in', 5],
    [{ kind: 'billing', message: 'no credit' }, 'billing', 15],
    [{ kind: 'claude_missing', message: 'not found' }, 'claude_missing', 1],
    [{ kind: 'machine_exhausted', message: 'no inodes' }, 'disk_low', 1],
  ] as const)('%o holds everyone, and is checked again later', async (outcome, kind, minutes) => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const { hold } = await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending);
    const until = new Date(rig.clock.now().getTime() + minutes * 60_000).toISOString();
    expect(hold).toMatchObject({ kind, scope: '', until });
    expect((await current(rig.bridge, run.projectId)).tries).toBe(0);
  });
});
