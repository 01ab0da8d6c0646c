/**
 * A dead man's switch for an outside monitor: a file that is rewritten or an address that is requested, only after the
 * supervisor has reconciled and written to its store. When the supervisor cannot work, both stop and the monitor alerts.
 */
import { renewLease } from '../../bridge/lease.ts';
import { writeAtomically } from '../../machine/atomic-file.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import type { Upkeep } from './upkeep.ts';

const MAX_ANSWER_MS = 10_000;
/** An unhealthy supervisor may recover long before the next beat is due. */
const RETRY_MS = 30_000;

export class Heartbeat implements Upkeep {
  readonly #context: Context;
  readonly #closing = new AbortController();
  /** In monotonic milliseconds. */
  #dueAt = Number.NEGATIVE_INFINITY;
  #beating: Promise<void> | undefined;
  readonly #failing = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Starts a heartbeat when it is due. Does not wait for it. */
  tick(): void {
    const { clock, config } = this.#context;
    if (!this.#wanted || this.#beating || clock.monotonic() < this.#dueAt) return;
    this.#dueAt = clock.monotonic() + config.heartbeat_interval;
    this.#beating = this.#beat().finally(() => {
      this.#beating = undefined;
    });
  }

  get wakeAt(): Date | undefined {
    const { clock } = this.#context;
    const left = this.#dueAt - clock.monotonic();
    // While a beat takes longer than the interval, its end triggers the next one, not a tick.
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
    if (!(await this.#isHealthy())) {
      this.#dueAt = clock.monotonic() + Math.min(interval, RETRY_MS);
      return;
    }
    await Promise.all([
      file === undefined ? undefined : this.#try('file', file, () => this.#write(file)),
      // The path is not logged: anyone who knows it can send heartbeats in our place.
      url === undefined ? undefined : this.#try('url', new URL(url).host, () => this.#request(url)),
    ]);
  }

  /** Renewing the lease proves that the store accepts writes and that nobody else has taken over. */
  async #isHealthy(): Promise<boolean> {
    const { lease, degradedReason } = this.#context;
    if (degradedReason() !== null) return false;
    // The part of the supervisor that is affected reports and handles the error.
    return renewLease(lease).then(
      () => true,
      () => false,
    );
  }

  /** Logs the first failure and the first success after it. */
  async #try(kind: string, where: string, beat: () => Promise<void>): Promise<void> {
    const { log } = this.#context;
    try {
      await beat();
      if (this.#failing.delete(kind)) log.info('heartbeat.restored', { [kind]: where });
    } catch (error) {
      if (this.#closing.signal.aborted || this.#failing.has(kind)) return;
      this.#failing.add(kind);
      log.warn('heartbeat.failed', { [kind]: where }, `${causeOf(error)}; the next beat is sent on schedule`);
    }
  }

  async #write(file: string): Promise<void> {
    const sign = { at: this.#context.clock.now().toISOString(), pid: process.pid, version: VERSION };
    // The monitor may be another user; nothing in it is secret.
    await writeAtomically(file, `${JSON.stringify(sign)}\n`, 0o644);
  }

  async #request(url: string): Promise<void> {
    const over = new AbortController();
    const late = new Error(`no answer within ${MAX_ANSWER_MS / 1_000} s`);
    void this.#context.clock.sleep(MAX_ANSWER_MS, over.signal).then(() => over.abort(late));
    try {
      const { ok, status } = await fetch(url, {
        headers: { 'user-agent': `bridge-supervisor/${VERSION}` },
        redirect: 'manual',
        signal: AbortSignal.any([over.signal, this.#closing.signal]),
      });
      if (!ok) throw new Error(`the answer was ${status}`);
    } finally {
      // Nobody reads the body.
      over.abort();
    }
  }
}

/** The message of fetch is `fetch failed`, or holds the address. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
}
