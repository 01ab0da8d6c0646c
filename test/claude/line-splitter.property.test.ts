/** How the bytes are cut into chunks does not show in the lines. */
import { expect, test } from 'vitest';
import { LineSplitter } from '../../src/claude/line-splitter.ts';
import { fc, wholeText } from '../property.ts';

const MAX = 10;

/** Bytes of an output: lines of text, some of them long, some broken, the last one perhaps unfinished. */
const outputs = fc
  .array(
    fc.oneof(
      wholeText.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b)),
      fc.constant(Buffer.from('\n')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

test('lines and their places are the same for any chunks, overlong ones are counted, and what is unfinished is known', () => {
  fc.assert(
    fc.property(outputs, fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 40 }), (bytes, sizes) => {
      const splitter = new LineSplitter(MAX);
      const places: Buffer[] = [];
      const lines: string[] = [];
      for (const chunk of chunksOf(bytes, sizes))
        for (const line of splitter.push(chunk)) {
          lines.push(line);
          places.push(bytes.subarray(splitter.lineEnd - splitter.lineBytes, splitter.lineEnd));
        }
      const pieces = splitAtNewlines(bytes);
      const last = pieces.pop() ?? Buffer.alloc(0);
      expect(lines).toEqual(pieces.filter((line) => line.length <= MAX).map((line) => line.toString('utf8')));
      expect(places.map((place) => place.toString('utf8'))).toEqual(lines.map((line) => `${line}\n`));
      expect(splitter.skipped).toBe(pieces.filter((line) => line.length > MAX).length);
      expect(splitter.pending()).toBe(last.length > 0);
      expect(splitter.position).toBe(bytes.length);
    }),
  );
});

/** Latin-1 has a character for each byte. */
function splitAtNewlines(bytes: Buffer): Buffer[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
}
