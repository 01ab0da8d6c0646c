import { expect, test } from 'vitest';
import { streams } from './check-streams.ts';

const HISTORY = [1, 2, 3, 5, 8];

const look = (ids: readonly number[], strange: Readonly<Record<string, number>> = {}) =>
  streams(
    {
      told: [
        { ids: HISTORY, clients: [0, 1] },
        { ids, clients: [2] },
      ],
      connections: 3,
      strange,
    },
    HISTORY,
  );

test('the soak finds nothing in clients that were told each event once and in order', () => {
  expect(look(HISTORY)).toEqual([]);
});

test('the soak finds an event that a client was not told, was told twice, or too early, and one that never happened', () => {
  expect(look([1, 2, 5, 8])).toEqual([['lost', '1 clients (2) were not told 1 events (3)']]);
  expect(look([1, 2, 3, 3, 5, 8])).toEqual([
    ['doubled', '1 clients (2) were told more than once 1 events (3)'],
  ]);
  expect(look([1, 3, 2, 5, 8])).toEqual([['broken', '1 clients (2) were told events in disorder']]);
  expect(look([1, 2, 3, 4, 5, 8])).toEqual([
    ['broken', '1 clients (2) were told what has not happened: 1 events (4)'],
  ]);
  expect(look([])).toEqual([['lost', '1 clients (2) were not told 5 events (1, 2, 3, 5, 8)']]);
});

test('the soak finds a client that was refused, or told to fetch everything again', () => {
  expect(look(HISTORY, { 'status 401': 2, "frame 'reset'": 1 })).toEqual([
    ['broken', 'a stream had status 401, 2 times'],
    ['broken', "a stream had frame 'reset', 1 times"],
  ]);
});
