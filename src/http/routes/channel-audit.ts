import * as z from 'zod';
import { clearings } from '../../bridge/channels.ts';
import { toAuditEvent } from '../../wire/channel.ts';
import { channelAuditSchema } from '../../wire/schemas/channel-http.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { limitIn } from './channel-limit.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export const channelAudit = defineRoute({
  method: 'GET',
  path: '/api/audit',
  access: 'admin',
  summary:
    'Who has cleared which channel, newest first, as the history has it. Refused calls are not recorded.',
  query: z.looseObject({
    limit: z.string().optional().describe(`1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} unless it is a number`),
  }),
  answer: channelAuditSchema,
  example: {
    path: '/api/audit?limit=1',
    answer: {
      enabled: true,
      events: [
        {
          event: 'channel_clear',
          channel: 'shop:old',
          detail: '1 message, by person: phone',
          ip: null,
          ...AND_MORE,
        },
      ],
    },
  },
  async run({ query }, { bridge }) {
    const events = await clearings(bridge, limitIn(query.limit, MAX_LIMIT) ?? DEFAULT_LIMIT);
    return { body: { enabled: true, events: events.map(toAuditEvent) } };
  },
});
