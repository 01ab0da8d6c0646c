import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { tailFile } from '../../src/claude/tail.ts';
import { eventually } from '../eventually.ts';
import { TestClock } from '../rig.ts';
import { temporaryFolder } from './rig.ts';

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  watch: () => {
    throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
  },
}));

test('a file is still followed where the system can watch no more files', async () => {
  const path = join(await temporaryFolder(), 'out.jsonl');
  await writeFile(path, 'one\n');
  const clock = new TestClock();
  const tail = tailFile(path, clock);
  const lines: string[] = [];
  const done = (async () => {
    for await (const line of tail.lines()) lines.push(line);
  })();
  for (const line of ['two', 'three']) {
    await appendFile(path, `${line}\n`);
    await eventually(() => {
      clock.advance(1_000);
      expect(lines.at(-1)).toBe(line);
    });
  }
  tail.end();
  await done;
  expect(lines).toEqual(['one', 'two', 'three']);
});
