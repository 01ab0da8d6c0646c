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
import { text } from 'node:stream/consumers';
import { createParser } from 'eventsource-parser';
import type { Clock } from '../../../clock.ts';
import { type Answer, problemFrom, UNREACHABLE } from '../../../page/answer.ts';

/** Where the API is, and by what we are let in. */
export interface Remote {
  /** The origin alone. */
  readonly base: string;
  readonly token: string;
  /** PEM of a certificate to trust instead of those of the system: of our own machine, whatever name it is for. */
  readonly ca?: Buffer;
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

const MAX_ANSWER_MS = 30_000;
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

  /** Follows server-sent events until the stream ends. Answers the status; 0 when nobody answered, or it was cut. */
  async stream(path: string, stop: AbortSignal, onFrame: (frame: Frame) => void): Promise<number> {
    const over = new AbortController();
    const signal = AbortSignal.any([stop, over.signal]);
    let heardAt = this.#clock.monotonic();
    void this.#untilSilent(over.signal, () => heardAt).then(() => over.abort());
    try {
      const response = await this.#open('GET', path, { Accept: 'text/event-stream' }, undefined, signal);
      const { statusCode: status = 0 } = response;
      if (status !== 200) {
        response.resume();
        return status;
      }
      const parser = createParser({ onEvent: ({ event, data }) => onFrame({ name: event, data }) });
      response.setEncoding('utf8');
      for await (const chunk of response) {
        heardAt = this.#clock.monotonic();
        parser.feed(String(chunk));
      }
      return status;
    } catch {
      return 0;
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
    try {
      const signal = AbortSignal.timeout(MAX_ANSWER_MS);
      const response = await this.#open(method, path, headers, sent, signal);
      const { statusCode: status = 0 } = response;
      const answered = await text(response);
      if (status < 200 || status > 299) return { ok: false, problem: problemFrom(status, factsIn(answered)) };
      return { ok: true, value: read(answered), headers: headersOf(response) };
    } catch {
      return { ok: false, problem: UNREACHABLE };
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
    const { base, token, ca } = remote;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options: RequestOptions = {
      method,
      signal,
      agent: this.#agent,
      headers: { ...headers, Authorization: `Bearer ${token}` },
    };
    const url = new URL(path, base);
    // Who could put another certificate into our own configuration could read the store as well.
    const pinned = ca === undefined ? {} : { ca, allowPartialTrustChain: true, checkServerIdentity };
    const asked =
      url.protocol === 'https:' ? requestTls(url, { ...options, ...pinned }) : requestPlain(url, options);
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

const checkServerIdentity = () => undefined;

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
