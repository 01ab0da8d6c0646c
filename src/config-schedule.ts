/** What the owner says about schedules. */
import { duration } from './config-values.ts';
import { DEFAULT_CATCH_UP_MS, DEFAULT_MIN_INTERVAL_MS } from './project/timetable.ts';

export const scheduleSettings = {
  schedule_catch_up: duration()
    .default(DEFAULT_CATCH_UP_MS)
    .describe('How old a missed slot of a schedule may be that is still taken up, the newest alone.'),
  schedule_min_interval: duration({ min: 60_000 })
    .default(DEFAULT_MIN_INTERVAL_MS)
    .describe('How close two slots of a schedule may be. A plan that asks for more is refused.'),
};
