/**
 * Every answer of the API, with the headers that all of them have. They are written to Node's own response: one of the web
 * standard costs more than all that this server does (`npm run bench -- --only http-requests`).
 */
import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { PROBLEMS, type Problem, problemBody } from './problem.ts';

/**
 * No page of another origin may read, frame or run anything. There is no CORS header, on purpose: a browser then lets no
 * page of another origin read an answer. `push-worker` is the one policy of Trusted Types: it names the worker's address.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types push-worker",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Answers. Returns what tells the server so.
 *
 * @param body Null for the head of an answer whose length is not known.
 */
export function respond(
  out: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all: Record<string, string | number> = { ...COMMON_HEADERS, 'Content-Type': type };
  if (body !== null) all['Content-Length'] = Buffer.byteLength(body);
  out.writeHead(status, Object.assign(all, headers));
  // Node sends no body where the request was HEAD.
  out.end(body);
  return RESPONSE_ALREADY_SENT;
}

export function respondJson(
  out: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respond(out, status, 'application/json', `${JSON.stringify(body)}\n`, headers);
}

/**
 * Answers JSON that names one thing, with its `ETag` (RFC 9110, section 8.8.3); 304 and no body to a client that has it.
 *
 * @param known The header `If-None-Match`.
 */
export function respondTagged(
  out: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  known: string | undefined = undefined,
): Response {
  const text = `${JSON.stringify(body)}\n`;
  const tag = `"${hash('sha256', text, 'base64url').slice(0, 22)}"`;
  const tagged = { ...headers, ETag: tag };
  if (!isKnown(tag, known)) return respond(out, status, 'application/json', text, tagged);
  out.writeHead(304, { ...COMMON_HEADERS, ...tagged });
  out.end();
  return RESPONSE_ALREADY_SENT;
}

function isKnown(tag: string, known = ''): boolean {
  return known.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}

export function respondProblem(out: ServerResponse, problem: Problem): Response {
  const body = `${JSON.stringify(problemBody(problem))}\n`;
  return respond(out, PROBLEMS[problem.code].status, 'application/problem+json', body, problem.headers);
}
