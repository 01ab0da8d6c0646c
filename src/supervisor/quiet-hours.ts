/** The owner's hours without new runs, as cron expressions whose matching minutes are quiet. */
import cron, { type ScheduledTask } from 'node-cron';

export interface QuietHours {
  /** The quiet time that holds at `now`, and when it ends: null when that is more than a week away, or never. */
  quietAt(now: Date): { readonly until: Date | null } | undefined;
}

const MINUTE = 60_000;
const FURTHEST_MINUTES = 7 * 24 * 60;

export function quietHours(expressions: readonly string[]): QuietHours {
  // Never started: only asked. node-cron matches local time, so daylight saving is its affair.
  const tasks: ScheduledTask[] = expressions.map((expression) =>
    cron.createTask(expression, () => undefined),
  );
  const isQuiet = (minute: Date) => tasks.some((task) => task.match(minute));
  return {
    quietAt(now) {
      const minute = new Date(Math.floor(now.getTime() / MINUTE) * MINUTE);
      if (!isQuiet(minute)) return undefined;
      for (let ahead = 1; ahead < FURTHEST_MINUTES; ahead++) {
        const later = new Date(minute.getTime() + ahead * MINUTE);
        if (!isQuiet(later)) return { until: later };
      }
      return { until: null };
    },
  };
}
