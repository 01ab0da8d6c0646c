/**
 * Everything that a process has started, remembered while it lives. A process that leaves its group, session and
 * environment is still known when it was seen below once.
 */
import type { Clock } from '../clock.ts';
import type { ProcessIdentity } from './identity.ts';
import { isSame } from './identity.ts';
import type { ProcessRow } from './process-reader.ts';
import { below, livingSince, toIdentity } from './tree.ts';

/** The share of time that looking may take. Where each look starts a program, looks are far apart. */
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

  /** Call it often: it looks again when the last look was long enough ago. */
  async look(): Promise<void> {
    const begun = this.#clock.monotonic();
    if (begun < this.#dueAt) return;
    this.#known = grow(this.#root, this.#known, await livingSince(this.#root));
    const ended = this.#clock.monotonic();
    this.#dueAt = ended + (ended - begun) / SHARE;
  }

  /** The processes that were alive at the last look. */
  get known(): readonly ProcessIdentity[] {
    return this.#known;
  }
}

/** The living among `known`, the members of the group that `root` leads, and everything below them. */
function grow(
  root: ProcessIdentity,
  known: readonly ProcessIdentity[],
  rows: readonly ProcessRow[],
): ProcessIdentity[] {
  const sure = rows.filter((row) => known.some((one) => isSame(one, row)));
  // A group keeps its number while it has members: one known member proves that the group is still the run's.
  const isOurGroup = sure.some((row) => row.group === root.pid);
  const first = rows.filter((row) => sure.includes(row) || (isOurGroup && row.group === root.pid));
  const pids = new Set(first.map(({ pid }) => pid));
  return [...first, ...below(pids, rows)].map(toIdentity);
}
