/** The end of what a script prints on one stream, without secrets, and how much it was. */
import type { Readable } from 'node:stream';
import { withoutHidden } from '../characters.ts';
import { SCRIPT_LIMITS } from '../project/script.ts';
import { redact, redactValues } from '../redaction.ts';

/** A secret at the start of the tail, such as a key of many lines, is recognized by what stands before it. */
const KEPT_BYTES = SCRIPT_LIMITS.outputBytes + 32_768;

export class OutputTail {
  /** All that was written. */
  bytes = 0;
  /** The last pieces, together at least KEPT_BYTES once there was so much. */
  readonly #end: Buffer[] = [];
  #endBytes = 0;

  /** Takes in this stream to its end. Never throws: a stream that breaks has ended. */
  async take(stream: Readable): Promise<void> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) this.add(chunk);
    } catch {
      // Whoever runs the script tells how it ended.
    }
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#end.push(chunk);
    this.#endBytes += chunk.length;
    for (
      let first = this.#end[0];
      first && this.#endBytes - first.length >= KEPT_BYTES;
      first = this.#end[0]
    ) {
      this.#end.shift();
      this.#endBytes -= first.length;
    }
  }

  /**
   * As it may be kept and shown; at most `SCRIPT_LIMITS.outputBytes`, the last of it.
   *
   * @param secrets Values that are secrets, whatever they look like.
   */
  text(secrets: readonly string[]): string {
    const bytes = Buffer.concat(this.#end).subarray(-KEPT_BYTES);
    const whole = withoutHidden(redactValues(redact(bytes.toString('utf8')), secrets));
    const tail = Buffer.from(whole).subarray(-SCRIPT_LIMITS.outputBytes);
    return tail.subarray(startOfCharacter(tail)).toString('utf8');
  }
}

/** Past the rest of a character of UTF-8 that was cut in two. */
function startOfCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
