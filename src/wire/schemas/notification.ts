import * as z from 'zod';
import { HOLD_KINDS } from '../../project/hold.ts';
import { NOTIFICATION_KINDS, NOTIFICATION_STATES, NOTIFY_VIAS } from '../../project/notice.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { RELAY_CLIENTS } from '../../project/relay.ts';
import { REQUEST_KINDS } from '../../project/request.ts';
import { count, id, time, usd } from './scalars.ts';

const kind = () => z.enum(NOTIFICATION_KINDS);

export const receiverSchema = z
  .strictObject({
    name: z.string(),
    via: z.enum(NOTIFY_VIAS),
    state: z
      .enum(['new', 'unasked', 'on', 'failing', 'off'])
      .describe(
        'new: no supervisor has started with it yet; unasked: no browser has asked for it yet; failing: the newest try failed, and others follow; off: it wants nothing more',
      ),
    problem: z.string().nullable().describe('why it fails or is off; null: it does not'),
    problem_since: time().nullable(),
    last_sent_at: time().nullable().describe('null: nothing yet'),
    waiting: count().describe('how many it is still to be told'),
    failed: count().describe('how many it was not told in the last 30 days: every try failed'),
  })
  .describe('One place that notifications go to.');

export const notificationSchema = z
  .strictObject({
    id: z.string().describe('`n_` and 12 hex digits; the same on each try'),
    receiver: z.string(),
    kind: kind(),
    project_id: id().nullable(),
    request_id: id().nullable(),
    state: z
      .enum(NOTIFICATION_STATES)
      .describe(
        'gathered: a digest that was not sent yet tells of it; dropped: settled before it was sent; failed: every try failed',
      ),
    digest_id: z.string().nullable().describe('the digest that tells of it'),
    tries: count(),
    due_at: time().describe('of one that waits: when it is sent'),
    problem: z.string().nullable().describe('why the newest try failed'),
    created_at: time(),
    sent_at: time().nullable(),
    settled_at: time().nullable().describe('when what it tells of was decided or over'),
  })
  .describe('What one receiver is, will be or was told.');

export const notificationListSchema = z
  .strictObject({
    receivers: z.array(receiverSchema).describe('by name'),
    notifications: z.array(notificationSchema).describe('newest first'),
  })
  .describe('Who is notified, and of what.');

export const testedReceiverSchema = z
  .strictObject({
    name: z.string(),
    via: z.enum(NOTIFY_VIAS),
    sent: z.boolean(),
    problem: z.string().nullable().describe('null: it was sent'),
  })
  .describe('How a test went.');

/** The body of a webhook, and what a command reads. */
export const webhookSchema = z
  .strictObject({
    type: z
      .string()
      .describe(
        '`project.awaiting_approval`, `project.attention`, `project.decided`, `request.question`, `request.permission`, `request.decided`, `hold.began`, `hold.ended`, `message.sent`, `reminder`, `digest` or `test`',
      ),
    timestamp: time().describe('when it happened'),
    data: z.strictObject({
      notification_id: z.string().describe('the same on each try'),
      event_id: z.int().nullable().describe('of GET /events; null: none in particular, such as of a message'),
      kind: kind(),
      reminds_of: kind().nullable().describe('of a reminder'),
      tag: z
        .string()
        .describe('those of one tag tell of the same thing: a later one takes the place of an earlier'),
      title: z.string().describe('at most 100 characters'),
      text: z.string().describe('at most 200 characters; may be empty'),
      project: z
        .strictObject({
          id: id(),
          title: z.string().nullable().describe('null where `detail` is `none`'),
          status: z.enum(PROJECT_STATUSES),
          round: z.int().min(1),
          workspace: z.string().nullable().describe('an absolute path; null where `detail` is `none`'),
        })
        .nullable(),
      request: z
        .strictObject({
          id: id(),
          kind: z.enum(REQUEST_KINDS),
          tool: z.string().nullable().describe('null where `detail` is `none`'),
          question: z.string().nullable().describe('null unless `detail` is `summary`'),
        })
        .nullable(),
      message: z
        .strictObject({
          id: z.string(),
          channel: z.string().nullable().describe('null: the relay, or `detail` is `none`'),
          sender: z.string().nullable().describe('as it named itself; null where `detail` is `none`'),
          recipient: z.enum(RELAY_CLIENTS).nullable().describe('null: it is of a channel'),
          held: z.boolean().describe('it reaches nobody until you let it through'),
        })
        .nullable(),
      hold: z
        .strictObject({
          kind: z.enum(HOLD_KINDS),
          reason: z.string().nullable().describe('null unless `detail` is `summary`'),
          until: z.string().nullable(),
        })
        .nullable(),
      checks: z
        .strictObject({ passed: count(), failed: count() })
        .nullable()
        .describe('null: there are none'),
      files_changed: count().nullable(),
      cost_usd: usd().nullable().describe('null: unknown'),
      summary: z
        .string()
        .nullable()
        .describe('what Claude, or the sender of a message, says; null unless `detail` is `summary`'),
      decision: z.strictObject({ word: z.string(), by: z.string() }).nullable(),
      digest: z
        .strictObject({
          counts: z.record(z.string(), count()).describe('how many of each kind'),
          projects: z
            .array(z.strictObject({ id: id(), title: z.string().nullable(), round: z.int().min(1) }))
            .describe('the first of them'),
        })
        .nullable(),
      url: z.string().nullable().describe('the card; null without `http.public_url`'),
    }),
  })
  .describe('The body of a webhook, and the input of a command.');

export type WireReceiver = z.output<typeof receiverSchema>;
export type WireNotification = z.output<typeof notificationSchema>;
export type WireNotificationList = z.output<typeof notificationListSchema>;
export type WireTestedReceiver = z.output<typeof testedReceiverSchema>;
export type WireWebhook = z.output<typeof webhookSchema>;
