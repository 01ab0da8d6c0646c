/**
 * Requests to the API of a supervisor, here or on another machine. An answer is a value whatever it is: also a refusal,
 * and that nobody answered.
 */
import {
  type IncomingMessage,
  Agent as PlainAgent,
  type RequestOptions,
  request as requestPlain,
} from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { createParser } from 'eventsource-parser';
import type { Clock } from '../../../clock.ts';
import { type Answer, type Problem, problemFrom, UNREACHABLE } from '../../../page/answer.ts';
import { whyNotConnected } from './why-not-connected.ts';

/** Where the API is, and by what we are let in. */
export interface Remote {
  /** The origin alone. */
  readonly base: string;
  readonly token: string;
  /** Instead of the authorities that the system trusts. */
  readonly trusted?: TrustedCertificate;
}

export interface TrustedCertificate {
  /** That of the server itself, or of who has signed it. */
  readonly pem: Buffer;
  /** Whatever name it is for: our own configuration says that it is the one. */
  readonly isForAnyName: boolean;
}

export interface Sent {
  readonly body?: unknown;
  /** A repeat under the same name is not done twice. */
  readonly requestId?: string;
}

/** `name` is undefined for a frame without one. */
export interface Frame {
  readonly name: string | undefined;
  readonly data: string;
}

/** How a stream came to its end. */
export interface StreamEnd {
  /** 0 when nobody answered, or it was cut. */
  readonly status: number;
  /** What is known of why it did not begin, and what to do; empty: nothing. */
  readonly why: string;
}

const MAX_ANSWER_MS = 30_000;
/** The server gives long texts page by page: more than this is not from it. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The server beats every 15 seconds: a stream without a byte for so long is lost, whatever the system says. */
const MAX_SILENCE_MS = 40_000;

export class Client {
  readonly #clock: Clock;
  /** Undefined: nobody may be called. */
  #remote: Remote | undefined;
  #agent: PlainAgent | undefined;
  /** By how much the clock of the server is ahead of ours, in milliseconds. */
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls go there from now on. */
  use(remote: Remote): void {
    this.close();
    const isTls = remote.base.startsWith('https:');
    this.#agent = isTls ? new TlsAgent({ keepAlive: true }) : new PlainAgent({ keepAlive: true });
    this.#remote = remote;
  }

  /** Calls go nowhere from now on, and what is open is ended. */
  close(): void {
    this.#remote = undefined;
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  /** The time of the server, in milliseconds since 1970. */
  now(): number {
    return this.#clock.now().getTime() + this.#aheadMs;
  }

  /** Asks for JSON. @param route Method and path, such as `GET /projects`. */
  call<T>(route: string, sent: Sent = {}): Promise<Answer<T>> {
    return this.#ask(route, sent, (body) => JSON.parse(body) as T);
  }

  /** Asks for a text. */
  callText(route: string): Promise<Answer<string>> {
    return this.#ask(route, {}, (body) => body);
  }

  /** Follows server-sent events until the stream ends. */
  async stream(path: string, stop: AbortSignal, onFrame: (frame: Frame) => void): Promise<StreamEnd> {
    const over = new AbortController();
    const signal = AbortSignal.any([stop, over.signal]);
    let heardAt = this.#clock.monotonic();
    void this.#untilSilent(over.signal, () => heardAt).then(() => over.abort());
    try {
      const response = await this.#open('GET', path, { Accept: 'text/event-stream' }, undefined, signal);
      const { statusCode: status = 0 } = response;
      if (status !== 200) return { status, why: problemFrom(status, factsIn(await textOf(response))).detail };
      const parser = createParser({ onEvent: ({ event, data }) => onFrame({ name: event, data }) });
      response.setEncoding('utf8');
      for await (const chunk of response) {
        heardAt = this.#clock.monotonic();
        parser.feed(String(chunk));
      }
      return { status, why: '' };
    } catch (error) {
      return { status: 0, why: signal.aborted ? '' : whyNotConnected(error, this.#remote?.base ?? '') };
    } finally {
      over.abort();
    }
  }

  async #untilSilent(over: AbortSignal, heardAt: () => number): Promise<void> {
    while (!over.aborted && this.#clock.monotonic() - heardAt() < MAX_SILENCE_MS)
      await this.#clock.sleep(MAX_SILENCE_MS / 8, over);
  }

  async #ask<T>(route: string, { body, requestId }: Sent, read: (body: string) => T): Promise<Answer<T>> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      Accept: 'application/json',
      ...(sent !== undefined && { 'Content-Type': 'application/json' }),
      ...(requestId !== undefined && { 'Idempotency-Key': requestId }),
    };
    let status = 0;
    try {
      const signal = AbortSignal.timeout(MAX_ANSWER_MS);
      const response = await this.#open(method, path, headers, sent, signal);
      status = response.statusCode ?? 0;
      const answered = await textOf(response);
      if (status < 200 || status > 299) return { ok: false, problem: problemFrom(status, factsIn(answered)) };
      return { ok: true, value: read(answered), headers: headersOf(response) };
    } catch (error) {
      return { ok: false, problem: error instanceof SyntaxError ? { ...NOT_OURS, status } : UNREACHABLE };
    }
  }

  /** Rejects when nobody answers. */
  async #open(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const remote = this.#remote;
    if (!remote) throw new Error('not connected');
    const { base, token, trusted } = remote;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options: RequestOptions = {
      method,
      signal,
      agent: this.#agent,
      headers: { ...headers, Authorization: `Bearer ${token}` },
    };
    const url = new URL(path, base);
    const asked =
      url.protocol === 'https:'
        ? requestTls(url, { ...options, ...(trusted && trustOf(trusted)) })
        : requestPlain(url, options);
    asked.on('response', (response) => {
      this.#learnTime(response.headers.date);
      resolve(response);
    });
    asked.on('error', reject);
    asked.end(body);
    return promise;
  }

  #learnTime(date: string | undefined): void {
    const told = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(told)) return;
    const ahead = told - this.#clock.now().getTime();
    // The header is cut to the second, and takes its way: less than this is no difference.
    this.#aheadMs = Math.abs(ahead) < 2_000 ? 0 : ahead;
  }
}

/** Something that is no supervisor, such as the login page of a network. */
const NOT_OURS: Omit<Problem, 'status'> = {
  code: 'not-ours',
  detail: 'What answered is no supervisor, or something between it and this terminal.',
  facts: {},
};

function trustOf({ pem, isForAnyName }: TrustedCertificate): RequestOptions & TlsTrust {
  const trust = { ca: pem, allowPartialTrustChain: true };
  // Who could put another certificate into our own configuration could read the store as well.
  return isForAnyName ? { ...trust, checkServerIdentity: () => undefined } : trust;
}

type TlsTrust = Pick<ConnectionOptions, 'ca' | 'allowPartialTrustChain' | 'checkServerIdentity'>;

/** The body of an answer. Throws when it is larger than any of ours. */
async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function factsIn(body: string): Readonly<Record<string, unknown>> {
  try {
    const facts: unknown = JSON.parse(body);
    return typeof facts === 'object' && facts !== null ? { ...facts } : {};
  } catch {
    return {};
  }
}

function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') all.set(name, value);
  return all;
}
