/**
 * Who is notified, and how: the member `notify` of the configuration. What is secret is named by its place, a variable or
 * a file, so that the configuration can be shown.
 */
import * as z from 'zod';
import type { HttpSettings } from './config-http.ts';
import { cronExpression, duration, path, program } from './config-values.ts';
import type { Environment } from './environment.ts';
import { NOTIFICATION_DETAILS, NOTIFY_VIAS } from './project/notice.ts';
import { DEFAULT_DETAIL, DEFAULT_HOLD_MIN_MS, DEFAULT_KINDS, NEWS_KINDS } from './project/notification.ts';
import { isSecureContext } from './project/push.ts';

const PLACE = 'must be {"env": "NAME"} or {"file": "/path"}: what is secret is not written here';

/** Where a secret is: in a variable of the supervisor's environment, or in a file. */
const secret = z.union(
  [
    z.strictObject({ env: z.string().regex(/^\w+$/, 'must be the name of a variable') }),
    z.strictObject({ file: path }),
  ],
  { error: PLACE },
);

const WEB_ADDRESS = 'must be an http or https address, without user name and password';

const address = z
  .url({ protocol: /^https?$/, error: WEB_ADDRESS })
  .refine((text) => !/^\w+:\/\/[^/?#]*@/.test(text), WEB_ADDRESS);

const addressOrSecret = z.union([address, secret], {
  error: `${WEB_ADDRESS}; or {"env": "NAME"} or {"file": "/path"}`,
});

const topic = z.string().regex(/^[\w-]{1,64}$/, "must be a topic: letters, digits, '_' and '-'");

const rules = {
  name: z
    .string()
    .regex(/^[\w.-]{1,40}$/, "must be a name of letters, digits, '.', '_' and '-'")
    .optional(),
  kinds: z
    .array(z.enum(NEWS_KINDS))
    .min(1)
    .default([...DEFAULT_KINDS]),
  projects: z.array(z.string().min(1)).max(100).default([]),
  channels: z.array(z.string().min(1)).max(100).default([]),
  quiet: z.array(cronExpression).max(20).default([]),
  remind_after: duration({ min: 60_000 }).optional(),
  hold_min: duration().default(DEFAULT_HOLD_MIN_MS),
  detail: z.enum(NOTIFICATION_DETAILS).default(DEFAULT_DETAIL),
};

const os = z.strictObject({ via: z.literal('os'), ...rules });
const webhook = z.strictObject({
  via: z.literal('webhook'),
  url: addressOrSecret,
  secret: z
    .union([secret, z.array(secret).min(1).max(2)], {
      error: `${PLACE}; or a list of two while one replaces the other`,
    })
    .optional(),
  ...rules,
});
const ntfy = z.strictObject({
  via: z.literal('ntfy'),
  server: address.default('https://ntfy.sh'),
  topic: z.union([topic, secret], { error: `must be a topic, or ${PLACE.slice('must be '.length)}` }),
  token: secret.optional(),
  ...rules,
});
// Whoever knows their address can write there.
const slack = z.strictObject({ via: z.literal('slack'), url: secret, ...rules });
const discord = z.strictObject({ via: z.literal('discord'), url: secret, ...rules });
const command = z.strictObject({
  via: z.literal('command'),
  command: z.tuple([program], z.string()),
  ...rules,
});

const ORIGIN =
  "must be the https address of a host alone, such as 'https://push.example'; http only on this machine";

const push = z.strictObject({
  via: z.literal('push'),
  services: z
    .array(z.url({ error: ORIGIN }).refine(isSecureOrigin, ORIGIN).transform(originOf))
    .max(20)
    .default([]),
  ...rules,
});

function isSecureOrigin(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && `${url.origin}/` === url.href && isSecureContext(text) && /^https?:$/.test(url.protocol)
  );
}

function originOf(text: string): string {
  return new URL(text).origin;
}

const receiver = z.discriminatedUnion('via', [os, webhook, ntfy, slack, discord, command, push], {
  error: `must be an object whose 'via' is one of ${NOTIFY_VIAS.map((via) => JSON.stringify(via)).join(', ')}`,
});

/** All keys that some receiver takes. */
export const receiverKeys = z.object({
  ...command.shape,
  ...slack.shape,
  ...ntfy.shape,
  ...webhook.shape,
  ...push.shape,
});

export const notifySettings = z
  .array(receiver)
  .max(20)
  .transform((receivers) => receivers.map((one) => ({ ...one, name: one.name ?? one.via })))
  .superRefine((receivers, context) => {
    for (const [index, { name, kinds, channels }] of receivers.entries()) {
      if (channels.length > 0 && !kinds.includes('message'))
        context.addIssue({
          code: 'custom',
          path: [index, 'channels'],
          message: "chooses from messages, of which it is not told: add 'message' to its kinds",
        });
      if (receivers.findIndex((other) => other.name === name) !== index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `must differ from the other names: '${name}' is used twice; its default is what 'via' says`,
        });
    }
  })
  .prefault([])
  .describe(
    'Who is told that something waits for you, each as `{"via": …}`: `os`, `webhook`, `ntfy`, `slack`, `discord`, `command` or `push`.',
  );

/** A page is notified only where the browser trusts how it came: the first receiver that nobody could ask for, and why. */
export function unreachablePush({
  notify,
  http,
}: {
  readonly notify: readonly Pick<ReceiverSettings, 'via'>[];
  readonly http: Pick<HttpSettings, 'enabled' | 'public_url'>;
}): { readonly path: (string | number)[]; readonly message: string } | undefined {
  const index = notify.findIndex(({ via }) => via === 'push');
  if (index < 0 || (http.enabled && http.public_url !== undefined && isSecureContext(http.public_url)))
    return undefined;
  return {
    path: ['notify', index, 'via'],
    message:
      "'push' needs the page, and 'http.public_url' with https, such as 'https://box.example'; or http on this machine alone, such as 'http://localhost:7823'",
  };
}

/** One receiver of the configuration. */
export type ReceiverSettings = z.output<typeof notifySettings>[number];
export type SecretPlace = z.output<typeof secret>;

/** Where the secrets of a receiver are. */
export function secretPlaces(receiver: ReceiverSettings): SecretPlace[] {
  return secretsOf(receiver).filter((place) => typeof place === 'object');
}

function secretsOf(receiver: ReceiverSettings): (SecretPlace | string | undefined)[] {
  switch (receiver.via) {
    case 'webhook':
      return [receiver.url, receiver.secret].flat();
    case 'ntfy':
      return [receiver.topic, receiver.token];
    case 'slack':
    case 'discord':
      return [receiver.url];
    default:
      return [];
  }
}

/** The environment without the variables that hold these secrets: no run, check or command of others sees them. */
export function withoutSecrets(env: Environment, receivers: readonly ReceiverSettings[]): Environment {
  const names = receivers.flatMap(secretPlaces).flatMap((place) => ('env' in place ? [place.env] : []));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
