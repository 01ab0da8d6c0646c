import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropPartials } from '../../../src/supervisor/run/partial-output.ts';

const partial = (text: string) => `{"type":"stream_event","event":{"delta":{"text":"${text}"}}}\n`;

async function kept(bytes: Buffer | string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'partial-'));
  const file = join(folder, 'a.jsonl');
  await writeFile(file, bytes);
  await dropPartials(file);
  expect(await readdir(folder)).toEqual(['a.jsonl']);
  const result = await readFile(file);
  await rm(folder, { recursive: true });
  return result;
}

test('only the lines of partial answers are removed; every other byte stays, even what is no text or has no end', async () => {
  const odd = Buffer.from([0xff, 0x00, 0x0a, 0x0a, 0x80]);
  const lines = ['{"type":"system"}\n', 'a line that says {"type":"stream_event"\n'];
  const before = Buffer.concat([
    Buffer.from(partial('a') + lines[0] + partial('b') + partial('c')),
    odd,
    Buffer.from(`\n${lines[1]}${partial('d')}{"type":"str`),
  ]);
  const after = Buffer.concat([Buffer.from(lines[0] ?? ''), odd, Buffer.from(`\n${lines[1]}{"type":"str`)]);
  expect(await kept(before)).toEqual(after);
});

test('lines are separated wherever the file is cut into pieces to be read', async () => {
  const size = 65_536;
  for (const shift of [0, 1, 10, 22, 23, 24, 40]) {
    const first = `${'x'.repeat(size - shift - 1)}\n`;
    const long = `${'y'.repeat(3 * size)}\n`;
    const all = first + partial('a') + long + partial('z'.repeat(2 * size)) + long;
    expect((await kept(all)).toString()).toBe(first + long + long);
  }
});
