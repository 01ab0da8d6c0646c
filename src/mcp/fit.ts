/**
 * Keeps answers under 20 kB: Claude Code replaces longer ones by a preview (from about 49 kB), and Desktop's models lose
 * the thread. What does not fit is counted, and the reader is told how to get it.
 */

/** Room for the parts of an answer that grow; the rest is words of ours. */
export const ROOM_BYTES = 14_000;

export interface Cut {
  readonly text: string;
  /** How many characters were left out at the end. */
  readonly left: number;
}

/** The beginning of `text` that takes at most `bytes` in either half of an answer; characters stay whole. */
export function cut(text: string, bytes: number): Cut {
  if (text.length * 6 <= bytes) return { text, left: 0 };
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += bytesOf(character) - 2;
    if (used > bytes) return { text: text.slice(0, end), left: text.length - end };
    end += character.length;
  }
  return { text, left: 0 };
}

/** As many of `items`, from the first on, as fit together; at least one. */
export function fitting<T>(items: readonly T[], facts: (item: T) => unknown, bytes = ROOM_BYTES): T[] {
  let used = 0;
  const beyond = items.findIndex((item, index) => {
    used += bytesOf(facts(item));
    return used > bytes && index > 0;
  });
  return items.slice(0, beyond < 0 ? items.length : beyond);
}

/** JSON is the longer half of an answer: it escapes what the text shows as it is. */
export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
