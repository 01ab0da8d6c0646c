/** Every answer of the API, with the headers that all of them have. */
import { PROBLEMS, type Problem, problemBody } from './problem.ts';

/**
 * No page of another origin may read, frame or run anything. There is no CORS header, on purpose: a browser then lets no
 * page of another origin read an answer.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export function respond(
  status: number,
  type: string,
  body: string | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...COMMON_HEADERS, 'Content-Type': type, ...headers } });
}

export function respondJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respond(status, 'application/json', `${JSON.stringify(body)}\n`, headers);
}

export function respondProblem(problem: Problem): Response {
  const body = `${JSON.stringify(problemBody(problem))}\n`;
  return respond(PROBLEMS[problem.code].status, 'application/problem+json', body, problem.headers);
}
