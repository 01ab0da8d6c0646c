import { describe, expect, test } from 'vitest';
import type { Happening, NewEvent } from '../../../src/project/event.ts';
import type { ProjectId } from '../../../src/project/ids.ts';
import {
  appendEvent,
  BEGINNING,
  type Cursor,
  cursorAfter,
  eventsAfter,
  newestCursor,
  parseCursor,
} from '../../../src/store/events.ts';
import { EVENT_TYPES, SAMPLES, sample } from '../../events.ts';
import { addProject, id, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function eventsConform({ write, read }: StoreUnderTest): void {
  describe('events', () => {
    const event = (happening: Happening, project: ProjectId | null = null): NewEvent => ({
      ...happening,
      projectId: project,
      runId: null,
      actor: 'person',
      createdAt: NOW,
    });
    const paused: Happening = { type: 'hold.set', data: SAMPLES['hold.set'] };
    const sent: Happening = { type: 'project.sent', data: SAMPLES['project.sent'] };
    const resumed: Happening = { type: 'hold.ended', data: SAMPLES['hold.ended'] };

    test('events are read on from a cursor, of all or of one project', async () => {
      expect(await newestCursor(read())).toBe(BEGINNING);
      await write(async (trx) => {
        await addProject(trx, 1);
        await appendEvent(trx, event(paused));
        await appendEvent(trx, event(sent, id(1)));
        await appendEvent(trx, event(resumed));
      });
      const types = async (...args: [Cursor, number, ProjectId?]) =>
        (await eventsAfter(read(), ...args)).map(({ type }) => type);
      expect(await types(BEGINNING, 10)).toEqual(['hold.set', 'project.sent', 'hold.ended']);
      expect(await types(BEGINNING, 2)).toEqual(['hold.set', 'project.sent']);
      expect(await types(BEGINNING, 10, id(1))).toEqual(['project.sent']);
      const [first] = await eventsAfter(read(), BEGINNING, 1);
      expect(await types(cursorAfter(first ?? { id: 0 }), 10)).toEqual(['project.sent', 'hold.ended']);
      expect(await types(await newestCursor(read()), 10)).toEqual([]);
    });

    test.each(EVENT_TYPES)('the data of the event %s comes back as it was', async (type) => {
      const happening = sample(type);
      if (happening.type === 'unknown') throw new Error(`the sample of ${type} is none`);
      await write((trx) => appendEvent(trx, event(happening)));
      const [stored] = await eventsAfter(read(), BEGINNING, 1);
      expect(stored).toEqual({ id: expect.any(Number), ...event(happening) });
    });

    test.each([
      ['project.admired', { stars: 5 }],
      ['run.ended', { outcome: { kind: 'abducted' }, costUsd: 0, costBasis: 'reported' }],
      ['run.spawned', { pid: 'four' }],
    ])('an event that only a newer program knows comes back as it is stored: %s %j', async (type, data) => {
      await write(async (trx) => {
        const row = { type, data: JSON.stringify(data), actor: 'admirer', created_at: NOW };
        await trx
          .insertInto('events')
          .values({ project_id: null, run_id: null, ...row })
          .execute();
      });
      const [stored] = await eventsAfter(read(), BEGINNING, 1);
      expect(stored).toMatchObject({
        type: 'unknown',
        raw: { type, data },
        actor: 'admirer',
        createdAt: NOW,
      });
    });

    test.each([
      [
        'run.started',
        '{"kind":"revise","round":2,"session_id":"s"}',
        { kind: 'revise', round: 2, sessionId: 's' },
      ],
      ['run.ready', '{"model":"opus","claude_version":"2.1"}', { model: 'opus', claudeVersion: '2.1' }],
      ['project.steered', '{"message":"Rust","message_id":"m"}', { message: 'Rust', messageId: 'm' }],
      [
        'run.ended',
        '{"outcome":{"kind":"usage_limit","limit":"five_hour","resetsAt":"2026"},"cost_usd":0.5}',
        {
          outcome: { kind: 'usage_limit', limit: 'five_hour', resetsAt: '2026' },
          costUsd: 0.5,
          costBasis: 'reported',
        },
      ],
      [
        'run.ended',
        '{"outcome":{"kind":"submitted"},"cost_usd":null,"cost_basis":"unknown"}',
        { outcome: { kind: 'submitted' }, costUsd: null, costBasis: 'unknown' },
      ],
      [
        'hold.set',
        '{"kind":"paused","scope":"","reason":"lunch","until":null}',
        { kind: 'paused', scope: '', reason: 'lunch', until: null },
      ],
    ])('an event of the first schemas is read as one of today: %s %s', async (type, data, today) => {
      await write(async (trx) => {
        const row = { project_id: null, run_id: null, type, data, actor: 'supervisor', created_at: NOW };
        await trx.insertInto('events').values(row).execute();
      });
      expect(await eventsAfter(read(), BEGINNING, 1)).toMatchObject([{ type, data: today }]);
    });

    test('an event id is never given twice, so that a cursor misses nothing', async () => {
      await write((trx) => appendEvent(trx, event(paused)));
      const before = await newestCursor(read());
      await write(async (trx) => {
        await trx.deleteFrom('events').execute();
      });
      await write((trx) => appendEvent(trx, event(resumed)));
      expect(await newestCursor(read())).not.toBe(before);
      expect(await eventsAfter(read(), before, 10)).toHaveLength(1);
    });

    test('a cursor is taken back from whoever kept it, and one of another store is not', async () => {
      await write((trx) => appendEvent(trx, event(paused)));
      const given = await newestCursor(read());
      expect(await parseCursor(read(), given)).toBe(given);
      expect(await parseCursor(read(), BEGINNING)).toBe(BEGINNING);
      for (const text of ['', 'x', '-1', '1.5', '999', '9'.repeat(30)])
        expect(await parseCursor(read(), text)).toBeUndefined();
    });
  });
}
