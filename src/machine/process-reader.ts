/** The interface through which every platform shows its processes. */

export interface ProcessRow {
  pid: number;
  parent: number;
  /** Process group; 0 on Windows, which has none. */
  group: number;
  /** Short name of the program, for people. */
  name: string;
  /** Opaque token: equal tokens with one pid mean the same process. */
  startedAt: string;
  /** A zombie: it has ended, and its parent has not yet noticed. */
  ended: boolean;
}

export interface ProcessReader {
  /** The process with this pid, zombies included; undefined when there is none. */
  one(pid: number): Promise<ProcessRow | undefined>;
  /**
   * Every process that we may see, zombies included.
   *
   * @param isKnown Leaves out the pids it is true of, on a platform where each process costs a read.
   */
  all(isKnown?: (pid: number) => boolean): Promise<ProcessRow[]>;
  /**
   * The pids whose environment at their start held `NAME=value`; none where that cannot be read.
   *
   * @param among Only these need to be looked at, where each look costs something.
   */
  marked(name: string, value: string, among?: readonly number[]): Promise<number[]>;
  /** The value of `NAME` in each process's environment at its start, by pid; empty where that cannot be read. */
  marks(name: string): Promise<ReadonlyMap<number, string>>;
  /**
   * A reasonable polling interval in milliseconds: a poll takes microseconds on Linux, and starts a process elsewhere.
   */
  pollMs: number;
}
