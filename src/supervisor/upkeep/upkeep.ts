/** Work beside the runs. */
export interface Upkeep {
  /**
   * Does what is due. Called after each reconciliation. Its failure ends the supervisor.
   *
   * @param activeRuns Counted after new runs have taken the place of ended ones.
   */
  tick(activeRuns: number): void | Promise<void>;
  /** When to call `tick` at the latest, even if nothing changes; undefined where any later call will do. */
  readonly wakeAt?: Date | undefined;
  /** Cancels what is under way and waits until it has left nothing behind. */
  close(): Promise<void>;
}
