/**
 * Sends a notification to one receiver, by the way that the owner has configured. This room promises: the network is used
 * to reach what the configuration names and nothing else, nothing secret is in what it says, and it never throws.
 */

import { cut } from '../characters.ts';
import type { Clock } from '../clock.ts';
import type { ReceiverSettings, SecretPlace } from '../config-notify.ts';
import type { Target } from '../config-targets.ts';
import type { Environment } from '../environment.ts';
import type { DesktopNotice } from '../machine/notify/call.ts';
import { notifyDesktop, type Shown } from '../machine/notify/os.ts';
import { runProgramBytes } from '../machine/program.ts';
import { lastLineOf } from '../machine/program-output.ts';
import type { Delivery, Notice, NotificationDetail } from '../project/notice.ts';
import { noticeText } from '../project/notice-text.ts';
import { cleanLine } from '../project/text.ts';
import { redact } from '../redaction.ts';
import { ok, type Result, refuse } from '../result.ts';
import { toWireWebhook } from '../wire/webhook.ts';
import { discordBody, ntfyBody, slackBody } from './bodies.ts';
import { failed, NO_ADDRESS, post } from './post.ts';
import { readSecret } from './secret.ts';
import { signedHeaders } from './sign.ts';
import { sendPush } from './web-push.ts';

export interface SenderOptions {
  /** Where secrets are looked up; what programs get. */
  readonly env: Environment;
  readonly clock: Clock;
  /** `http.public_url`: where the card can be opened. */
  readonly publicUrl: string | undefined;
  /** Shows a notification on the desktop; a test hands in another. */
  readonly show?: (notice: DesktopNotice, env: Environment) => Promise<Shown>;
}

/** Sends one notification. Never throws. */
export type Send = (receiver: Target, notice: Notice, signal: AbortSignal) => Promise<Delivery>;

/** How long a command may take. */
const MAX_COMMAND_MS = 30_000;

export function createSender(options: SenderOptions): Send {
  return async (receiver, notice, signal) => {
    if (signal.aborted) return { kind: 'stopped' };
    const sent = await sendBy(receiver, notice, { ...options, signal });
    // A program may have quoted what it was given.
    return 'problem' in sent ? { ...sent, problem: cut(cleanLine(redact(sent.problem)), 200) } : sent;
  };
}

interface Sending extends SenderOptions {
  readonly signal: AbortSignal;
}

async function sendBy(receiver: Target, notice: Notice, sending: Sending): Promise<Delivery> {
  const { env, publicUrl } = sending;
  const text = noticeText(notice, receiver.detail);
  const url = cardOf(notice, receiver.detail, publicUrl);
  switch (receiver.via) {
    case 'os':
      return sendToDesktop({ ...text, tag: notice.tag, replaces: notice.replaces }, sending);
    case 'webhook': {
      const body = JSON.stringify(toWireWebhook(notice, receiver.detail, url));
      return sendWebhook(receiver, notice.id, body, sending);
    }
    case 'ntfy': {
      const topic = await textOf(receiver.topic, env);
      const token = receiver.token === undefined ? ok('') : await readSecret(receiver.token, env);
      if (!topic.ok) return failed(topic.refusal);
      if (!token.ok) return failed(token.refusal);
      const headers = token.value === '' ? {} : { authorization: `Bearer ${token.value}` };
      return postJson(receiver.server, ntfyBody(notice, text, topic.value, url), sending, { headers });
    }
    case 'slack': {
      const address = await readSecret(receiver.url, env);
      if (!address.ok) return failed(address.refusal);
      return postJson(address.value, slackBody(text, url), sending);
    }
    case 'discord':
      return sendToDiscord(receiver.url, discordBody(text, url), notice.replaces, sending);
    case 'command':
      return sendToCommand(
        receiver.command,
        JSON.stringify(toWireWebhook(notice, receiver.detail, url)),
        sending,
      );
    case 'push':
      return sendPush(receiver, notice, text, cardOf(notice, receiver.detail, '') ?? '/', sending);
  }
}

/** Where a person decides, or reads on. Whoever opens it must be let in. */
function cardOf(
  { project, message }: Notice,
  detail: NotificationDetail,
  publicUrl: string | undefined,
): string | null {
  if (publicUrl === undefined) return null;
  const base = publicUrl.replace(/\/$/, '');
  const channel = message?.channel ?? null;
  if (message !== null && channel !== null) {
    const parts = detail === 'none' ? [] : [channel, message.id];
    return [`${base}/#/channels`, ...parts.map((part) => encodeURIComponent(part.toWellFormed()))].join('/');
  }
  return project === null ? `${base}/#/` : `${base}/#/p/${project.id}/r${project.round}`;
}

async function textOf(place: string | SecretPlace, env: Environment): Promise<Result<string>> {
  return typeof place === 'string' ? ok(place) : readSecret(place, env);
}

function postJson(
  address: string,
  body: object,
  { clock, signal }: Sending,
  more: { readonly headers?: Record<string, string> } = {},
): Promise<Delivery> {
  return post(address, JSON.stringify(body), { clock, signal, ...more });
}

async function sendToDesktop(
  notice: DesktopNotice,
  { env, show = notifyDesktop }: Sending,
): Promise<Delivery> {
  const shown = await show(notice, env);
  return shown.shown ? { kind: 'sent', receipt: shown.receipt } : failed(shown.problem);
}

async function sendWebhook(
  { url, secret }: Extract<ReceiverSettings, { via: 'webhook' }>,
  id: string,
  body: string,
  { env, clock, signal }: Sending,
): Promise<Delivery> {
  const address = await textOf(url, env);
  if (!address.ok) return failed(address.refusal);
  const secrets = await secretsOf(secret, env);
  if (!secrets.ok) return failed(secrets.refusal);
  const headers = signedHeaders(id, clock.now(), body, secrets.value);
  if (!headers.ok) return failed(headers.refusal);
  return post(address.value, body, { clock, signal, headers: headers.value });
}

async function secretsOf(
  places: SecretPlace | readonly SecretPlace[] | undefined,
  env: Environment,
): Promise<Result<string[]>> {
  const list = places === undefined ? [] : 'length' in places ? places : [places];
  const values: string[] = [];
  for (const place of list) {
    const read = await readSecret(place, env);
    if (!read.ok) return refuse(read.refusal);
    values.push(read.value);
  }
  return ok(values);
}

/** With `wait` it answers the message, which can be changed later by its id. */
async function sendToDiscord(
  place: SecretPlace,
  body: object,
  replaces: string | null,
  { env, clock, signal }: Sending,
): Promise<Delivery> {
  const address = await readSecret(place, env);
  if (!address.ok) return failed(address.refusal);
  const url = URL.parse(address.value);
  if (url === null) return failed(NO_ADDRESS);
  url.searchParams.set('wait', 'true');
  const isEdit = replaces !== null && /^\d{1,30}$/.test(replaces);
  if (isEdit) url.pathname = `${url.pathname.replace(/\/$/, '')}/messages/${replaces}`;
  const method = isEdit ? 'PATCH' : 'POST';
  return post(url.href, JSON.stringify(body), { clock, signal, method, receiptOf: messageId });
}

function messageId(text: string): string | null {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === 'string' && /^\d{1,30}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}

async function sendToCommand(
  [command, ...args]: readonly [string, ...string[]],
  input: string,
  { env, signal }: Sending,
): Promise<Delivery> {
  const { code, failure, stderr } = await runProgramBytes(command, args, {
    env,
    input: `${input}\n`,
    timeoutMs: MAX_COMMAND_MS,
    signal,
  });
  if (failure === 'stopped') return { kind: 'stopped' };
  if (failure === 'missing') return failed(`there is no program ${command}`);
  if (failure === 'late') return failed(`the command did not end within ${MAX_COMMAND_MS / 1_000} s`);
  if (code === 0) return { kind: 'sent', receipt: null };
  const said = lastLineOf(stderr);
  return failed(`the command ended with ${code ?? failure}${said === '' ? '' : `: ${said}`}`);
}
