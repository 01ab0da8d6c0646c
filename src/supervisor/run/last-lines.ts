import { open } from 'node:fs/promises';
import { cleanText } from '../../project/text.ts';

const MAX_BYTES = 2_000;

/** The end of a text file, cleaned for a log or a message; empty when there is no such file. */
export async function lastLines(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MAX_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    // The cut may split a character, of which at most three bytes are left.
    return cleanText(from > 0 ? text.replace(/^\uFFFD{1,3}/, '') : text);
  } finally {
    await file.close();
  }
}
