/** The owner's hours without new runs, as cron expressions whose matching minutes are quiet. */
import cron, { type ScheduledTask } from 'node-cron';

export interface QuietHours {
  /**
   * The quiet time in effect at `now`; undefined outside. `until` is its end, null when that is more than a week away
   * or never comes.
   */
  quietAt(now: Date): { readonly until: Date | null } | undefined;
}

const MINUTE = 60_000;
const MAX_MINUTES_AHEAD = 7 * 24 * 60;
/** How long a missing end is cached: to search a week ahead takes a tenth of a second. */
const OPEN_FOR_MINUTES = 60;

/**
 * Reads cron expressions whose matching minutes are quiet, in local time. Throws for an expression that is not valid.
 */
export function quietHours(expressions: readonly string[]): QuietHours {
  // The task is never started, only queried. node-cron matches local time and handles daylight saving.
  const tasks: ScheduledTask[] = expressions.map((expression) =>
    cron.createTask(expression, () => undefined),
  );
  const isQuiet = (minute: number) => tasks.some((task) => task.match(new Date(minute)));
  let known = { from: 0, before: 0, until: null as Date | null };
  return {
    quietAt(now) {
      const minute = Math.floor(now.getTime() / MINUTE) * MINUTE;
      if (minute < known.from || minute >= known.before) {
        if (!isQuiet(minute)) return undefined;
        const until = endAfter(minute, isQuiet);
        known = { from: minute, before: until?.getTime() ?? minute + OPEN_FOR_MINUTES * MINUTE, until };
      }
      return { until: known.until };
    },
  };
}

function endAfter(minute: number, isQuiet: (minute: number) => boolean): Date | null {
  for (let ahead = 1; ahead < MAX_MINUTES_AHEAD; ahead++) {
    const later = minute + ahead * MINUTE;
    if (!isQuiet(later)) return new Date(later);
  }
  return null;
}
