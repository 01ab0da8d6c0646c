/** One receiver as the notifier works with it: whether something may be sent to it now, and if not, when. */
import { hash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Target } from '../../config-targets.ts';
import type { Notice } from '../../project/notice.ts';
import type { Receiver } from '../../project/notification.ts';
import { type QuietHours, quietHours } from '../quiet-hours.ts';

/** So many a minute reach a person; what comes beyond that waits, and is told together. */
const MAX_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

export class Outlet {
  readonly settings: Target;
  /** Of its settings. Nothing can be read from it: an address may be secret. */
  readonly digest: string;
  readonly receiver: Receiver;
  readonly #quiet: QuietHours;
  readonly #clock: Clock;
  #isBusy = false;
  /** In monotonic milliseconds. */
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #begun: number[] = [];

  constructor(settings: Target, clock: Clock) {
    this.settings = settings;
    this.digest = digestOf(settings);
    this.receiver = toReceiver(settings);
    this.#quiet = quietHours(settings.quiet);
    this.#clock = clock;
  }

  /** Whether a try is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Whether something may be sent to it now. */
  isFree(): boolean {
    return !this.#isBusy && this.#waitMs() === 0 && this.#quiet.quietAt(this.#clock.now()) === undefined;
  }

  /** When to look again, where something may be sent to it only later; undefined: it is free, or its try ends first. */
  freeAt(): Date | undefined {
    if (this.#isBusy) return undefined;
    const now = this.#clock.now();
    const quiet = this.#quiet.quietAt(now);
    if (quiet !== undefined) return quiet.until ?? undefined;
    const wait = this.#waitMs();
    return wait === 0 ? undefined : new Date(now.getTime() + wait);
  }

  /** A try is under way. */
  begin({ kind }: Pick<Notice, 'kind'>): void {
    this.#isBusy = true;
    // It takes the place of one that was counted.
    if (kind === 'decided') return;
    const now = this.#clock.monotonic();
    this.#begun = [...this.#begun.filter((time) => time > now - MINUTE_MS), now];
  }

  end(): void {
    this.#isBusy = false;
  }

  /** It has asked for a pause. */
  pause(ms: number): void {
    this.#pausedUntil = this.#clock.monotonic() + ms;
  }

  /** It has been told many things at a time: what comes right after them is told together, too. */
  gather(): void {
    this.pause(MINUTE_MS);
  }

  #waitMs(): number {
    const now = this.#clock.monotonic();
    const oldest = this.#begun.at(-MAX_PER_MINUTE);
    const paced = oldest === undefined ? 0 : oldest + MINUTE_MS - now;
    return Math.max(0, paced, this.#pausedUntil - now);
  }
}

function toReceiver(settings: Target): Receiver {
  const { name, via, kinds, projects, channels, remind_after, hold_min } = settings;
  return {
    ...{ name, via, kinds, projects, channels },
    remindAfterMs: remind_after ?? null,
    holdMinMs: hold_min,
  };
}

export function digestOf(settings: Target): string {
  return hash('sha256', JSON.stringify(settings));
}
