import { describe, expect, test } from 'vitest';
import { judge, type Timeouts } from '../../../src/supervisor/run/lateness.ts';
import type { LivePhase } from '../../../src/supervisor/run/phase.ts';

const TIMEOUTS: Timeouts = {
  startMs: 60,
  silenceMs: 960,
  toolMs: 3_600,
  runMs: 14_400,
  exitMs: 15,
  lastWordsMs: 60,
};
const NOW = 1_000_000;
const FINE = { late: false };
const NO_INIT = { late: true, outcome: { kind: 'no_init', afterMs: 60 } };
const TIMED_OUT = { late: true, outcome: { kind: 'timed_out', afterMs: 14_400 } };
const stalled = (silentMs: number) => ({ late: true, outcome: { kind: 'stalled', silentMs } });
const NOT_GONE = { late: true, outcome: undefined };

interface Since {
  readonly spawn: number;
  readonly sign: number;
  readonly finish?: number;
  readonly submit?: number;
  readonly started?: boolean;
  readonly tool?: boolean;
}

/** How long ago each of it was. */
function verdict(since: Since, timeouts: Timeouts = TIMEOUTS) {
  return judge(phaseOf(since), since.tool ?? false, timeouts, NOW);
}

function phaseOf(since: Since): LivePhase {
  const spawnedAt = NOW - since.spawn;
  const submittedAt = since.submit === undefined ? undefined : NOW - since.submit;
  if (since.finish !== undefined)
    return { kind: 'finishing', spawnedAt, submittedAt, finishedAt: NOW - since.finish };
  return since.started === false
    ? { kind: 'starting', spawnedAt, submittedAt }
    : { kind: 'working', spawnedAt, submittedAt, lastSignAt: NOW - since.sign };
}

const silentStart = { started: false } as const;
const usingTool = { tool: true } as const;

test.each([
  ['a process that was just started', { ...silentStart, spawn: 0, sign: 0 }, FINE],
  ['no first word, to the limit', { ...silentStart, spawn: 60, sign: 60 }, FINE],
  ['no first word, beyond the limit', { ...silentStart, spawn: 61, sign: 61 }, NO_INIT],
  ['lines, but never the first word', { ...silentStart, spawn: 61, sign: 0 }, NO_INIT],
  ['a tool call before the first word', { ...silentStart, ...usingTool, spawn: 61, sign: 61 }, NO_INIT],
  ['the first word said late, then silence', { spawn: 61, sign: 1 }, FINE],
  ['silence, to the limit', { spawn: 960, sign: 960 }, FINE],
  ['silence, beyond the limit', { spawn: 961, sign: 961 }, stalled(960)],
  ['silence of a tool, beyond Claude’s own limit', { ...usingTool, spawn: 961, sign: 961 }, FINE],
  ['silence of a tool, to its limit', { ...usingTool, spawn: 3_600, sign: 3_600 }, FINE],
  ['silence of a tool, beyond its limit', { ...usingTool, spawn: 3_601, sign: 3_601 }, stalled(3_600)],
  ['long work with signs of life', { spawn: 14_400, sign: 0 }, FINE],
  ['work beyond the time of a run, with signs of life', { spawn: 14_401, sign: 0 }, TIMED_OUT],
  ['work beyond the time of a run, in a tool', { ...usingTool, spawn: 14_401, sign: 0 }, TIMED_OUT],
  ['both too long and silent', { spawn: 14_401, sign: 14_401 }, TIMED_OUT],
  ['submitted, to the limit of what may follow', { spawn: 500, sign: 0, submit: 60 }, FINE],
  ['submitted, and working on beyond it', { spawn: 500, sign: 0, submit: 61 }, NOT_GONE],
  ['submitted, and then too long for a run', { spawn: 14_401, sign: 0, submit: 1 }, TIMED_OUT],
  ['finished, to the limit', { spawn: 100, sign: 15, finish: 15 }, FINE],
  ['finished, beyond the limit', { spawn: 100, sign: 16, finish: 16 }, NOT_GONE],
  ['finished in time, however long the run was', { spawn: 99_999, sign: 99_999, finish: 1 }, FINE],
  ['finished without a first word', { ...silentStart, spawn: 500, sign: 500, finish: 1 }, FINE],
  ['finished, with signs of life ever since', { spawn: 100, sign: 0, finish: 16 }, NOT_GONE],
] as const)('a run is judged late or not: %s', (_, since, expected) => {
  expect(verdict(since)).toEqual(expected);
});

describe('time limit of a plan', () => {
  test('a plan’s time limit counts from the start, even before the first word', () => {
    const short = { ...TIMEOUTS, runMs: 2 };
    expect(verdict({ ...silentStart, spawn: 2, sign: 2 }, short)).toEqual(FINE);
    expect(verdict({ ...silentStart, spawn: 3, sign: 3 }, short)).toEqual({
      late: true,
      outcome: { kind: 'timed_out', afterMs: 2 },
    });
  });

  test('a plan’s time limit may be longer than any silence', () => {
    expect(verdict({ spawn: 961, sign: 961 }, { ...TIMEOUTS, runMs: 1e9 })).toEqual(stalled(960));
  });
});
