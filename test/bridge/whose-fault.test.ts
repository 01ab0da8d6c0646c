import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { currentHolds, probeAtStart, resume } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import { updateProject } from '../../src/store/projects.ts';
import type { Rig } from '../rig.ts';
import { answered, ends, runEnds } from './run-ends.ts';
import { accepted, begin, current, ending, history, send, supervised, TOKEN } from './steps.ts';

const UNREACHABLE: Outcome = { kind: 'api_error', status: null, message: 'ECONNREFUSED' };
const LOGGED_OUT: Outcome = { kind: 'not_logged_in', message: 'run /login' };
const BROKEN: Outcome = { kind: 'crashed', code: 1, signal: null, stderr: 'cannot be used with root' };

async function sendToWorktree(rig: Rig): Promise<ProjectId> {
  const { id } = await send(rig, `---\nworkspace: ${rig.workspace}\n---\n# Work`);
  await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, id, { isolation: 'worktree' }));
  return id;
}

async function secondsToProbe(rig: Rig): Promise<number> {
  const [hold] = await currentHolds(rig.bridge);
  return (Date.parse(hold?.until ?? '') - rig.clock.now().getTime()) / 1_000;
}

describe('faults of the service, the login or the machine', () => {
  test.each([
    UNREACHABLE,
    { kind: 'api_error', status: 502, message: '<html>Bad Gateway</html>' },
    { kind: 'api_error', status: 404, message: 'no such page' },
    { kind: 'throttled' },
    LOGGED_OUT,
    { kind: 'billing', message: 'no credit' },
    { kind: 'tools_missing', status: 'failed' },
    { kind: 'model_unknown', model: 'default' },
  ] as const)('%o holds the queue: nothing is parked, and no project loses a try', async (outcome) => {
    await using rig = await supervised();
    for (let n = 0; n < 3; n++) await send(rig);
    for (let n = 0; n < 20; n++) {
      const project = await runEnds(rig, outcome);
      expect(project).toMatchObject({ status: 'in_progress', tries: 0, notBefore: null, attention: null });
    }
    expect(await currentHolds(rig.bridge)).toHaveLength(1);
  });

  test('a fault of all is probed after a time that doubles, and never later than after five minutes', async () => {
    await using rig = await supervised();
    await send(rig);
    const waits: number[] = [];
    for (let n = 0; n < 6; n++) {
      await runEnds(rig, UNREACHABLE);
      waits.push(await secondsToProbe(rig));
      rig.clock.advance((waits.at(-1) ?? 0) * 1_000);
    }
    expect(waits).toEqual([30, 60, 120, 240, 300, 300]);
  });

  test('a fault of all puts its probe off no further for runs that were under way already', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 3; n++) await send(rig);
    const runs = [await begin(rig), await begin(rig), await begin(rig)];
    for (const [n, run] of runs.entries()) {
      await ends(rig, run, UNREACHABLE);
      expect(await secondsToProbe(rig)).toBe(30 - n);
    }
  });

  test('a fault of all is probed at once by a supervisor that starts', async () => {
    await using rig = await supervised();
    await send(rig);
    await runEnds(rig, LOGGED_OUT);
    rig.clock.advance(1_000);
    await probeAtStart({ bridge: rig.bridge, token: TOKEN });
    expect(await secondsToProbe(rig)).toBe(0);
  });
});

describe('probe of a hold', () => {
  test('a probe is of a workspace that has not failed, then of the one that failed longest ago', async () => {
    await using rig = await supervised();
    const sent = [await send(rig), await send(rig), await send(rig)];
    const order: string[] = [];
    for (let n = 0; n < 5; n++) {
      order.push((await runEnds(rig, LOGGED_OUT)).id);
    }
    const [a, b, c] = sent.map(({ id }) => id);
    expect(order.slice(0, 3)).toEqual([a, b, c]);
    // All have failed: the oldest goes first, but never the same twice in a row.
    expect(order[3]).toBe(a);
    expect(order[4]).toBe(b);
  });

  test.each([
    LOGGED_OUT,
    { kind: 'billing', message: 'no credit' },
    { kind: 'tools_missing', status: 'failed' },
    { kind: 'model_unknown', model: 'default' },
  ] as const)('a probe answered in another workspace makes the first, failing again with %o, alone need a person', async (outcome) => {
    await using rig = await supervised();
    const bad = await send(rig);
    await send(rig);
    await runEnds(rig, outcome);
    await answered(rig, await begin(rig));
    const project = await runEnds(rig, outcome);
    expect(project).toMatchObject({ id: bad.id, status: 'attention' });
    const holds = (await history(rig.bridge)).filter((type) => type === 'hold.set');
    expect(holds).toHaveLength(1);
  });

  test('a service that fails one project while it answers others burns that one’s tries, with growing waits, and holds nobody', async () => {
    await using rig = await supervised();
    const bad = await send(rig);
    await runEnds(rig, UNREACHABLE);
    const waits: number[] = [];
    for (let n = 1; n <= 8; n++) {
      await send(rig);
      rig.clock.advance(20 * 60_000);
      await answered(rig, await begin(rig));
      const project = await runEnds(rig, UNREACHABLE);
      expect(project).toMatchObject({ id: bad.id, tries: n < 8 ? n : 7 });
      if (n < 8) waits.push((Date.parse(project.notBefore ?? '') - rig.clock.now().getTime()) / 1_000);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
    expect(await current(rig.bridge, bad.id)).toMatchObject({
      status: 'attention',
      attention: 'the service failed: ECONNREFUSED (8 runs in a row)',
    });
    expect((await history(rig.bridge)).filter((type) => type === 'hold.set')).toHaveLength(1);
  });

  test('a new outage that another workspace met first takes no try, though the project failed in an outage before and resume has ended the hold', async () => {
    await using rig = await supervised();
    const first = await send(rig);
    await send(rig);
    await send(rig);
    expect(await runEnds(rig, UNREACHABLE)).toMatchObject({ id: first.id });
    const answeredOne = await begin(rig);
    await answered(rig, answeredOne);
    await ends(rig, answeredOne, { kind: 'interrupted' });
    const [again, other] = [await begin(rig), await begin(rig)];
    const ofFirst = [again, other].find(({ project }) => project.id === first.id) ?? again;
    const ofOther = ofFirst === again ? other : again;
    expect(await ends(rig, ofOther, UNREACHABLE)).toMatchObject({ tries: 0 });
    await resume(rig.bridge, 'person');
    expect(await ends(rig, ofFirst, UNREACHABLE)).toMatchObject({ id: first.id, tries: 0 });
  });

  test('a new outage that one project meets first gives its try back when it shows in another', async () => {
    await using rig = await supervised();
    const first = await send(rig);
    const second = await send(rig);
    await runEnds(rig, UNREACHABLE);
    const answeredOne = await begin(rig);
    await answered(rig, answeredOne);
    await ends(rig, answeredOne, { kind: 'interrupted' });
    expect(await runEnds(rig, UNREACHABLE)).toMatchObject({ id: first.id, tries: 1 });
    expect(await runEnds(rig, UNREACHABLE)).toMatchObject({ id: second.id, tries: 0 });
    expect(await current(rig.bridge, first.id)).toMatchObject({ tries: 0, notBefore: null });
  });

  test('a new outage that one worktree meets first gives its try back when it shows in another of the same repository', async () => {
    await using rig = await supervised();
    const [first, second] = [await sendToWorktree(rig), await sendToWorktree(rig)];
    await runEnds(rig, UNREACHABLE);
    const answeredOne = await begin(rig);
    await answered(rig, answeredOne);
    await ends(rig, answeredOne, { kind: 'interrupted' });
    expect(await runEnds(rig, UNREACHABLE)).toMatchObject({ id: first, tries: 1 });
    expect(await runEnds(rig, UNREACHABLE)).toMatchObject({ id: second, tries: 0 });
    expect(await current(rig.bridge, first)).toMatchObject({ tries: 0, notBefore: null });
    expect(await currentHolds(rig.bridge)).toHaveLength(1);
  });

  test('a run that was under way when the service failed for another is no proof against its project', async () => {
    await using rig = await supervised();
    await send(rig);
    await send(rig);
    await runEnds(rig, UNREACHABLE);
    const other = await begin(rig);
    await answered(rig, other);
    const again = await begin(rig);
    rig.clock.advance(1_000);
    await ends(rig, other, UNREACHABLE);
    expect(await ends(rig, again, UNREACHABLE)).toMatchObject({ status: 'in_progress', tries: 0 });
  });

  test('a run that was answered before the service failed is no proof against its project', async () => {
    await using rig = await supervised();
    await send(rig);
    await send(rig);
    await runEnds(rig, UNREACHABLE);
    await answered(rig, await begin(rig));
    const again = await begin(rig);
    await answered(rig, again);
    expect(await ends(rig, again, UNREACHABLE)).toMatchObject({ status: 'in_progress', tries: 0 });
    expect((await history(rig.bridge)).filter((type) => type === 'hold.set')).toHaveLength(2);
  });
});

describe('projects that end alike before their first answer', () => {
  test.each([
    BROKEN,
    { kind: 'no_init', afterMs: 60_000 },
    { kind: 'never_spawned', message: 'EAGAIN' },
    { kind: 'no_completion' },
    { kind: 'request_refused', status: 400, message: 'beta header not known' },
  ] as const)('%o is the machine’s fault from the third project on, and what was held against them is taken back', async (outcome) => {
    await using rig = await supervised();
    for (let n = 0; n < 8; n++) await send(rig);
    const ids: ProjectId[] = [];
    for (let n = 0; n < 3; n++) ids.push((await runEnds(rig, outcome)).id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) {
      const { status, tries, notBefore, attention } = await current(rig.bridge, id);
      expect(['pending', 'in_progress']).toContain(status);
      expect({ tries, notBefore, attention }).toEqual({ tries: 0, notBefore: null, attention: null });
    }
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'claude_failing', scope: '' }]);
    expect(await secondsToProbe(rig)).toBe(60);
  });

  test('the hold of a failing machine quotes what Claude said', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 3; n++) await send(rig);
    for (let n = 0; n < 3; n++) await runEnds(rig, BROKEN);
    const [hold] = await currentHolds(rig.bridge);
    expect(hold?.reason).toContain('cannot be used with root');
  });

  test('projects that fail alike, with another answered between, are each at fault alone', async () => {
    await using rig = await supervised();
    for (let n = 0; n < 4; n++) await send(rig);
    await runEnds(rig, BROKEN);
    await runEnds(rig, BROKEN);
    await answered(rig, await begin(rig));
    expect((await runEnds(rig, BROKEN)).tries).toBeGreaterThan(0);
    expect(await currentHolds(rig.bridge)).toEqual([]);
  });

  test('one project that fails alone is tried a bounded number of times', async () => {
    await using rig = await supervised();
    await send(rig);
    for (let n = 1; n <= 5; n++) {
      const project = await runEnds(rig, BROKEN);
      expect(project.status).toBe(n < 5 ? 'in_progress' : 'attention');
      rig.clock.advance(20 * 60_000);
    }
  });
});

describe('models that the service does not know', () => {
  const unknown = (model: string): Outcome => ({ kind: 'model_unknown', model, message: '404' });
  const begun = async (rig: Rig, model: string | null) => {
    rig.clock.advance(1_000);
    return begin(rig, model);
  };
  const failWith = async (rig: Rig, configuredModel: string | null) => {
    const { run } = await begun(rig, configuredModel);
    const end = { ...ending, configuredModel };
    rig.clock.advance(1_000);
    return endRun({ bridge: rig.bridge, token: TOKEN }, run, unknown(run.model ?? 'opus'), end);
  };

  test('an unknown model that the plan names is the plan’s fault', async () => {
    await using rig = await supervised();
    await send(rig, '---\nmodel: claude-sonet-5\n---\n# Typo');
    const { project } = await failWith(rig, 'opus');
    expect(project.attention).toContain("'claude-sonet-5' (the plan's model)");
    expect(await currentHolds(rig.bridge)).toEqual([]);
  });

  test('an unknown model that the configuration names holds the queue, once, with its place', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    await send(rig);
    const { hold } = await failWith(rig, 'claude-sonet-5');
    expect(hold).toMatchObject({
      kind: 'model_unavailable',
      reason: expect.stringContaining("'claude-sonet-5' ('model' in config.json, or BRIDGE_MODEL)"),
    });
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'in_progress', tries: 0 });
  });

  test("an unknown model that the configuration names is no project's fault, though sessions with another are answered", async () => {
    await using rig = await supervised();
    await send(rig);
    const old = await begun(rig, 'claude-sonnet-4-5');
    await answered(rig, old);
    const { id } = await send(rig);
    await failWith(rig, 'claude-sonet-5');
    await ends(rig, old, { kind: 'interrupted' });
    await answered(rig, await begun(rig, 'claude-sonet-5'));
    await failWith(rig, 'claude-sonet-5');
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'in_progress', tries: 0 });
  });

  test('an unknown model is left by its project when the configuration is corrected, even after a retry', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    await failWith(rig, 'claude-sonet-5');
    expect((await begun(rig, 'claude-sonnet-5')).run.model).toBe('claude-sonnet-5');

    await using other = await supervised();
    const parked = await send(other, '# Parked');
    await failWith(other, 'claude-sonet-5');
    await databaseOf(other.bridge).write(({ trx }) =>
      trx
        .updateTable('projects')
        .set({ status: 'attention', attention: 'x' })
        .where('id', '=', parked.id)
        .execute(),
    );
    accepted(await retry(other.bridge, parked.id, 'person'));
    expect((await begun(other, 'claude-sonnet-5')).run.model).toBe('claude-sonnet-5');
    expect((await current(rig.bridge, id)).status).toBe('in_progress');
  });

  test('an unknown model with which the session began gives way to the configured one at once', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await begun(rig, 'claude-sonnet-4-5');
    await answered(rig, first);
    await ends(rig, first, { kind: 'no_completion' });
    const { project } = await failWith(rig, 'claude-sonnet-5');
    expect(project).toMatchObject({ status: 'in_progress', notBefore: null });
    expect(await currentHolds(rig.bridge)).toEqual([]);
    const second = await begun(rig, 'claude-sonnet-5');
    expect(second.run).toMatchObject({ model: 'claude-sonnet-5', sessionId: first.run.sessionId });
    // And stays left, also when the next run is not answered.
    await ends(rig, second, { kind: 'stalled', silentMs: 1 });
    rig.clock.advance(60_000);
    expect((await begun(rig, 'claude-sonnet-5')).run.model).toBe('claude-sonnet-5');
  });
});

describe('conversations that the service refuses', () => {
  const REFUSED: Outcome = { kind: 'request_refused', status: 400, message: 'tool_use without tool_result' };

  test('a refused conversation is tried once more, then left for a new session', async () => {
    await using rig = await supervised();
    await send(rig);
    const first = await begin(rig);
    await answered(rig, first);
    expect(await ends(rig, first, REFUSED)).toMatchObject({
      sessionId: first.run.sessionId,
      notBefore: null,
    });
    const second = await begin(rig);
    expect(second.run.sessionId).toBe(first.run.sessionId);
    expect(await ends(rig, second, REFUSED)).toMatchObject({ sessionId: null, status: 'in_progress' });
    expect((await begin(rig)).run.sessionId).not.toBe(first.run.sessionId);
  });

  test('a conversation refused from the start needs a person at once', async () => {
    await using rig = await supervised();
    await send(rig);
    expect(await runEnds(rig, REFUSED)).toMatchObject({
      status: 'attention',
      attention: 'the service refuses the conversation (400): tool_use without tool_result',
    });
  });

  test('a conversation refused in one session after the other needs a person in the end', async () => {
    await using rig = await supervised();
    await send(rig);
    let runs = 0;
    for (let status = 'in_progress'; status === 'in_progress'; runs++) {
      const started = await begin(rig);
      await answered(rig, started);
      ({ status } = await ends(rig, started, REFUSED));
    }
    expect(runs).toBe(5);
  });
});

describe('a Claude that was killed by a signal', () => {
  const KILLED: Outcome = { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: '' };

  test('a Claude killed by a signal is resumed at once; killed again, after a wait', async () => {
    await using rig = await supervised();
    await send(rig);
    expect(await runEnds(rig, KILLED)).toMatchObject({ tries: 1, notBefore: null });
    const { notBefore } = await runEnds(rig, KILLED);
    expect(Date.parse(notBefore ?? '') - rig.clock.now().getTime()).toBe(4_000);
  });
});
