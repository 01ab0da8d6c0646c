/** Web Push: a browser asks to be told, and to be told no more. It speaks for itself alone. */
import * as z from 'zod';
import { addPushDevice, pushDeviceOf, pushKeys, removePushDevice } from '../../bridge/push-devices.ts';
import type { ReceiverSettings } from '../../config-notify.ts';
import { isPushService, MAX_ENDPOINT_LENGTH } from '../../project/push.ts';
import { pushSchema } from '../../wire/schemas/push.ts';
import { type CallOfSomebody, defineRoute, type Reply } from '../define-route.ts';
import { problem } from '../problem.ts';

export const showPush = defineRoute({
  method: 'GET',
  path: '/push',
  access: 'read',
  summary: 'Whether browsers are notified by Web Push, with which key, and whether the one that calls is.',
  answer: pushSchema,
  example: { byBrowser: true, answer: { configured: true, public_key: '…', told_since: null } },
  run: async (_input, call) => answer(call),
});

export const beginPush = defineRoute({
  method: 'PUT',
  path: '/push',
  access: 'read',
  summary:
    'Notifies the browser that calls, until it stops it, is signed out, or its push service knows it no more. What it has said before is replaced.',
  body: z.strictObject({
    endpoint: z
      .url()
      .max(MAX_ENDPOINT_LENGTH)
      .describe('of its `PushSubscription`: at a push service of a maker of browsers, or of `services`'),
    keys: z
      .strictObject({
        p256dh: z.string().max(200).describe('a point of P-256, in base64url'),
        auth: z.string().max(100).describe('16 bytes, in base64url'),
      })
      .describe('of its `PushSubscription`'),
  }),
  answer: pushSchema,
  problems: ['not-a-browser', 'not-allowed'],
  example: {
    byBrowser: true,
    send: {
      endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAA',
      keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    },
    answer: { configured: true, public_key: '…', told_since: '…' },
  },
  async run({ body: { endpoint, keys } }, call) {
    const { bridge, caller, actor, config } = call;
    if (caller.kind !== 'browser') return { problem: NOT_A_BROWSER };
    const receivers = config.notify.filter(isPush);
    if (receivers.length === 0) return { problem: NOT_CONFIGURED };
    if (!receivers.some(({ services }) => isPushService(endpoint, services)))
      return { problem: NO_PUSH_SERVICE };
    const added = await addPushDevice(bridge, { name: caller.name, endpoint, ...keys }, actor);
    return added.ok ? answer(call) : { problem: problem('not-allowed', added.refusal) };
  },
});

export const endPush = defineRoute({
  method: 'DELETE',
  path: '/push',
  access: 'read',
  summary: 'Notifies the browser that calls no more.',
  answer: pushSchema,
  problems: ['not-a-browser'],
  example: { byBrowser: true, answer: { configured: true, public_key: '…', told_since: null } },
  async run(_input, call) {
    const { bridge, caller, actor } = call;
    if (caller.kind !== 'browser') return { problem: NOT_A_BROWSER };
    // Two tabs may stop it at once: it is done then.
    await removePushDevice(bridge, caller.name, actor);
    return answer(call);
  },
});

async function answer({ bridge, config, caller }: CallOfSomebody): Promise<Reply> {
  const configured = config.notify.some(isPush);
  const device = await pushDeviceOf(bridge, caller.name);
  return {
    body: {
      configured,
      public_key: configured ? (await pushKeys(bridge)).publicKey : null,
      told_since: device?.createdAt ?? null,
    },
  };
}

function isPush(receiver: ReceiverSettings): receiver is Extract<ReceiverSettings, { via: 'push' }> {
  return receiver.via === 'push';
}

const NOT_A_BROWSER = problem(
  'not-a-browser',
  'a browser that is signed in asks for itself; others are notified as `notify` in config.json says.',
);
const NOT_CONFIGURED = problem(
  'not-allowed',
  'nobody is notified by push: add {"via": "push"} to \'notify\' in config.json, and restart the supervisor.',
);
const NO_PUSH_SERVICE = problem(
  'not-allowed',
  "endpoint: this is no push service that is known; the owner may name its origin in 'services' of the receiver.",
);
