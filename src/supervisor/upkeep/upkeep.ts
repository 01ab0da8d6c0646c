/** Work that goes on beside the runs. */
export interface Upkeep {
  /**
   * To be called after each reconciliation: does what is due. Its failure is the supervisor's failure.
   *
   * @param activeRuns Counted when new runs have taken the place of ended ones.
   */
  tick(activeRuns: number): void | Promise<void>;
  /** When to call `tick` at the latest, even if nothing changes; undefined where any later call will do. */
  readonly wakeAt?: Date | undefined;
  /** Gives up what is under way; afterwards nothing is left of it. */
  close(): Promise<void>;
}
