/**
 * Removes partial answers from the output of a run. They are written as signs of life, and the whole answers follow.
 * Versions of Claude that write each piece on its own line would make the file many times larger.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PARTIAL } from '../../claude/stream.ts';

/**
 * Rewrites the output of an ended run without its partial lines; every other byte stays. Without room on the disk, the
 * file stays as it is.
 */
export async function dropPartials(output: string): Promise<void> {
  const draft = `${output}.part`;
  try {
    await pipeline(createReadStream(output), withoutPartials, createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, output);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

const START = Buffer.from(PARTIAL);
const NEWLINE = 0x0a;

async function* withoutPartials(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  /** Whether the line that continues from the last chunk is partial; undefined at the start of a line. */
  let isPartial: boolean | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = Buffer.alloc(0);
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      const isWhole = newline >= 0;
      if (isPartial === undefined && !isWhole && bytes.length - at < START.length) {
        rest = bytes.subarray(at);
        break;
      }
      isPartial ??= bytes.subarray(at, at + START.length).equals(START);
      const end = isWhole ? newline + 1 : bytes.length;
      if (!isPartial) yield bytes.subarray(at, end);
      if (isWhole) isPartial = undefined;
      at = end;
    }
  }
  yield rest;
}
