/** One HTTP request: told apart, recorded, and answered by the script or by the simulator itself. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { messageOf } from '../error-message.ts';
import { answer, sendError, sendJson } from './answer.ts';
import { auxiliaryAnswer } from './auxiliary.ts';
import { estimateTokens } from './message.ts';
import type { Recorder, RequestLine } from './recorder.ts';
import { apiError, type Reply } from './reply.ts';
import { messagesRequest } from './request.ts';
import { refusal, type Script } from './script.ts';
import { readTurn, type ScriptTurn } from './turn.ts';

export interface ServeContext {
  readonly script: Script;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Aborts when the simulator closes. */
  readonly closing: AbortSignal;
}

/** Resolves when the response has ended or the client has left. */
export async function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServeContext,
): Promise<void> {
  const { recorder, clock, closing } = context;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // Between a client's leaving and the `close` event a write is an error, and one without a listener ends the process.
  response.on('error', () => gone.abort());
  const body = await readBody(request);
  if (body === undefined) return;

  const line = readLine(request, body, clock);
  if (line.method !== 'POST' || line.path !== '/v1/messages') {
    recorder.record({ kind: 'auxiliary', ...line });
    return sendOther(line, response);
  }
  const parsed = messagesRequest.safeParse(json(body));
  if (!parsed.success) {
    recorder.record({ kind: 'auxiliary', ...line });
    return sendError(apiError(400, { message: z.prettifyError(parsed.error) }), response);
  }
  const asked = parsed.data;
  const turn = readTurn(asked, line.headers, line.bytes);
  const aside = auxiliaryAnswer(asked, turn);
  recorder.record(aside ? { kind: 'auxiliary', ...line } : { kind: 'main', turn, ...line });
  await answer(aside ?? (await ask(context.script, turn)), {
    response,
    model: asked.model,
    stream: asked.stream,
    requestBytes: line.bytes,
    clock,
    signal: AbortSignal.any([gone.signal, closing]),
  });
}

/** A script that throws must fail the test that wrote it, not the simulator: the error becomes Claude's. */
async function ask(script: Script, turn: ScriptTurn): Promise<Reply> {
  try {
    return await script(turn);
  } catch (error) {
    return refusal(`the script failed: ${messageOf(error)}`);
  }
}

/** Token counts, a friendly nothing for probes such as `HEAD /api/hello`, and a clear error for the rest. */
function sendOther(line: RequestLine, response: ServerResponse): void {
  if (line.path === '/v1/messages/count_tokens') {
    sendJson(response, 200, { input_tokens: estimateTokens(line.bytes) });
  } else if (line.method === 'HEAD') {
    sendJson(response, 200, {});
  } else {
    sendError(apiError(404, { message: `The simulator has no ${line.method} ${line.path}` }), response);
  }
}

/** Resolves with nothing when the client leaves before its request is complete. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

function readLine(request: IncomingMessage, body: Buffer, clock: Clock): RequestLine {
  return {
    method: request.method ?? '',
    path: (request.url ?? '').split('?')[0] ?? '',
    bytes: body.length,
    headers: withoutCredentials(request),
    at: clock.now(),
  };
}

const credentials = new Set(['x-api-key', 'authorization', 'proxy-authorization', 'cookie']);

function withoutCredentials({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !credentials.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, [value].flat().join(', ')]));
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
