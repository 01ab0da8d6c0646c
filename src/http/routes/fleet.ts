/** Everything at a glance, and whether new runs start. */
import * as z from 'zod';
import { currentCursor } from '../../bridge/changes.ts';
import { currentHolds, pause, resume } from '../../bridge/holds.ts';
import { overview, projects, statesOf } from '../../bridge/queries.ts';
import { spentOfEach } from '../../bridge/spending.ts';
import { cleanText, LIMITS } from '../../project/text.ts';
import { toWireHold } from '../../wire/hold.ts';
import { toWireOverview } from '../../wire/http.ts';
import { holdSchema } from '../../wire/schemas/hold.ts';
import { overviewSchema } from '../../wire/schemas/http.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';

const MAX_LISTED = 50;

export const showOverview = defineRoute({
  method: 'GET',
  path: '/overview',
  access: 'read',
  summary: `Everything at a glance: running work, what waits for a person, the queue, holds and what is spent today. At most ${MAX_LISTED} projects in each list.`,
  answer: overviewSchema,
  example: {
    answer: {
      counts: {
        pending: 0,
        in_progress: 2,
        awaiting_approval: 1,
        ...AND_MORE,
      },
      running: [
        {
          project: { id: '$WORKING', title: 'Publish the clock', ...AND_MORE },
          run: { live: { current_tool: null, turns: 0, cost_usd: 0, ...AND_MORE }, ...AND_MORE },
        },
        '…',
      ],
      waiting: [{ id: '$PROJECT', title: 'Build a clock', status: 'awaiting_approval', ...AND_MORE }, '…'],
      holds: [{ kind: 'paused', reason: 'Backup runs.', ...AND_MORE }],
      spent_today_usd: 0.5,
      ...AND_MORE,
    },
  },
  async run(_input, { bridge }) {
    const cursor = await currentCursor(bridge);
    const seen = await overview(bridge, MAX_LISTED);
    const asking = await projects(bridge, {
      statuses: ['awaiting_answer'],
      oldestFirst: true,
      limit: MAX_LISTED,
    });
    const projectsWaiting = [...seen.waiting, ...asking];
    const spent = await spentOfEach(
      bridge,
      projectsWaiting.map(({ id }) => id),
    );
    const states = await statesOf(bridge, projectsWaiting);
    const waiting = states.map((state) => ({ ...state, spent: spent(state.project.id) }));
    return { body: toWireOverview({ ...seen, waiting }), headers: { 'Bridge-Cursor': cursor } };
  },
});

export const pauseAll = defineRoute({
  method: 'POST',
  path: '/pause',
  access: 'decide',
  summary: 'Starts no new runs; running work goes on.',
  body: z.strictObject({
    reason: z.string().max(LIMITS.reason).default('').describe('why; `status` shows it'),
  }),
  answer: z.array(holdSchema),
  example: {
    send: { reason: 'Backup runs.' },
    answer: [
      { kind: 'paused', scope: '', reason: 'Backup runs.', since: '…', until: null, source: 'person' },
    ],
  },
  async run({ body: { reason } }, { bridge, caller, actor }) {
    await pause(bridge, cleanText(reason) || `paused by ${caller.name}`, actor);
    return { body: (await currentHolds(bridge)).map(toWireHold) };
  },
});

export const resumeAll = defineRoute({
  method: 'POST',
  path: '/resume',
  access: 'decide',
  summary: 'Ends every hold, whatever its cause. Answers those that it ended.',
  answer: z.array(holdSchema),
  example: {
    answer: [
      { kind: 'paused', scope: '', reason: 'Backup runs.', since: '…', until: null, source: 'person' },
    ],
  },
  run: async (_input, { bridge, actor }) => ({ body: (await resume(bridge, actor)).map(toWireHold) }),
});
