import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { answers } from '../../src/machine/answering.ts';

const hurried = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(50, signal) };

test('a folder answers whether it exists or not', async () => {
  expect(await answers('/', hurried)).toBe(true);
  expect(await answers('/nowhere/at/all', hurried)).toBe(true);
});

test('a folder that blocks is asked once, and answers again when it is back', async () => {
  let questions = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    questions += 1;
    return promise;
  };
  for (let n = 0; n < 3; n++) expect(await answers('/away', hurried, look)).toBe(false);
  expect(questions).toBe(1);
  resolve();
  expect(await answers('/away', hurried, look)).toBe(true);
  await promise;
  expect(await answers('/away', hurried, look)).toBe(true);
  expect(questions).toBe(2);
});
