/** Makes lines of bytes that arrive in pieces of any size. */

/** Claude writes tool results of hundreds of kilobytes on one line; beyond this a line is not kept in memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

export class LineSplitter {
  /** How many bytes it was given. */
  position = 0;
  /** How many overlong lines it passed over. */
  skipped = 0;
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Yields each line that `chunk` completes, without its newline. */
  *push(chunk: Buffer): Generator<string> {
    this.position += chunk.length;
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, at));
      start = at + 1;
      // A line ends at a byte that is never inside a UTF-8 character, so whole lines decode whole.
      if (this.#length <= this.#maxLineBytes) yield Buffer.concat(this.#parts).toString('utf8');
      else this.skipped += 1;
      this.#parts = [];
      this.#length = 0;
    }
    this.#keep(chunk.subarray(start));
  }

  /** Whether bytes after the last newline are left. */
  pending(): boolean {
    return this.#length > 0;
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (part.length > 0 && this.#length <= this.#maxLineBytes) this.#parts.push(Buffer.from(part));
    else if (this.#length > this.#maxLineBytes) this.#parts = [];
  }
}
