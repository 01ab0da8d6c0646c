/** What each way of notifying sends, whatever a title says; and that nothing secret is in what it says of a failure. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { configOfText } from '../../src/config.ts';
import { targetsOf } from '../../src/config-targets.ts';
import type { Environment } from '../../src/environment.ts';
import type { DesktopNotice } from '../../src/machine/notify/call.ts';
import { createSender } from '../../src/notify/send.ts';
import type { Delivery, Notice } from '../../src/project/notice.ts';
import { webhookSchema } from '../../src/wire/schemas/notification.ts';
import { onWindows } from '../platform.ts';
import { answering, type HttpReceiver, startReceiver } from './receiver.ts';

let receiver: HttpReceiver;
let folder: string;
beforeEach(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'notify-'));
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Quotes, line breaks, an option, a command, mentions, markup, marks that reorder and hide, and a terminal sequence. */
const HOSTILE =
  '-h --help "\'`$(touch pwned);\n<!channel> <@U1> @everyone **b** [x](http://evil.example) <b>&amp;</b> \\n \u202egnp.exe\u2066 \u{e0041} \u001b[31mred';

/** The same as a person is to read it. */
const READABLE =
  '-h --help "\'`$(touch pwned); <!channel> <@U1> @everyone **b** [x](http://evil.example) <b>&amp;</b> \\n gnp.exe red';

function notice(changes: Partial<Notice> = {}): Notice {
  return {
    id: 'n_0123456789ab',
    kind: 'decision_wanted',
    of: null,
    tag: 'p-affc5ce9db65',
    eventId: 7,
    at: '2026-03-01T12:00:00.000Z',
    project: {
      id: 'affc5ce9db65',
      title: HOSTILE,
      status: 'awaiting_approval',
      round: 2,
      workspace: '/w',
    },
    request: null,
    message: null,
    hold: null,
    measured: { checks: { passed: 5, failed: 1 }, filesChanged: 7, costUsd: 0.84 },
    summary: HOSTILE,
    decision: null,
    digest: null,
    replaces: null,
    ...changes,
  };
}

function send(
  settings: object,
  {
    env = {},
    what = notice(),
    show,
  }: { env?: Environment; what?: Notice; show?: (shown: DesktopNotice) => void } = {},
): Promise<Delivery> {
  const config = configOfText(
    JSON.stringify({ notify: [settings], http: { public_url: 'https://box.example' } }),
    'config.json',
    {},
  );
  const [one] = targetsOf(config.notify, { devices: [], keys: NO_KEYS });
  if (!one) throw new Error('no receiver');
  const sender = createSender({
    env,
    clock: systemClock,
    publicUrl: config.http.public_url,
    show: async (shown) => {
      show?.(shown);
      return { shown: true, receipt: '41' };
    },
  });
  return sender(one, what, new AbortController().signal);
}

const NO_KEYS = { publicKey: '', privateKey: '' };
const SENT = { kind: 'sent', receipt: null };
const CARD = 'https://box.example/#/p/affc5ce9db65/r2';
const secretOf = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;

test('a webhook is signed as Standard Webhooks says, by both secrets while one replaces the other', async () => {
  const [former, next] = [secretOf('the secret before'), secretOf('the secret after')];
  await writeFile(join(folder, 'next'), `${next}\n`);
  const secret = [{ env: 'FORMER' }, { file: join(folder, 'next') }];
  expect(await send({ via: 'webhook', url: receiver.url, secret }, { env: { FORMER: former } })).toEqual(
    SENT,
  );
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received;
  for (const one of [former, next])
    expect(new Webhook(one).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
  expect(() =>
    new Webhook(secretOf('another one')).verify(body, headers as Record<string, string>),
  ).toThrow();
  expect(headers).toMatchObject({ 'webhook-id': 'n_0123456789ab' });
  expect(webhookSchema.parse(JSON.parse(body)).data).toMatchObject({
    url: CARD,
    project: { title: READABLE },
  });
});

test('a webhook without a public_url has no address in it', async () => {
  const { notify } = configOfText(
    JSON.stringify({ notify: [{ via: 'webhook', url: receiver.url }] }),
    '',
    {},
  );
  const [one] = targetsOf(notify, { devices: [], keys: NO_KEYS });
  const sender = createSender({ env: {}, clock: systemClock, publicUrl: undefined });
  if (one) await sender(one, notice(), new AbortController().signal);
  expect(receiver.received[0]?.json.data.url).toBeNull();
});

test('ntfy gets its topic, a click and one sequence for what tells of the same thing, by a token of its own', async () => {
  const settings = {
    via: 'ntfy',
    server: `http://127.0.0.1:${receiver.port}/`,
    topic: { env: 'TOPIC' },
    token: { env: 'TOKEN' },
  };
  expect(await send(settings, { env: { TOPIC: 'plans', TOKEN: 'tk_1' } })).toEqual(SENT);
  const [{ path, headers, json } = { path: '', headers: {}, json: {} }] = receiver.received;
  expect({ path, authorization: headers.authorization }).toEqual({ path: '/', authorization: 'Bearer tk_1' });
  expect(json).toEqual({
    topic: 'plans',
    title: expect.stringMatching(/^Decision wanted: -h --help .*…$/),
    message: 'Round 2: 5 checks passed, 1 failed, 7 files, $0.84.',
    priority: 4,
    tags: ['inbox_tray'],
    sequence_id: 'p-affc5ce9db65',
    click: CARD,
  });
});

test('Slack is sent plain text, in which nobody is mentioned', async () => {
  const settings = { via: 'slack', url: { env: 'SLACK' }, detail: 'summary' };
  expect(await send(settings, { env: { SLACK: receiver.url } })).toEqual(SENT);
  const { text, blocks, unfurl_links } = receiver.received[0]?.json ?? {};
  expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
  expect(text).toContain('&lt;!channel&gt;');
  expect(blocks.map((block: { text: { type: string } }) => block.text.type)).toEqual([
    'plain_text',
    'mrkdwn',
  ]);
  expect(blocks[1].text.text).toBe(`<${CARD}|Open>`);
  expect(unfurl_links).toBe(false);
});

test('Discord is sent text without markup and mentions, and what is decided takes the place of what was shown', async () => {
  receiver.answer = (response) => response.end(JSON.stringify({ id: '1234567890' }));
  const settings = { via: 'discord', url: { env: 'DISCORD' }, detail: 'summary' };
  const env = { DISCORD: `${receiver.url}?thread_id=9` };
  expect(await send(settings, { env })).toEqual({ kind: 'sent', receipt: '1234567890' });
  const what = notice({
    kind: 'decided',
    decision: { word: 'approved', by: 'person' },
    replaces: '1234567890',
  });
  await send(settings, { env, what });
  expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /hook/5f3a-secret?thread_id=9&wait=true',
    'PATCH /hook/5f3a-secret/messages/1234567890?thread_id=9&wait=true',
  ]);
  const { content, flags, allowed_mentions } = receiver.received[0]?.json ?? {};
  expect({ flags, allowed_mentions }).toEqual({ flags: 4, allowed_mentions: { parse: [] } });
  expect(
    content
      .replaceAll(/\\[\s\S]/g, '')
      .split('\n')
      .slice(0, -1)
      .join(''),
  ).not.toMatch(/[*_`@<>[\]()]/);
});

test('the desktop is handed clean text on one line, and what it takes the place of', async () => {
  const shown: DesktopNotice[] = [];
  const what = notice({ replaces: '41' });
  expect(await send({ via: 'os', detail: 'summary' }, { what, show: (one) => shown.push(one) })).toEqual({
    kind: 'sent',
    receipt: '41',
  });
  expect(shown[0]).toMatchObject({ tag: 'p-affc5ce9db65', replaces: '41' });
  for (const text of [shown[0]?.title ?? '', shown[0]?.body ?? '']) {
    expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u);
    expect(text.length).toBeLessThanOrEqual(200);
  }
});

test.skipIf(onWindows)(
  'a command (needs a POSIX shell) gets its arguments as they are and the notification as JSON, and no shell reads either',
  async () => {
    const program = join(folder, 'tell');
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/args"\ncat > "${folder}/input"\n`);
    await chmod(program, 0o755);
    const command = [program, '$(touch pwned)', '-h'];
    expect(await send({ via: 'command', command }, { env: { PATH: process.env.PATH } })).toEqual(SENT);
    expect(await readFile(join(folder, 'args'), 'utf8')).toBe('$(touch pwned)\n-h\n');
    const input = JSON.parse(await readFile(join(folder, 'input'), 'utf8'));
    expect(webhookSchema.parse(input).type).toBe('project.awaiting_approval');
  },
);

test.skipIf(onWindows)(
  'a command (needs a POSIX shell) that fails is told of by its last words, without secrets',
  async () => {
    const program = join(folder, 'tell');
    await writeFile(program, '#!/bin/sh\necho "token=abcdefghijklmnop is wrong" >&2\nexit 3\n');
    await chmod(program, 0o755);
    expect(await send({ via: 'command', command: [program] }, { env: { PATH: process.env.PATH } })).toEqual({
      kind: 'failed',
      problem: 'the command ended with 3: token=[redacted] is wrong',
      retryAfterMs: null,
    });
    expect(await send({ via: 'command', command: ['not-there'] })).toMatchObject({
      problem: 'there is no program not-there',
    });
  },
);

test.for([
  [
    'an address that is none',
    'not an address',
    'its address is none of http or https, or has a user name or password in it',
  ],
  [
    'an address with a password',
    'https://me:hunter2@box.example/',
    'its address is none of http or https, or has a user name or password in it',
  ],
  [
    'an address that nobody listens on',
    'http://127.0.0.1:9/5f3a',
    /^(?:ECONNREFUSED|the request could not be sent)$/,
  ],
] as const)('a failure with %s says nothing of what is in it', async ([, address, problem]) => {
  const failed = await send({ via: 'webhook', url: { env: 'HOOK' } }, { env: { HOOK: address } });
  expect(failed).toMatchObject({ kind: 'failed' });
  if (failed.kind === 'failed') expect(failed.problem).toMatch(problem);
});

test('a token that no header can carry fails without being shown', async () => {
  const settings = { via: 'ntfy', server: receiver.url, topic: 'plans', token: { env: 'TOKEN' } };
  const failed = await send(settings, { env: { TOKEN: 'tk_\nsecret\u0100' } });
  expect(failed).toEqual({ kind: 'failed', problem: 'the request could not be sent', retryAfterMs: null });
});

test('a redirect is not followed, and 410 is told apart from every other refusal', async () => {
  await using other = await startReceiver();
  receiver.answer = answering(307, { location: other.url });
  expect(await send({ via: 'webhook', url: receiver.url })).toMatchObject({ kind: 'failed' });
  receiver.answer = answering(410);
  expect(await send({ via: 'webhook', url: receiver.url })).toMatchObject({ kind: 'gone' });
  expect(other.received).toEqual([]);
});
