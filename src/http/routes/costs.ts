import * as z from 'zod';
import { costsOfDays } from '../../bridge/spending.ts';
import { budgetReport } from '../../control/budget-report.ts';
import { isTimezone, localTimezone } from '../../project/timetable.ts';
import { toWireCosts } from '../../wire/budget.ts';
import { costsSchema } from '../../wire/schemas/budget.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';

const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;

export const showCosts = defineRoute({
  method: 'GET',
  path: '/costs',
  access: 'read',
  summary:
    'What runs may cost, what they have cost today and this month, and what they have cost day by day, by project, by model and by how they ended.',
  query: z.strictObject({
    days: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_DAYS)
      .default(DEFAULT_DAYS)
      .describe('how many days, today included'),
    tz: z
      .string()
      .max(100)
      .refine(isTimezone, 'must be a time zone, such as Europe/Berlin')
      .optional()
      .describe("the time zone in which a day begins and ends; the supervisor's unless said"),
  }),
  answer: costsSchema,
  example: {
    path: '/costs?days=1&tz=Europe/Berlin',
    answer: {
      periods: [
        { period: 'day', limit_usd: null, spent_usd: 0.5, runs_of_unknown_cost: 0, ...AND_MORE },
        '…',
      ],
      timezone: 'Europe/Berlin',
      days: [{ date: '2026-03-01', usd: 0.5, runs: 3, runs_of_unknown_cost: 0 }],
      projects: [{ project_id: '$PROJECT', title: 'Build a clock', usd: 0.5, runs: 1, ...AND_MORE }, '…'],
      ...AND_MORE,
    },
  },
  async run({ query: { days, tz = localTimezone() } }, { bridge, config }) {
    const report = await budgetReport(bridge, config);
    return { body: toWireCosts(report, await costsOfDays(bridge, days, tz)) };
  },
});
