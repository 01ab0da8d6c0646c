/** Splits bytes that arrive in chunks of any size into lines. */

/** Claude writes tool results of hundreds of kilobytes on one line. A line longer than this is not kept in memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Counts bytes and overlong lines while it splits. */
export class LineSplitter {
  /** How many bytes it has received. */
  position = 0;
  /** Where the line that was yielded last ends, right after its newline. */
  lineEnd = 0;
  /** How many bytes it has, with its newline. */
  lineBytes = 0;
  /** How many overlong lines it has dropped. */
  skipped = 0;
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Yields each line that `chunk` completes, without its newline. */
  *push(chunk: Buffer): Generator<string> {
    const before = this.position;
    this.position += chunk.length;
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, at));
      start = at + 1;
      this.lineEnd = before + start;
      this.lineBytes = this.#length + 1;
      // The newline byte never occurs inside a UTF-8 character, so whole lines decode without loss.
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
