import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastLines } from '../../../src/supervisor/run/last-lines.ts';
import { temporaryFolder } from '../../claude/rig.ts';

async function end(content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'err.log');
  await writeFile(path, content);
  return lastLines(path);
}

test('the last lines of a short file are all of it', async () => {
  expect(await end('Error: one\n  at two\n')).toBe('Error: one\n  at two');
  expect(await end('')).toBe('');
});

test('the last lines of a long file are read from its end alone', async () => {
  const text = await end(`${'x'.repeat(5_000_000)}\nthe end`);
  expect(text).toMatch(/^x+\nthe end$/);
  expect(text.length).toBe(2_000);
});

test('the last lines leave out escape codes', async () => {
  expect(await end('\u001b[31mError\u001b[0m: \u0007bad\u0000\r\nnext')).toBe('Error: bad\nnext');
});

test('the last lines are cut between characters', async () => {
  for (const pad of ['', '.', '..', '...']) {
    const text = await end(`${'💡'.repeat(1_000)}${pad}`);
    expect(text).not.toContain('\ufffd');
    expect(text).toMatch(/^💡{499,500}\.{0,3}$/u);
  }
});

test('the last lines of a file that is not text are shown as far as possible', async () => {
  expect(await end(Buffer.from([0xff, 0x61, 0xff]))).toBe('\ufffda\ufffd');
});

test('the last lines of a missing file are empty', async () => {
  expect(await lastLines(join(await temporaryFolder(), 'nowhere'))).toBe('');
});
