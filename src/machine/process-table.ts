/**
 * The process table of the machine, read often while one process is watched. A process that is older than the watched one
 * is not a descendant of it: its row is cached, and not read again.
 */
import type { Clock } from '../clock.ts';
import { isOlder, type ProcessIdentity } from './identity.ts';
import type { ProcessReader, ProcessRow } from './process-reader.ts';

/** How long a row is cached, in milliseconds: in the end the system reuses its pid. */
const MAX_ROW_AGE_MS = 30_000;
/** In a longer gap between two listings, in milliseconds, pids may be reused without our notice. */
const MAX_GAP_MS = 5_000;

export class ProcessTable {
  readonly #reader: Pick<ProcessReader, 'all'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #cached: ReadonlyMap<number, ProcessRow> = new Map();
  /** In monotonic milliseconds, as the next one. */
  #listedAt = Number.NEGATIVE_INFINITY;
  #readAllAt = Number.NEGATIVE_INFINITY;

  constructor(reader: Pick<ProcessReader, 'all'>, clock: Pick<Clock, 'monotonic'>) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /**
   * Every living process that is not surely older than `root`. Where the start times do not show which is older, every
   * process is read each time.
   */
  async since(root: ProcessIdentity): Promise<ProcessRow[]> {
    const now = this.#clock.monotonic();
    const isFresh = now - this.#listedAt <= MAX_GAP_MS && now - this.#readAllAt <= MAX_ROW_AGE_MS;
    const cached: ReadonlyMap<number, ProcessRow> = isFresh ? this.#cached : new Map();
    // A pid that is missing from one listing is forgotten: the system may reuse it.
    const listed = new Map<number, ProcessRow>();
    const rows = await this.#reader.all((pid) => {
      const row = cached.get(pid);
      if (row === undefined || !isOlder(row, root)) return false;
      listed.set(pid, row);
      return true;
    });
    for (const row of rows) listed.set(row.pid, row);
    this.#cached = listed;
    this.#listedAt = now;
    if (!isFresh) this.#readAllAt = now;
    return rows.filter((row) => !row.ended && !isOlder(row, root));
  }
}
