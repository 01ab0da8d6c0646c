import { describe, expect, test } from 'vitest';
import {
  type LivePhase,
  next,
  type RunPhase,
  RunPhases,
  type RunSignal,
} from '../../../src/supervisor/run/phase.ts';

const CANCELLED = { kind: 'cancelled' } as const;
const INTERRUPTED = { kind: 'interrupted' } as const;
const exit = { code: 0, signal: null };

const starting: LivePhase = { kind: 'starting', spawnedAt: 10, submittedAt: undefined };
const working: LivePhase = { kind: 'working', spawnedAt: 10, submittedAt: undefined, lastSignAt: 20 };
const finishing: LivePhase = { kind: 'finishing', spawnedAt: 10, submittedAt: undefined, finishedAt: 30 };
const stopping = (live: LivePhase): RunPhase => ({
  kind: 'stopping',
  reason: CANCELLED,
  attempt: 'under way',
  live,
});
const failed: RunPhase = { kind: 'stopping', reason: CANCELLED, attempt: 'failed', live: working };
const ended: RunPhase = { kind: 'ended', reason: undefined, isStopped: false, exit };

const SIGNALS = {
  line: { kind: 'line', at: 50 },
  turn: { kind: 'turn', at: 50 },
  result: { kind: 'result', at: 50 },
  submitted: { kind: 'submitted', at: 50 },
  suspended: { kind: 'suspended', ms: 7 },
  stop: { kind: 'stop', reason: INTERRUPTED },
  stop_failed: { kind: 'stop_failed' },
  exited: { kind: 'exited', exit },
} as const satisfies Record<RunSignal['kind'], RunSignal>;

type Row = Record<RunSignal['kind'], RunPhase>;

const at50: LivePhase = { ...working, lastSignAt: 50 };
const done50: LivePhase = { ...finishing, finishedAt: 50 };
const stop = (live: LivePhase): RunPhase => ({
  kind: 'stopping',
  reason: INTERRUPTED,
  attempt: 'under way',
  live,
});

const TABLE: readonly (readonly [string, RunPhase, Row])[] = [
  [
    'starting',
    starting,
    {
      line: at50,
      turn: at50,
      result: done50,
      submitted: { ...starting, submittedAt: 50 },
      suspended: { ...starting, spawnedAt: 17 },
      stop: stop(starting),
      stop_failed: starting,
      exited: ended,
    },
  ],
  [
    'working',
    working,
    {
      line: at50,
      turn: at50,
      result: done50,
      submitted: { ...working, submittedAt: 50 },
      suspended: { ...working, spawnedAt: 17, lastSignAt: 27 },
      stop: stop(working),
      stop_failed: working,
      exited: ended,
    },
  ],
  [
    'finishing',
    finishing,
    {
      line: finishing,
      turn: at50,
      result: done50,
      submitted: { ...finishing, submittedAt: 50 },
      suspended: { ...finishing, spawnedAt: 17, finishedAt: 37 },
      stop: stop(finishing),
      stop_failed: finishing,
      exited: ended,
    },
  ],
  [
    'stopping',
    stopping(working),
    {
      line: stopping(at50),
      turn: stopping(at50),
      result: stopping(done50),
      submitted: stopping({ ...working, submittedAt: 50 }),
      suspended: stopping({ ...working, spawnedAt: 17, lastSignAt: 27 }),
      stop: stopping(working),
      stop_failed: failed,
      exited: { ...ended, reason: CANCELLED, isStopped: true },
    },
  ],
  [
    'stopping after a failed attempt',
    failed,
    {
      line: { ...failed, live: at50 },
      turn: { ...failed, live: at50 },
      result: { ...failed, live: done50 },
      submitted: { ...failed, live: { ...working, submittedAt: 50 } },
      suspended: { ...failed, live: { ...working, spawnedAt: 17, lastSignAt: 27 } },
      stop: stopping(working),
      stop_failed: failed,
      exited: { ...ended, reason: CANCELLED },
    },
  ],
  [
    'ended',
    ended,
    {
      line: ended,
      turn: ended,
      result: ended,
      submitted: ended,
      suspended: ended,
      stop: { ...ended, reason: INTERRUPTED },
      stop_failed: ended,
      exited: ended,
    },
  ],
];

describe.each(TABLE)('phase of a run that is %s', (_, phase, row) => {
  test.each(Object.entries(SIGNALS))('the phase of a run follows the table at "%s"', (kind, signal) => {
    expect(next(phase, signal)).toEqual(row[kind as RunSignal['kind']]);
  });
});

test('the first reason of a stop stays, and a stop without one leaves room for a later reason', () => {
  const lingering = next(finishing, { kind: 'stop', reason: undefined });
  const cancelled = next(lingering, { kind: 'stop', reason: CANCELLED });
  expect(next(cancelled, SIGNALS.stop)).toMatchObject({ reason: CANCELLED });
});

test('the first time of a submission stays', () => {
  const submitted = next(working, { kind: 'submitted', at: 40 });
  expect(next(submitted, SIGNALS.submitted)).toMatchObject({ submittedAt: 40 });
});

test('the signal of the end aborts with the exit, not with the stop', () => {
  const phases = new RunPhases(0);
  phases.emit(SIGNALS.stop);
  expect([phases.isStopping, phases.ended.aborted]).toEqual([true, false]);
  phases.emit(SIGNALS.exited);
  expect([phases.isStopping, phases.ended.aborted]).toEqual([false, true]);
});
