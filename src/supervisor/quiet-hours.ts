/** The owner's hours without new runs, as cron expressions whose matching minutes are quiet. */
import cron, { type ScheduledTask } from 'node-cron';

export interface QuietHours {
  /** The quiet time that holds at `now`, and when it ends: null when that is more than a week away, or never. */
  quietAt(now: Date): { readonly until: Date | null } | undefined;
}

const MINUTE = 60_000;
const MAX_MINUTES_AHEAD = 7 * 24 * 60;
/** How long an end that was not found is not looked for again: to look a week ahead takes a tenth of a second. */
const OPEN_FOR_MINUTES = 60;

export function quietHours(expressions: readonly string[]): QuietHours {
  // Never started: only asked. node-cron matches local time, so daylight saving is its affair.
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
