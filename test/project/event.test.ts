import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { eventText } from '../../src/cli/views/event-text.ts';
import { describeEvent } from '../../src/mcp/texts/event.ts';
import { EVENTS, type HistoryEvent, parseHappening } from '../../src/project/event.ts';
import { MOVES } from '../../src/project/project.ts';
import { EVENT_TYPES, SAMPLES, sample } from '../events.ts';

const at = new Date('2026-03-01T12:00:00.000Z');
const stamp = { projectId: null, runId: null, actor: 'person', createdAt: at.toISOString() };

test.each(EVENT_TYPES)('the event %s is read as it was written', (type) => {
  expect(parseHappening(type, JSON.parse(JSON.stringify(SAMPLES[type])))).toEqual({
    type,
    data: SAMPLES[type],
  });
});

test('every move of the transition table has exactly one event', () => {
  const told = EVENT_TYPES.flatMap((type) => EVENTS[type].action ?? []);
  expect(told.sort()).toEqual(Object.keys(MOVES).sort());
});

test('docs/events.md is what scripts/events-docs.mjs makes of the table', () => {
  const args = ['--experimental-strip-types', '--no-warnings', 'scripts/events-docs.mjs', '--check'];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
});

describe('events that only a newer program knows', () => {
  const known = { outcome: { kind: 'abducted' }, costUsd: 1, costBasis: 'reported' };
  const events: readonly HistoryEvent[] = [
    { ...sample('project.admired', { stars: 5 }), ...stamp },
    { ...sample('run.ended', known), ...stamp },
  ];

  test('an unknown event is shown to a model in Desktop', () => {
    expect(events.map((event) => describeEvent(event).message)).toEqual(['project admired', 'run ended']);
  });

  test('an unknown event is shown on the command line', () => {
    expect(events.map((event) => eventText(event, at))).toEqual([
      { word: 'project.admired', text: '{"stars":5}', tone: 'faint' },
      { word: 'run.ended', text: JSON.stringify(known), tone: 'faint' },
    ]);
  });
});
