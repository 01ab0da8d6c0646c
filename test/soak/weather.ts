/** The service between Claude and the model: mostly fair, at times slow, failing, silent, busy or at its limit. */
import { EventEmitter, once } from 'node:events';
import { rateLimitHeaders, usageLimitReached } from '../../src/simulator/rate-limits.ts';
import { apiError, drop, hang, type Reply } from '../../src/simulator/reply.ts';
import { refusal, type Script } from '../../src/simulator/script.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import type { Journal } from './journal.ts';
import { modelAnswer, reportOf, steeringsIn, tagOf } from './model.ts';
import { noteMessages, notePrice, USAGE } from './money.ts';
import type { Random } from './random.ts';

export const STORMS = ['error', 'overloaded', 'throttle', 'drop', 'hang', 'limit'] as const;
export type Storm = (typeof STORMS)[number];

/** The service knows no model of this name. */
export const UNKNOWN_MODEL = 'claude-sonet-5';

export interface Weather {
  readonly script: Script;
  /** Whether each message takes some seconds. */
  isSlow: boolean;
  /** Makes the next `requests` fail in this way; a usage limit lasts for as many seconds, whoever asks. */
  brew(storm: Storm, requests: number): void;
  calm(): void;
  /** Resolves when Claude has been told to make its next call to our server, and with whose. */
  nextReport(signal: AbortSignal): Promise<string | undefined>;
}

export function createWeather(seed: number, journal: Journal, random: Random): Weather {
  let coming: Storm[] = [];
  let limitedUntil = 0;
  const reports = new EventEmitter();
  const answer: Script = (turn) => {
    const now = Date.now();
    noteRequest(journal, turn, now);
    if (turn.model === UNKNOWN_MODEL) {
      for (const mark of steeringsIn(turn)) journal.refused.add(mark);
      return apiError(404, { message: `model: ${UNKNOWN_MODEL}` });
    }
    const storm = limitedUntil > now ? 'limit' : coming.shift();
    if (storm !== undefined) for (const mark of steeringsIn(turn)) journal.refused.add(mark);
    if (limitedUntil > now) return usageLimitReached({ resetsAt: new Date(limitedUntil) });
    if (storm !== undefined && storm !== 'limit') return BAD[storm](random);
    notePrice(journal, turn);
    const reply = modelAnswer(seed, journal, turn);
    if (!reply) {
      journal.untold.add(turn.sessionId);
      return refusal('the conversation names no project of the soak');
    }
    const headers = rateLimitHeaders({ status: 'allowed', resetsAt: new Date(now + 3_600_000) });
    const delayMs = weather.isSlow ? random.whole(2_500, 4_000) : random.whole(20, 500);
    const tag = reportOf(reply);
    if (tag !== undefined) setTimeout(() => reports.emit('report', tag), delayMs);
    return { ...reply, usage: USAGE, headers, delayMs };
  };
  const weather: Weather = {
    script: answer,
    isSlow: false,
    brew(storm, requests) {
      // The API says it in whole seconds.
      if (storm === 'limit') limitedUntil = Math.ceil(Date.now() / 1000 + requests) * 1000;
      else coming.push(...Array.from({ length: requests }, () => storm));
    },
    calm() {
      coming = [];
      limitedUntil = 0;
    },
    async nextReport(signal) {
      const [tag] = await once(reports, 'report', { signal }).catch(() => []);
      return tag as string | undefined;
    },
  };
  return weather;
}

function noteRequest(journal: Journal, turn: ScriptTurn, at: number): void {
  const tag = tagOf(turn);
  if (tag === undefined) return;
  journal.requestedAt.set(tag, [...(journal.requestedAt.get(tag) ?? []), at]);
  noteMessages(journal, tag, turn);
}

const BAD: Readonly<Record<Exclude<Storm, 'limit'>, (random: Random) => Reply>> = {
  error: () => apiError(500),
  overloaded: () => apiError(529),
  // Without the headers of a limit it is the service that is busy.
  throttle: () => apiError(429),
  drop: (random) => drop(random.pick(['before-headers', 'mid-stream'])),
  hang: (random) => hang(random.pick(['before-headers', 'after-headers', 'mid-stream'])),
};
