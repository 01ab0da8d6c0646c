import { expect, test } from 'vitest';
import type { BridgeEvent } from '../../src/project/event.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { toWireEvent } from '../../src/wire/event.ts';
import { eventSchema } from '../../src/wire/schemas/event.ts';
import { EVENT_TYPES, sample } from '../events.ts';

function stored(type: string, facts: object = {}): BridgeEvent {
  const stamp = { id: 7, projectId: asProjectId('0123456789ab'), runId: null, actor: 'person' };
  return { ...sample(type, { ...facts }), ...stamp, createdAt: '2026-03-01T12:00:00.000Z' };
}

test.each(EVENT_TYPES)('the event %s leaves with names as in SQL', (type) => {
  const wire = toWireEvent(stored(type));
  expect(eventSchema.parse(wire)).toEqual(wire);
  expect(wire.type).toBe(type);
  const names = JSON.stringify(wire).match(/"\w+":/g) ?? [];
  expect(names.filter((name) => /[A-Z]/.test(name))).toEqual([]);
});

test.each([
  ['project.admired', { by_many: true }],
  ['run.ended', { outcome: { kind: 'abducted' }, costUsd: 1 }],
])('an event that only a newer program knows leaves as unknown, with what is stored of it: %s', (type, data) => {
  const wire = toWireEvent(stored(type, data));
  expect(eventSchema.parse(wire)).toMatchObject({ type: 'unknown', raw: { type, data } });
});

test('an event with a fact that its type does not have fits no schema', () => {
  const wire = toWireEvent(stored('project.updated'));
  expect(eventSchema.safeParse({ ...wire, data: { message: 'half', round: 1 } }).success).toBe(false);
  expect(eventSchema.safeParse({ ...wire, type: 'project.completed' }).success).toBe(false);
});
