/** Usage windows of a subscription, as the service reports them with every answer. */

export interface Quota {
  /** The service's name for it: `five_hour`, `seven_day`, `seven_day_opus`, … */
  readonly window: string;
  /** Used share, 0 to 1; null when the service did not state it. */
  readonly utilization: number | null;
  readonly status: string;
  readonly resetsAt: string | null;
  readonly seenAt: string;
}

/** The windows that limit every model. Each other one limits some, also one that comes with a later version. */
const OF_ALL_MODELS: readonly string[] = ['five_hour', 'seven_day'];

const FAMILY = /opus|sonnet|haiku|fable|mythos/;

/** What a name of the service looks like; the scope of a hold is compared and shown. */
const PLAIN = /^[\w.:/@-]{1,100}$/;

/**
 * The model family that a window limits, or empty for all models. `seven_day_opus` limits Opus; one that names
 * no family limits that of the `model` it stopped: `seven_day_overage_included` is the week of Fable, `overage` what is
 * paid beyond (names of Claude Code 2.1.197 and 2.1.329). A model of no family is one by itself, and where no model is known the window is.
 */
export function limitedFamily(window: string, model: string | null): string {
  if (OF_ALL_MODELS.includes(window)) return '';
  const named = [window, model ?? ''].flatMap((name) => FAMILY.exec(name.toLowerCase())?.[0] ?? []);
  return named[0] ?? [model ?? '', window].find((name) => PLAIN.test(name)) ?? 'unknown';
}

/**
 * Of the windows that limit everything: which leaves less than `reservePercent` of itself unused, if any. A reading whose reset is past says nothing
 * any more.
 */
export function spentReserve(quotas: readonly Quota[], reservePercent: number, now: Date): Quota | undefined {
  // Not 1 - x / 100: that is a little more than it should be for some x.
  const limit = (100 - reservePercent) / 100;
  return quotas.find(
    ({ window, utilization, resetsAt }) =>
      OF_ALL_MODELS.includes(window) &&
      utilization !== null &&
      utilization >= limit &&
      resetsAt !== null &&
      resetsAt > now.toISOString(),
  );
}
