/**
 * The dead-man's switch: signs of life for a monitor outside, in a file or at an address, each given only after the
 * supervisor has looked around and written its store. When it cannot work, it says nothing, and the monitor speaks.
 */
import { renewLease } from '../../bridge/lease.ts';
import { writeAtomically } from '../../machine/atomic-file.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';

/** How long an address may take to answer. */
const ANSWER_MS = 10_000;
/** What hindered the supervisor may be over long before the next sign of life is due. */
const WELL_AGAIN_MS = 30_000;

export class Heartbeat {
  readonly #context: Context;
  readonly #closing = new AbortController();
  /** In monotonic milliseconds. */
  #dueAt = Number.NEGATIVE_INFINITY;
  #beating: Promise<void> | undefined;
  readonly #failing = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** To be called after each look around: beats when it is time to, and does not wait for it. */
  tend(): void {
    const { clock, config } = this.#context;
    if (!this.#wanted || this.#beating || clock.monotonic() < this.#dueAt) return;
    this.#dueAt = clock.monotonic() + config.heartbeat_interval;
    this.#beating = this.#beat().finally(() => {
      this.#beating = undefined;
    });
  }

  /** When to call `tend` at the latest; nothing where no look around brings the next one on. */
  get next(): Date | undefined {
    const { clock } = this.#context;
    const left = this.#dueAt - clock.monotonic();
    // One that takes longer than the interval is not waited for by looking around again and again.
    if (!this.#wanted || (this.#beating && left <= 0)) return undefined;
    return new Date(clock.now().getTime() + Math.max(left, 0));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#beating;
  }

  get #wanted(): boolean {
    const { heartbeat_file, heartbeat_url } = this.#context.config;
    return heartbeat_file !== undefined || heartbeat_url !== undefined;
  }

  async #beat(): Promise<void> {
    const { clock, config } = this.#context;
    const { heartbeat_file: file, heartbeat_url: url, heartbeat_interval: interval } = config;
    if (!(await this.#isWell())) {
      this.#dueAt = clock.monotonic() + Math.min(interval, WELL_AGAIN_MS);
      return;
    }
    await Promise.all([
      file === undefined ? undefined : this.#try('file', file, () => this.#write(file)),
      // Whoever knows the path of such an address can give signs of life in our place.
      url === undefined ? undefined : this.#try('url', new URL(url).host, () => this.#request(url)),
    ]);
  }

  /** A write of the lease proves that the store takes what is written, and that nobody else has taken over. */
  async #isWell(): Promise<boolean> {
    const { lease, trouble } = this.#context;
    if (trouble() !== null) return false;
    // What is wrong is told, and dealt with, by the part of the supervisor whose work it hinders.
    return renewLease(lease).then(
      () => true,
      () => false,
    );
  }

  /** Says that it failed when it did not fail before, and that it works when it did. */
  async #try(kind: string, where: string, give: () => Promise<void>): Promise<void> {
    const { log } = this.#context;
    try {
      await give();
      if (this.#failing.delete(kind)) log.info('heartbeat.restored', { [kind]: where });
    } catch (error) {
      if (this.#closing.signal.aborted || this.#failing.has(kind)) return;
      this.#failing.add(kind);
      log.warn('heartbeat.failed', { [kind]: where }, `${why(error)}; the next one is tried on schedule`);
    }
  }

  async #write(file: string): Promise<void> {
    const sign = { at: this.#context.clock.now().toISOString(), pid: process.pid, version: VERSION };
    // A monitor may be another user; there is nothing secret in it.
    await writeAtomically(file, `${JSON.stringify(sign)}\n`, 0o644);
  }

  async #request(url: string): Promise<void> {
    const over = new AbortController();
    const late = new Error(`no answer within ${ANSWER_MS / 1_000} s`);
    void this.#context.clock.sleep(ANSWER_MS, over.signal).then(() => over.abort(late));
    try {
      const { ok, status } = await fetch(url, {
        headers: { 'user-agent': `bridge-supervisor/${VERSION}` },
        redirect: 'manual',
        signal: AbortSignal.any([over.signal, this.#closing.signal]),
      });
      if (!ok) throw new Error(`the answer was ${status}`);
    } finally {
      // Lets go of the rest of the answer, which nobody reads.
      over.abort();
    }
  }
}

/** What fetch itself says is `fetch failed`, or holds the address. */
function why(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
}
