/** In which session a rejected project goes on. */
import { describe, expect, test } from 'vitest';
import {
  briefingBytesOf,
  chooseRevision,
  MAX_CHANGES_CHARACTERS,
  REVISE_IN,
  type RevisionCost,
  revisionCost,
} from '../../src/project/revision.ts';
import { describeChoice, describeRevision } from '../../src/project/revision-text.ts';
import type { SessionContext } from '../../src/project/session-context.ts';
import { sampleEvidence } from '../evidence-sample.ts';

const ANSWERED_AT = '2026-03-01T12:00:00.000Z';
const MINUTE = 60_000;
const PRICES = { write: 2.5, read: 0.2 };

const context = (tokens: number, facts: Partial<SessionContext> = {}): SessionContext => ({
  startTokens: 20_000,
  tokens,
  at: ANSWERED_AT,
  keptMs: 5 * MINUTE,
  prices: PRICES,
  ...facts,
});
const minutesLater = (minutes: number) => new Date(Date.parse(ANSWERED_AT) + minutes * MINUTE);

/** The cost of a session of so many tokens that was begun with 20,000, some minutes after its last answer. */
function costAfter(minutes: number, newest: SessionContext, briefingBytes = 12_000): RevisionCost {
  return revisionCost(context(25_000), newest, briefingBytes, minutesLater(minutes));
}

const choice = (cost: RevisionCost, asked: (typeof REVISE_IN)[number] = 'cheapest') =>
  chooseRevision({ asked, by: 'config' }, cost).session;

describe('the cost of a revision', () => {
  test('going on costs its whole conversation, written again once the service has let it go', () => {
    expect(costAfter(60, context(180_000))).toEqual({
      session: { tokens: 180_000, usd: 0.45, cachedUntil: null },
      fresh: { tokens: 24_000, usd: 0.06 },
    });
  });

  test('going on costs a read of what the service keeps, until the minute when it does not any more', () => {
    const kept = { tokens: 180_000, usd: 0.036, cachedUntil: minutesLater(5).toISOString() };
    expect(costAfter(4.99, context(180_000)).session).toEqual(kept);
    expect(costAfter(5, context(180_000)).session?.cachedUntil).toBeNull();
    expect(costAfter(59, context(180_000, { keptMs: 60 * MINUTE })).session?.usd).toBeCloseTo(0.036, 9);
  });

  test('going on is not taken for kept when the clock was set back', () => {
    expect(costAfter(-1, context(180_000)).session?.cachedUntil).toBeNull();
  });

  test('the dollars are unknown for a model without a list price, and the tokens are not', () => {
    const { session, fresh } = costAfter(60, context(180_000, { prices: null }));
    expect([session?.usd, fresh?.usd]).toEqual([null, null]);
    expect([session?.tokens, fresh?.tokens]).toEqual([180_000, 24_000]);
  });

  test('both costs are unknown where nobody knows how large the conversation is', () => {
    const unknown = { session: null, fresh: null };
    expect(revisionCost(null, null, 0, minutesLater(0))).toEqual(unknown);
    expect(describeRevision(chooseRevision({ asked: 'session', by: 'config' }, unknown))).toContain(
      'unknown',
    );
  });

  test('a fresh session is told no more of a large patch than its limit', () => {
    const { diff } = sampleEvidence();
    if (!diff) throw new Error('the sample has no changes');
    const bytesOf = (patchBytes: number) =>
      briefingBytesOf(sampleEvidence({ diff: { ...diff, patchBytes } }));
    expect(bytesOf(1_000) - bytesOf(0)).toBe(1_000);
    expect(bytesOf(5_000_000) - bytesOf(0)).toBe(MAX_CHANGES_CHARACTERS);
    expect(briefingBytesOf(undefined)).toBe(bytesOf(0));
  });
});

describe('the session of a revision', () => {
  test('what is asked for is taken, whatever it costs', () => {
    for (const cost of [costAfter(0, context(25_000)), costAfter(600, context(900_000))])
      expect([choice(cost, 'session'), choice(cost, 'fresh')]).toEqual(['same', 'fresh']);
  });

  test('the cheapest is a fresh session at exactly half the cost of going on, and not above it', () => {
    expect(choice(costAfter(60, context(48_000)))).toBe('fresh');
    expect(choice(costAfter(60, context(47_999)))).toBe('same');
  });

  test('the cheapest is the session itself while the service keeps it', () => {
    expect(choice(costAfter(4, context(180_000)))).toBe('same');
    expect(choice(costAfter(6, context(180_000)))).toBe('fresh');
  });

  test('the cheapest is a fresh session even at once, where the conversation is huge', () => {
    expect(choice(costAfter(1, context(900_000)))).toBe('fresh');
  });

  test('the cheapest is found without prices too, and is the session itself where nothing is known', () => {
    const unpriced = { prices: null };
    expect(choice(costAfter(60, context(180_000, unpriced)))).toBe('fresh');
    expect(choice(costAfter(4, context(180_000, unpriced)))).toBe('same');
    expect(choice({ session: null, fresh: null })).toBe('same');
  });
});

test('both texts of a revision name tokens, dollars and what is taken', () => {
  const texts = REVISE_IN.flatMap((asked) =>
    [costAfter(60, context(182_345)), costAfter(1, context(182_345))].flatMap((cost) => {
      const chosen = chooseRevision({ asked, by: asked === 'fresh' ? 'decision' : 'config' }, cost);
      return [describeRevision(chosen), describeChoice(chosen)];
    }),
  );
  expect(texts).toMatchInlineSnapshot(`
    [
      "After a rejection Claude reads about 182,000 tokens ($0.46 at list price) to go on in its session; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. It goes on in its session, unless you say otherwise.",
      "in the same session, as configured: about 182,000 tokens ($0.46 at list price) to begin with, instead of about 24,000 tokens ($0.06 at list price)",
      "After a rejection Claude reads about 182,000 tokens ($0.04 at list price) to go on in its session, which the service keeps until 2026-03-01T12:05:00.000Z; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. It goes on in its session, unless you say otherwise.",
      "in the same session, as configured: about 182,000 tokens ($0.04 at list price) to begin with, instead of about 24,000 tokens ($0.06 at list price) (the session is kept by the service)",
      "After a rejection Claude reads about 182,000 tokens ($0.46 at list price) to go on in its session; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. It begins a fresh session, unless you say otherwise.",
      "in a fresh session, as the decision asks: about 24,000 tokens ($0.06 at list price) to begin with, instead of about 182,000 tokens ($0.46 at list price)",
      "After a rejection Claude reads about 182,000 tokens ($0.04 at list price) to go on in its session, which the service keeps until 2026-03-01T12:05:00.000Z; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. It begins a fresh session, unless you say otherwise.",
      "in a fresh session, as the decision asks: about 24,000 tokens ($0.06 at list price) to begin with, instead of about 182,000 tokens ($0.04 at list price) (the session is kept by the service)",
      "After a rejection Claude reads about 182,000 tokens ($0.46 at list price) to go on in its session; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. The cheapest is taken: now a fresh session.",
      "in a fresh session, as configured, the cheapest: about 24,000 tokens ($0.06 at list price) to begin with, instead of about 182,000 tokens ($0.46 at list price)",
      "After a rejection Claude reads about 182,000 tokens ($0.04 at list price) to go on in its session, which the service keeps until 2026-03-01T12:05:00.000Z; a fresh session begins with about 24,000 tokens ($0.06 at list price), and then reads again what it needs. The cheapest is taken: now its session.",
      "in the same session, as configured, the cheapest: about 182,000 tokens ($0.04 at list price) to begin with, instead of about 24,000 tokens ($0.06 at list price) (the session is kept by the service)",
    ]
  `);
});
