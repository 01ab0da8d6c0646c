/** Who is notified, and of what; and a test of it. */
import * as z from 'zod';
import { listNotifications } from '../../control/notification-report.ts';
import { testReceivers } from '../../control/test-receivers.ts';
import { toWireNotificationList, toWireTestedReceiver } from '../../wire/notification.ts';
import { notificationListSchema, testedReceiverSchema } from '../../wire/schemas/notification.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { problem } from '../problem.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export const showNotifications = defineRoute({
  method: 'GET',
  path: '/notifications',
  access: 'read',
  summary: 'Who is notified of what waits for a person, how that goes, and the newest notifications.',
  query: z.strictObject({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_LIMIT)
      .default(DEFAULT_LIMIT)
      .describe('how many notifications'),
  }),
  answer: notificationListSchema,
  example: {
    answer: {
      receivers: [
        { name: 'desk', via: 'os', state: 'new', ...AND_MORE },
        { name: 'push', via: 'push', state: 'unasked', ...AND_MORE },
      ],
      notifications: [],
    },
  },
  run: async ({ query: { limit } }, { bridge, config }) => ({
    body: toWireNotificationList(await listNotifications(bridge, config.notify, limit)),
  }),
});

export const testNotifications = defineRoute({
  method: 'POST',
  path: '/notifications/test',
  access: 'admin',
  summary: 'Sends a test to one receiver, or to all; one that was off is on again.',
  body: z.strictObject({
    name: z.string().max(40).optional().describe('of the receiver; without it all are tested'),
  }),
  answer: z.array(testedReceiverSchema),
  problems: ['receiver-not-found'],
  example: { send: { name: 'desk' }, answer: [{ name: 'desk', via: 'os', ...AND_MORE }] },
  async run({ body: { name } }, { bridge, config, signal, sendNotice }) {
    const tested = await testReceivers(bridge, config.notify, name, sendNotice, signal);
    return tested.ok
      ? { body: tested.value.map(toWireTestedReceiver) }
      : { problem: problem('receiver-not-found', tested.refusal) };
  },
});
