/** A text from a file or from stdin. */

import { createReadStream } from 'node:fs';
import { ok, type Result, refuse } from '../../result.ts';

import type { Output } from '../terminal/output.ts';

/** Far more than a plan or a value may have, so that its size can be stated; far less than the memory. */
const MAX_BYTES = 16_000_000;

/** @param noun What it is: 'plan'. */
export async function readText(file: string, noun: string, out: Output): Promise<Result<string>> {
  const isStdin = file === '-';
  if (isStdin && process.stdin.isTTY) out.hint(`Type the ${noun}, then press ctrl-d on an empty line.`);
  const name = isStdin ? 'stdin' : file;
  let bytes: Buffer;
  try {
    bytes = await readAtMost(isStdin ? process.stdin : createReadStream(file));
  } catch (error) {
    return refuse(`${name} could not be read: ${reasons(noun)[codeOf(error)] ?? String(error)}`);
  }
  if (bytes.length > MAX_BYTES) return refuse(`${name} is too large for a ${noun}.`);
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse(`${name} is not UTF-8 text. Save it as UTF-8 and send it again.`);
  }
}

function reasons(noun: string): Readonly<Record<string, string>> {
  return {
    ENOENT: 'there is no such file. Check the path.',
    EISDIR: `it is a folder. Name the file with the ${noun}.`,
    EACCES: 'you may not read it. Check its rights.',
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

async function readAtMost(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}
