/**
 * A file that lines are appended to for months. A line is in the file when `write` returns. After a full disk, lost
 * permissions, or a removed file or folder, a bounded number of lines waits, and the file is reopened as soon as
 * possible.
 */

import * as fs from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from './clock.ts';
import { messageOf } from './error-message.ts';
import { renderLine } from './log-line.ts';

export interface LogHealth {
  ok: boolean;
  /** Why lines cannot be written, and since when. Absent when they can. */
  error?: string;
  since?: Date;
  /** The number of lines that wait for the file. */
  waiting: number;
  /** The number of lines dropped since the failure began, because too many waited. */
  dropped: number;
}

interface LogFileOptions {
  path: string;
  maxBytes: number;
  maxFiles: number;
  clock: Clock;
}

const MAX_WAITING = 1_000;
const RETRY_MS = 2_000;

export class LogFile {
  #options: LogFileOptions;
  #fd: number | undefined;
  #waiting: string[] = [];
  #dropped = 0;
  #failure: { error: string; since: Date } | undefined;
  #retrying = false;
  #closed = new AbortController();

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.drain();
  }

  write(line: string): void {
    // Drops the newest lines: the first lines of a failure show its cause.
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(line);
    else this.#dropped++;
    this.drain();
  }

  /** Tries to open the file now. A full disk shows only when a line is written. */
  health(): LogHealth {
    this.drain();
    return { ok: !this.#failure, ...this.#failure, waiting: this.#waiting.length, dropped: this.#dropped };
  }

  /** Writes the waiting lines, as far as the file accepts them. */
  drain(): void {
    if (this.#closed.signal.aborted) return;
    try {
      this.#current();
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
        this.#append(line);
        this.#waiting.shift();
      }
      if (this.#dropped > 0) this.#append(this.#droppedLine());
      this.#dropped = 0;
      this.#failure = undefined;
    } catch (error) {
      this.#release();
      const since = this.#failure?.since ?? this.#options.clock.now();
      this.#failure = { error: messageOf(error), since };
      void this.#retryUntilWritten();
    }
  }

  close(): void {
    this.drain();
    this.#closed.abort();
    this.#release();
  }

  #append(line: string): void {
    const bytes = Buffer.from(line);
    const { size } = fs.fstatSync(this.#current());
    if (size > 0 && size + bytes.length > this.#options.maxBytes) this.#putAside();
    const fd = this.#current();
    // A nearly full disk accepts a part, and refuses the rest only on the next write.
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(fd, bytes, written);
  }

  /** The open file, as long as the path still leads to it. */
  #current(): number {
    const { path } = this.#options;
    if (this.#fd !== undefined) {
      const [open, named] = [fs.fstatSync(this.#fd), fs.statSync(path, { throwIfNoEntry: false })];
      if (named && named.ino === open.ino && named.dev === open.dev) return this.#fd;
      this.#release();
    }
    this.#fd = fs.openSync(path, 'a+', 0o600);
    if (endsInsideALine(this.#fd)) fs.writeSync(this.#fd, '\n');
    return this.#fd;
  }

  /** Renames loop.log to loop.log.1, loop.log.1 to loop.log.2 and so on, and removes the ones beyond the count. */
  #putAside(): void {
    const { path, maxFiles } = this.#options;
    // Windows renames no open file.
    this.#release();
    try {
      // Up to the first gap only: if the last rename keeps failing, repeated tries must not push old files out.
      let last = 1;
      while (fs.existsSync(`${path}.${last}`)) last++;
      for (let number = last; number > 1; number--)
        fs.renameSync(`${path}.${number - 1}`, `${path}.${number}`);
      fs.renameSync(path, `${path}.1`);
      for (const number of numbersAside(path)) {
        if (number > maxFiles) fs.rmSync(`${path}.${number}`, { force: true });
      }
    } catch {
      // On Windows a reader may hold it open. A file that is too long is better than lost lines.
    }
  }

  async #retryUntilWritten(): Promise<void> {
    if (this.#retrying) return;
    this.#retrying = true;
    while (this.#failure && !this.#closed.signal.aborted) {
      await this.#options.clock.sleep(RETRY_MS, this.#closed.signal);
      this.drain();
    }
    this.#retrying = false;
  }

  #droppedLine(): string {
    const fields = { lines: this.#dropped, since: this.#failure?.since };
    const message = `${this.#dropped} lines dropped while the log could not be written: ${this.#failure?.error}`;
    return renderLine({
      time: this.#options.clock.now(),
      level: 'warn',
      event: 'log.dropped',
      fields,
      message,
    });
  }

  #release(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    try {
      if (fd !== undefined) fs.closeSync(fd);
    } catch {
      // Closing can report the failure of an earlier write; the descriptor is free all the same.
    }
  }
}

/** After a crash or a full disk in the middle of a line. */
function endsInsideALine(fd: number): boolean {
  const { size } = fs.fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && fs.readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

function numbersAside(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return fs
    .readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
}
