/** The output of a command: its beginning in a file, its end in memory, and how much it was. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { withoutHidden } from '../characters.ts';
import { redact } from '../redaction.ts';

/** How much of it the file keeps. */
const MAX_FILE_BYTES = 10_000_000;
const MAX_TAIL_CHARACTERS = 8_192;
/** A secret at the start of the tail is recognized by what stands before it. */
const KEPT_BYTES = 4 * MAX_TAIL_CHARACTERS;

export class OutputFile {
  /** All that was written, in bytes. */
  bytes = 0;
  #file: FileHandle | undefined;
  #room = MAX_FILE_BYTES;
  /** The last pieces, together at least KEPT_BYTES once there was so much. */
  readonly #end: Buffer[] = [];
  #endBytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Makes the file with mode 0600; one of that name is replaced. Throws the error of the system. */
  static async create(path: string): Promise<OutputFile> {
    return new OutputFile(await open(path, 'w', 0o600));
  }

  /** Takes in these streams to their end. Never throws: a stream that breaks has ended. */
  async take(streams: readonly Readable[]): Promise<void> {
    await Promise.all(streams.map((stream) => this.#takeOne(stream).catch(() => undefined)));
  }

  /** Its last words, as they may be shown: without secrets and control characters, cut at a character. */
  tail(): string {
    const bytes = Buffer.concat(this.#end).subarray(-KEPT_BYTES);
    const text = withoutHidden(redact(bytes.subarray(startOfCharacter(bytes)).toString('utf8')));
    const cut = text.slice(-MAX_TAIL_CHARACTERS);
    return /^[\udc00-\udfff]/.test(cut) ? cut.slice(1) : cut;
  }

  /** Notes in the file how much of the output is not in it. */
  async close(): Promise<void> {
    const missing = this.bytes - (MAX_FILE_BYTES - this.#room);
    if (missing > 0)
      await this.#write(Buffer.from(`\n[${missing} more bytes were written and are not kept]\n`));
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  async #takeOne(stream: Readable): Promise<void> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.bytes += chunk.length;
      this.#keepEnd(chunk);
      const kept = chunk.subarray(0, this.#room);
      this.#room -= kept.length;
      if (kept.length > 0) await this.#write(kept);
    }
  }

  #keepEnd(chunk: Buffer): void {
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

  /** On a full disk the command goes on, and what it prints counts. */
  async #write(bytes: Buffer): Promise<void> {
    await this.#file?.appendFile(bytes).catch(() => undefined);
  }
}

/** Past the rest of a character of UTF-8 that was cut in two. */
function startOfCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
