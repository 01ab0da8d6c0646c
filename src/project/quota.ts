/** Usage windows of a subscription, as the service reports them with every answer. */

export interface Quota {
  /** The service's name for it: `five_hour`, `seven_day`, `seven_day_opus`, … */
  readonly window: string;
  /** Used share, 0 to 1; null when it was not told. */
  readonly utilization: number | null;
  readonly status: string;
  readonly resetsAt: string | null;
  readonly seenAt: string;
}

/**
 * The model family a window is about: `seven_day_opus` limits only Opus. Empty when it limits everything
 * (names seen in Claude Code 2.1.197 and 2.1.329).
 */
export function limitedFamily(window: string): string {
  return /^seven_day_(opus|sonnet|haiku)$/.exec(window)?.[1] ?? '';
}

/**
 * Of the windows that limit everything: which leaves less than `leavePercent` of itself unused, if any. A reading whose reset is past says nothing
 * any more.
 */
export function spentReserve(quotas: readonly Quota[], leavePercent: number, now: Date): Quota | undefined {
  // Not 1 - x / 100: that is a little more than it should be for some x.
  const limit = (100 - leavePercent) / 100;
  return quotas.find(
    ({ window, utilization, resetsAt }) =>
      limitedFamily(window) === '' &&
      utilization !== null &&
      utilization >= limit &&
      resetsAt !== null &&
      resetsAt > now.toISOString(),
  );
}
