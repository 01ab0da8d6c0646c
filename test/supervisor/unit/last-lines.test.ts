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

test('a short file is told whole', async () => {
  expect(await end('Error: one\n  at two\n')).toBe('Error: one\n  at two');
  expect(await end('')).toBe('');
});

test('of a long file only the end is read', async () => {
  const text = await end(`${'x'.repeat(5_000_000)}\nthe end`);
  expect(text).toMatch(/^x+\nthe end$/);
  expect(text.length).toBe(2_000);
});

test('a terminal’s language is left out', async () => {
  expect(await end('\u001b[31mError\u001b[0m: \u0007bad\u0000\r\nnext')).toBe('Error: bad\nnext');
});

test('the cut goes through no character', async () => {
  for (const pad of ['', '.', '..', '...']) {
    const text = await end(`${'💡'.repeat(1_000)}${pad}`);
    expect(text).not.toContain('\ufffd');
    expect(text).toMatch(/^💡{499,500}\.{0,3}$/u);
  }
});

test('what is no text is told as far as it is', async () => {
  expect(await end(Buffer.from([0xff, 0x61, 0xff]))).toBe('\ufffda\ufffd');
});

test('a file that is not there says nothing', async () => {
  expect(await lastLines(join(await temporaryFolder(), 'nowhere'))).toBe('');
});
