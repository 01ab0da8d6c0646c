/**
 * Everything that a process has started, remembered while it lives. What leaves its group, its session and its
 * environment behind is known by having been seen below it once.
 */
import type { Clock } from '../clock.ts';
import type { ProcessIdentity } from './identity.ts';
import { isSame } from './identity.ts';
import type { ProcessRow } from './process-reader.ts';
import { below, living, toIdentity } from './tree.ts';

/** Looks take at most this share of the time: where a look starts a program, they are far apart. */
const SHARE = 1 / 100;

export class Lineage {
  readonly #root: ProcessIdentity;
  readonly #clock: Clock;
  #known: ProcessIdentity[];
  /** In monotonic milliseconds. */
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(root: ProcessIdentity, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
    this.#known = [root];
  }

  /** To be called often: looks again when the last look was long enough ago. */
  async look(): Promise<void> {
    const begun = this.#clock.monotonic();
    if (begun < this.#dueAt) return;
    this.#known = grow(this.#root, this.#known, await living());
    const ended = this.#clock.monotonic();
    this.#dueAt = ended + (ended - begun) / SHARE;
  }

  /** Those that were alive at the last look. */
  get known(): readonly ProcessIdentity[] {
    return this.#known;
  }
}

/** Those of `known` that live, the members of the group that `root` leads, and everything below them. */
function grow(
  root: ProcessIdentity,
  known: readonly ProcessIdentity[],
  rows: readonly ProcessRow[],
): ProcessIdentity[] {
  const sure = rows.filter((row) => known.some((one) => isSame(one, row)));
  // A group's number stays taken while it has members: one sure member proves that the group is still the run's own.
  const isOurGroup = sure.some((row) => row.group === root.pid);
  const first = rows.filter((row) => sure.includes(row) || (isOurGroup && row.group === root.pid));
  const pids = new Set(first.map(({ pid }) => pid));
  return [...first, ...below(pids, rows)].map(toIdentity);
}
