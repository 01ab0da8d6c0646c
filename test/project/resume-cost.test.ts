/** What it costs that a session goes on once a person has decided. */
import { describe, expect, test } from 'vitest';
import { asRunId } from '../../src/project/ids.ts';
import { describeResumeCost, resumeCost } from '../../src/project/resume-cost.ts';
import type { SessionContext } from '../../src/project/session-context.ts';

const ANSWERED_AT = '2026-03-01T12:00:00.000Z';
const PUT_OFF = { runId: null, sessionId: 'one', status: 'awaiting_answer' } as const;

const context = (tokens: number, facts: Partial<SessionContext> = {}): SessionContext => ({
  startTokens: 20_000,
  tokens,
  at: ANSWERED_AT,
  keptMs: 300_000,
  prices: { write: 2.5, read: 0.2 },
  ...facts,
});
const run = (found: SessionContext | null, sessionId = 'one') =>
  ({ kind: 'execute', sessionId, context: found }) as const;
const minutesLater = (minutes: number) => new Date(Date.parse(ANSWERED_AT) + minutes * 60_000);

describe('the cost of a decision', () => {
  test('a session that goes on reads its newest conversation, which is dear once the service has let it go', () => {
    const runs = [run(context(50_000)), run(context(180_000)), run(null), run(context(900_000), 'other')];
    expect(resumeCost(PUT_OFF, runs, minutesLater(60))).toEqual({
      tokens: 180_000,
      usd: 0.45,
      cachedUntil: null,
    });
    expect(resumeCost(PUT_OFF, runs, minutesLater(1))).toEqual({
      tokens: 180_000,
      usd: 0.036,
      cachedUntil: minutesLater(5).toISOString(),
    });
  });

  test('a review of the work is no part of its session', () => {
    const review = { kind: 'review', sessionId: 'one', context: context(900_000) } as const;
    expect(resumeCost(PUT_OFF, [run(context(50_000)), review], minutesLater(60))?.tokens).toBe(50_000);
  });

  test('nothing is read again for a run that waits, nor where none follows', () => {
    const runs = [run(context(180_000))];
    for (const changed of [
      { runId: asRunId('aaaaaaaaaaaa'), status: 'in_progress' },
      { sessionId: null },
      { status: 'attention' },
      { status: 'verifying' },
      { status: 'cancelled' },
    ] as const)
      expect(resumeCost({ ...PUT_OFF, ...changed }, runs, minutesLater(60)), JSON.stringify(changed)).toBe(
        null,
      );
  });

  test('an unknown cost is said to be unknown, and so is an unknown price', () => {
    const unknown = resumeCost(PUT_OFF, [run(null)], minutesLater(60));
    expect(unknown).toEqual({ tokens: null, usd: null, cachedUntil: null });
    const unpriced = resumeCost(PUT_OFF, [run(context(180_000, { prices: null }))], minutesLater(1));
    const kept = resumeCost(PUT_OFF, [run(context(181_234))], minutesLater(1));
    const told = [unknown, unpriced, kept].map((cost) => cost && describeResumeCost(cost, () => '12:05'));
    expect(told).toEqual([
      'Its run has ended, and its session goes on with a decision: what that costs is unknown.',
      'Its run has ended: to go on, Claude reads about 180,000 tokens (at an unknown price) again, which the service keeps until 12:05.',
      'Its run has ended: to go on, Claude reads about 181,000 tokens ($0.04 at list price) again, which the service keeps until 12:05.',
    ]);
  });
});
