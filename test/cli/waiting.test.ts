/** A command that takes its time says on a terminal what it waits for. */
import { expect, test } from 'vitest';
import type { Output } from '../../src/cli/terminal/output.ts';
import { withProgress } from '../../src/cli/terminal/progress.ts';
import { systemClock } from '../../src/clock.ts';

/** Has it wait until `look` resolves; returns what was said until then. */
async function saidDuring(isTerminal: boolean, look: (passed: Promise<void>) => Promise<void>) {
  const said: string[] = [];
  const out = { isTerminal, hint: (text: string) => void said.push(text) } as Output;
  const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
  const clock = {
    ...systemClock,
    async sleep(_ms: number, signal?: AbortSignal) {
      if (!signal?.aborted) pass();
    },
  };
  expect(await withProgress({ out, clock }, 'Waiting …', () => look(passed).then(() => 'done'))).toBe('done');
  return said;
}

test('a slow command shows progress on a terminal', async () => {
  expect(await saidDuring(true, (passed) => passed)).toEqual(['Waiting …']);
});

test('a slow command shows no progress elsewhere', async () => {
  expect(await saidDuring(false, async () => undefined)).toEqual([]);
});

test('a failing command says so, and shows no progress afterwards', async () => {
  const said: string[] = [];
  const out = { isTerminal: true, hint: (text: string) => void said.push(text) } as Output;
  const failing = withProgress({ out, clock: systemClock }, 'Waiting …', () =>
    Promise.reject(new Error('no')),
  );
  await expect(failing).rejects.toThrow('no');
  expect(said).toEqual([]);
});
