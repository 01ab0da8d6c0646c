/**
 * Long texts, page by page: nothing of them is left out without a word. `after` is a position in bytes; the header `Link`
 * leads to what follows, and `Bridge-Bytes` says how long the whole is.
 */
import * as z from 'zod';
import type { Reply } from './define-route.ts';

/** How long a page is at most. */
const MAX_PAGE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** The query of a route that answers pages. */
export const pageQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('where the page begins, in bytes'),
});

/** What a page of at most MAX_PAGE_BYTES is cut from. */
export interface Whole {
  readonly bytes: number;
  read(from: number, length: number): Promise<Buffer>;
}

/**
 * The page that begins at `after`. It ends with a line where it holds a whole one, else with a character.
 *
 * @param grows More may come: there is always a next page.
 */
export async function pageOf(whole: Whole, path: string, after: number, grows = false): Promise<Reply> {
  const read = await whole.read(after, Math.min(MAX_PAGE_BYTES, Math.max(0, whole.bytes - after)));
  const isLast = after + read.length >= whole.bytes;
  const bytes = isLast ? read : read.subarray(0, endOfPage(read));
  const next = after + bytes.length;
  return {
    bytes,
    headers: {
      'Bridge-Bytes': String(whole.bytes),
      ...((!isLast || grows) && { Link: `<${path}?after=${next}>; rel="next"` }),
    },
  };
}

function endOfPage(bytes: Buffer): number {
  const line = bytes.lastIndexOf(NEWLINE) + 1;
  return line > 0 ? line : endOfCharacters(bytes);
}

/** Without the beginning of a character of UTF-8 whose rest is not there (RFC 3629, section 3). */
function endOfCharacters(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(1, bytes.length - 3); at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return at + length > bytes.length ? at : bytes.length;
    }
  }
  return bytes.length;
}
