/** In which session a rejected project goes on: what either would cost, and which one is taken. Pure. */
import type { Evidence } from './evidence.ts';
import type { SessionContext } from './session-context.ts';

/** What the owner, or a decision, may ask for. */
export const REVISE_IN = [
  'session', // the one that did the work: it remembers, and reads all of its conversation again
  'fresh', // a new one, which is told plan, evidence, changes and reason
  'cheapest', // the one that costs less to begin with
] as const;
export type ReviseIn = (typeof REVISE_IN)[number];

export const DEFAULT_REVISE_IN: ReviseIn = 'session';

/** What there is to choose from. */
export const REVISION_SESSIONS = ['same', 'fresh'] as const;
export type RevisionSession = (typeof REVISION_SESSIONS)[number];

/** Who asked for it. */
export const REVISION_ASKERS = ['decision', 'config'] as const;

/** What the model reads before its first answer. */
export interface ReadingCost {
  readonly tokens: number;
  /** In US dollars by list price; null: unknown. */
  readonly usd: number | null;
}

/** What it costs to go on in a session. */
export interface SessionCost extends ReadingCost {
  /** Until when the service keeps what it has read; null: it does not any more. */
  readonly cachedUntil: string | null;
}

export interface RevisionCost {
  /** Null: nobody knows how large the conversation is. */
  readonly session: SessionCost | null;
  /** Without what a fresh session reads again in the folder, which nobody knows before. */
  readonly fresh: ReadingCost | null;
}

/** Which session is taken, and why. */
export interface RevisionChoice {
  readonly asked: ReviseIn;
  readonly by: (typeof REVISION_ASKERS)[number];
  readonly session: RevisionSession;
  readonly cost: RevisionCost;
}

/**
 * What the first answer to a rejection costs, in the session and in a fresh one.
 *
 * @param begun What the model read first in the session: a fresh one begins with the same.
 * @param newest How large the conversation is by now.
 * @param briefingBytes What a fresh session is told besides.
 */
export function revisionCost(
  begun: SessionContext | null,
  newest: SessionContext | null,
  briefingBytes: number,
  now: Date,
): RevisionCost {
  if (begun === null || newest === null) return { session: null, fresh: null };
  const { prices } = newest;
  const freshTokens = begun.startTokens + Math.ceil(briefingBytes / MIN_TOKEN_BYTES);
  return {
    session: sessionCost(newest, now),
    fresh: { tokens: freshTokens, usd: prices && (freshTokens * prices.write) / 1e6 },
  };
}

/**
 * What the first answer costs in a session that goes on.
 *
 * @param newest How large its conversation is by now.
 */
export function sessionCost(newest: SessionContext, now: Date): SessionCost {
  const { tokens, prices } = newest;
  const cachedUntil = keptUntil(newest, now);
  const price = prices && (cachedUntil === null ? prices.write : prices.read);
  return { tokens, usd: price && (tokens * price) / 1e6, cachedUntil };
}

/** Code and patches have some three bytes a token, prose more: what is told of a fresh session is rather too much. */
const MIN_TOKEN_BYTES = 3;

/** Until when the service keeps what it has read; null: it does not any more, or its clock and ours disagree. */
function keptUntil({ at, keptMs }: SessionContext, now: Date): string | null {
  const from = Date.parse(at);
  const isKept = from <= now.getTime() && now.getTime() < from + keptMs;
  return isKept ? new Date(from + keptMs).toISOString() : null;
}

/**
 * Takes what is asked for. The cheapest is a fresh session only where it costs at most half as much to begin with, since
 * it reads again what it needs. Where the cost is unknown, the session goes on.
 */
export function chooseRevision(
  { asked, by }: Pick<RevisionChoice, 'asked' | 'by'>,
  cost: RevisionCost,
): RevisionChoice {
  const isFresh = asked === 'fresh' || (asked === 'cheapest' && isFreshCheaper(cost));
  return { asked, by, session: isFresh ? 'fresh' : 'same', cost };
}

const MAX_FRESH_SHARE = 0.5;

function isFreshCheaper({ session, fresh }: RevisionCost): boolean {
  if (session === null || fresh === null) return false;
  const [goingOn, beginning] =
    session.usd !== null && fresh.usd !== null
      ? [session.usd, fresh.usd]
      : [
          session.tokens * (session.cachedUntil === null ? TYPICAL.write : TYPICAL.read),
          fresh.tokens * TYPICAL.write,
        ];
  return beginning <= goingOn * MAX_FRESH_SHARE;
}

/** In shares of the price of input, for models without a known price. */
const TYPICAL = { write: 1.25, read: 0.1 };

/** More of the changes than this is not told: the folder has them all. */
export const MAX_CHANGES_CHARACTERS = 40_000;
/** Of what is measured, in words, and of what was submitted: about. */
const WORDS_BYTES = 4_000;

/** About how much a fresh session is told of a round besides the plan. */
export function briefingBytesOf(evidence: Evidence | undefined): number {
  return WORDS_BYTES + Math.min(evidence?.diff?.patchBytes ?? 0, MAX_CHANGES_CHARACTERS);
}
