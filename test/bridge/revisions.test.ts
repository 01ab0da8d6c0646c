/** Which session a rejected project is claimed for. */
import { describe, expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { measuredRound } from '../../src/bridge/measured-round.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { recordAnswered } from '../../src/bridge/runs.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ReviseIn } from '../../src/project/revision.ts';
import type { Run } from '../../src/project/run.ts';
import type { Rig } from '../rig.ts';
import { accepted, begin, ending, policyOf, refusalOf, send, start, submit, supervised } from './steps.ts';
import { leaseOf, measure } from './submitted.ts';

const HOUR_MS = 3_600_000;
const [BEGUN, GROWN] = [20_000, 180_000];

/** Submitted and measured work, of a session that has grown. */
async function submitted(rig: Rig): Promise<{ id: ProjectId; first: Run }> {
  const { id } = await send(rig);
  const { run } = await begin(rig);
  await recordAnswered(leaseOf(rig), run);
  await submit(rig, id, run);
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, { ...ending, context: contextNow(rig) });
  await measure(rig);
  return { id, first: run };
}

function contextNow(rig: Rig) {
  const at = rig.clock.now().toISOString();
  return { startTokens: BEGUN, tokens: GROWN, at, keptMs: 300_000, prices: { write: 2.5, read: 0.2 } };
}

async function rejected(rig: Rig, id: ProjectId, reviseIn?: ReviseIn) {
  return accepted(await reject(rig.bridge, id, 'Too slow.', 'person', { reviseIn }));
}

const claim = (rig: Rig, revise_in?: ReviseIn) => start(rig, { policy: { ...policyOf(rig), revise_in } });

describe('the session of a revision', () => {
  test('a revision goes on in its session where nobody says otherwise', async () => {
    await using rig = await supervised();
    const { id, first } = await submitted(rig);
    await rejected(rig, id);
    const started = await claim(rig);
    expect(started?.run).toMatchObject({ kind: 'revise', sessionId: first.sessionId });
    expect(started?.run.revision).toMatchObject({ asked: 'session', by: 'config', session: 'same' });
    expect(started?.briefing.rejected).toBeNull();
  });

  test('a revision begins a fresh session where the configuration says so, and is told what was rejected', async () => {
    await using rig = await supervised();
    const { id, first } = await submitted(rig);
    await rejected(rig, id);
    const started = await claim(rig, 'fresh');
    expect(started?.run.sessionId).not.toBe(first.sessionId);
    expect(started?.project.sessionId).toBe(started?.run.sessionId);
    expect(started?.briefing.rejected?.measured?.round).toBe(1);
    expect(started?.briefing.rejected?.completion?.round).toBe(1);
  });

  test('a decision counts before the configuration, either way', async () => {
    await using rig = await supervised();
    const one = await submitted(rig);
    await rejected(rig, one.id, 'session');
    expect((await claim(rig, 'fresh'))?.run.revision).toMatchObject({ by: 'decision', session: 'same' });
    const two = await submitted(rig);
    await rejected(rig, two.id, 'fresh');
    expect((await claim(rig, 'session'))?.run.revision).toMatchObject({ by: 'decision', session: 'fresh' });
  });

  test('the cheapest is the session at once, and a fresh one after an hour; the run keeps what either would have cost', async () => {
    await using rig = await supervised();
    const soon = await submitted(rig);
    await rejected(rig, soon.id);
    expect((await claim(rig, 'cheapest'))?.run.revision?.session).toBe('same');
    const late = await submitted(rig);
    rig.clock.advance(HOUR_MS);
    await rejected(rig, late.id);
    const { run } = (await claim(rig, 'cheapest')) ?? {};
    expect(run?.revision).toMatchObject({ asked: 'cheapest', session: 'fresh' });
    expect(run?.revision?.cost.session).toEqual({ tokens: GROWN, usd: 0.45, cachedUntil: null });
  });

  test('a run that never had a process hands its choice on, though it would be another one by now', async () => {
    await using rig = await supervised();
    const { id, first } = await submitted(rig);
    await rejected(rig, id);
    const killed = await claim(rig, 'cheapest');
    if (!killed) throw new Error('nothing started');
    const gone = { kind: 'never_spawned', message: 'killed' } as const;
    await endRun(leaseOf(rig), killed.run, gone, ending);
    rig.clock.advance(HOUR_MS);
    const again = await claim(rig, 'cheapest');
    expect(again?.run).toMatchObject({ kind: 'revise', sessionId: first.sessionId, round: 2 });
    expect(again?.run.revision).toEqual(killed.run.revision);
  });

  test('a fresh session that was never begun is the one that the next run begins, with all that it is told', async () => {
    await using rig = await supervised();
    const { id } = await submitted(rig);
    await rejected(rig, id, 'fresh');
    const killed = await claim(rig);
    if (!killed) throw new Error('nothing started');
    await endRun(leaseOf(rig), killed.run, { kind: 'never_spawned', message: 'killed' }, ending);
    rig.clock.advance(HOUR_MS);
    const again = await claim(rig);
    expect(again?.run).toMatchObject({ sessionId: killed.run.sessionId, revision: killed.run.revision });
    expect(again?.briefing.rejected).toEqual(killed.briefing.rejected);
  });

  test('the session of a revision is the one that later runs of the round go on in', async () => {
    await using rig = await supervised();
    const { id } = await submitted(rig);
    await rejected(rig, id, 'fresh');
    const { run } = await begin(rig);
    await recordAnswered(leaseOf(rig), run);
    await endRun(leaseOf(rig), run, { kind: 'no_completion' }, ending);
    rig.clock.advance(HOUR_MS);
    expect((await begin(rig)).run).toMatchObject({
      kind: 'resume',
      sessionId: run.sessionId,
      revision: null,
    });
  });
});

describe('a decision on the session', () => {
  test('a rejection that repeats the first one with another session is refused, and the first one stands', async () => {
    await using rig = await supervised();
    const { id } = await submitted(rig);
    await rejected(rig, id, 'fresh');
    expect((await rejected(rig, id)).repeated).toBe(true);
    const other = await reject(rig.bridge, id, 'Too slow.', 'person', { reviseIn: 'session' });
    expect(refusalOf(other)).toContain('nothing was changed');
    expect((await rejected(rig, id)).decision.reviseIn).toBe('fresh');
  });

  test('work that waits says what a rejection would take and cost, and decided work does not', async () => {
    await using rig = await supervised();
    const { id } = await submitted(rig);
    const policy = { ...policyOf(rig), revise_in: 'cheapest' as const };
    const shown = async () => accepted(await measuredRound(rig.bridge, policy, id)).revision;
    expect((await shown())?.session).toBe('same');
    rig.clock.advance(HOUR_MS);
    expect(await shown()).toMatchObject({ asked: 'cheapest', by: 'config', session: 'fresh' });
    await rejected(rig, id);
    expect(await shown()).toBeUndefined();
  });
});
