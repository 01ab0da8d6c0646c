/**
 * The output of a run without the pieces of answers that came whole later. They are written as signs of life; kept, they
 * would make the file many times larger with versions of Claude that write each piece on a line of its own.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PARTIAL } from '../../claude/stream.ts';

/** Rewrites the output of an ended run. Every other byte stays as it is; where there is no room, so does the file. */
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
  /** What is known of the line that the last chunk ended in; undefined at the start of one. */
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
