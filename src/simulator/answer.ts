/** Carries out one reply on one HTTP response. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { apiMessage, type StreamEvent, streamEvents, uniqueId } from './message.ts';
import type { ErrorReply, MessageReply, Reply } from './reply.ts';

export interface Exchange {
  readonly response: ServerResponse;
  readonly model: string;
  readonly stream: boolean;
  readonly requestBytes: number;
  readonly clock: Clock;
  /** Aborts when the client leaves or the simulator closes; every wait ends then. */
  readonly signal: AbortSignal;
}

/** Resolves when the response has ended, or when the exchange's signal aborts. */
export async function answer(reply: Reply, exchange: Exchange): Promise<void> {
  const { response, signal, clock } = exchange;
  switch (reply.kind) {
    case 'gate':
      await Promise.race([reply.gate.opened, aborted(signal)]);
      return signal.aborted ? undefined : answer(reply.reply, exchange);
    case 'message':
      await clock.sleep(reply.delayMs ?? 0, signal);
      return signal.aborted ? undefined : sendMessage(reply, exchange);
    case 'error':
      await clock.sleep(reply.delayMs ?? 0, signal);
      return signal.aborted ? undefined : sendError(reply, response);
    case 'hang':
      if (reply.at !== 'before-headers') beginStream(exchange, {});
      if (reply.at === 'mid-stream') response.write(firstWords(exchange.model));
      return aborted(signal);
    case 'drop':
      if (reply.at === 'mid-stream') {
        beginStream(exchange, {});
        await flushed(response, firstWords(exchange.model), signal);
      }
      response.destroy();
  }
}

/** Sends one JSON body, with the request id that the API adds to every answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...requestId(), ...headers });
  response.end(JSON.stringify(body));
}

export function sendError(reply: ErrorReply, response: ServerResponse): void {
  const body = { type: 'error', error: { type: reply.type, message: reply.message } };
  sendJson(response, reply.status, body, reply.headers);
}

async function sendMessage(reply: MessageReply, exchange: Exchange): Promise<void> {
  const { response, signal, clock } = exchange;
  const message = apiMessage(reply, exchange.model, exchange.requestBytes);
  if (!exchange.stream) return sendJson(response, 200, message, reply.headers);
  beginStream(exchange, reply.headers ?? {});
  const pace = reply.pace ?? { chunks: 1, everyMs: 0 };
  for (const event of streamEvents(message, pace.chunks)) {
    if (event.type === 'content_block_delta') await clock.sleep(pace.everyMs, signal);
    if (signal.aborted) return;
    response.write(eventText(event));
  }
  response.end();
}

function beginStream({ response }: Exchange, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...requestId(),
    ...headers,
  });
  response.flushHeaders();
}

function eventText(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The events of a message that stops in the middle of its first sentence. */
function firstWords(model: string): string {
  const message = apiMessage({ kind: 'message', text: 'I will now' }, model, 0);
  return streamEvents(message, 1).slice(0, 4).map(eventText).join('');
}

/** Waits until the socket has accepted the text, so that a drop right afterwards cannot lose it. */
async function flushed(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  const written = new Promise<void>((resolve) => {
    response.write(text, () => resolve());
  });
  await Promise.race([written, aborted(signal)]);
}

function requestId(): Record<string, string> {
  return { 'request-id': uniqueId('req_') };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
