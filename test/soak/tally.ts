/** What the soak has counted and found so far; the report is made from it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * `lost` and `doubled` are the two words of the promise; `parked` is what an outage did to a project; everything else that
 * must not be is `broken`.
 */
export type ViolationKind = 'lost' | 'doubled' | 'parked' | 'broken';

export interface Violation {
  readonly kind: ViolationKind;
  readonly what: string;
  readonly at: string;
  /** What `loop.log` said last. */
  readonly log: readonly string[];
}

export interface FollowedCounts {
  readonly clients: number;
  /** How often they opened a stream, all together. */
  readonly connections: number;
  /** How many events each was told. */
  readonly events: number;
}

export class Tally {
  readonly violations: Violation[] = [];
  /** By what was done to whom: `supervisor SIGKILL`. */
  readonly kills = new Map<string, number>();
  /** From the kill of a supervisor to the next lease, in milliseconds. */
  readonly leaseMs: number[] = [];
  /** From the kill until a run that lived through it was adopted. */
  readonly adoptedMs: number[] = [];
  /** From the kill until the session of a run that died with the supervisor had a process again. */
  readonly resumedMs: number[] = [];
  /** By the way in which the person decided. */
  readonly decisions = new Map<string, number>();
  checks = 0;
  /** What clients of the API followed; undefined: none did, or not to the end. */
  followed: FollowedCounts | undefined;
  readonly #home: string;
  readonly #known = new Set<string>();

  constructor(home: string) {
    this.#home = home;
  }

  kill(what: string): void {
    this.kills.set(what, (this.kills.get(what) ?? 0) + 1);
  }

  decide(way: string): void {
    this.decisions.set(way, (this.decisions.get(way) ?? 0) + 1);
  }

  /** Keeps each violation once, with the log of the moment. */
  async violated(kind: ViolationKind, what: string): Promise<void> {
    if (this.#known.has(what)) return;
    this.#known.add(what);
    const log = await lastLines(join(this.#home, 'loop.log'), LOG_LINES);
    this.violations.push({ kind, what, at: new Date().toISOString(), log });
  }
}

const LOG_LINES = 25;

async function lastLines(file: string, count: number): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n');
  // Clients of the API come again all the time.
  return lines.filter((line) => !line.includes(' http.answered ')).slice(-count);
}
