/** The one shape in which every platform tells about its processes. */

export interface ProcessRow {
  pid: number;
  parent: number;
  /** Process group; 0 on Windows, which has none. */
  group: number;
  /** Short name of the program, for people. */
  name: string;
  /** Opaque and stable: equal tokens under one pid mean the same process. */
  startedAt: string;
  /** It has ended and only waits for its parent to notice (a zombie). */
  ended: boolean;
}

export interface ProcessReader {
  /** The process with this pid, ended ones included. `undefined` when there is none. */
  one(pid: number): Promise<ProcessRow | undefined>;
  /** Every process we may see, ended ones included. */
  all(): Promise<ProcessRow[]>;
  /**
   * The pids whose environment at their start held `NAME=value`; none where that cannot be read.
   *
   * @param among Only these need to be looked at, where each look costs something.
   */
  marked(name: string, value: string, among?: readonly number[]): Promise<number[]>;
  /** What `NAME` had for a value in the environment of each process that has it, at its start; none where that cannot be read. */
  marks(name: string): Promise<ReadonlyMap<number, string>>;
  /** How often it is reasonable to ask, in milliseconds: a question costs microseconds on Linux, a process elsewhere. */
  pollMs: number;
}
