/** Requests to the API. An answer is a value whatever it is: also a refusal, and that nobody answered. */
import { signal } from '@preact/signals';
import { type Answer, type Problem, problemFrom, UNREACHABLE } from './answer.ts';
import { after, learnTime } from './browser-clock.ts';

const KEY = 'bridge-key';

/**
 * So long an answer may take to begin, and to come. A connection that a phone has lost in its sleep never ends by itself, and
 * a question on it would wait for ever.
 */
export const MAX_ANSWER_MS = 8_000;
const MAX_BODY_MS = 60_000;

export type { Answer, Problem };

/** Whether this browser is signed in; `unknown` until the server was asked. */
export const signedIn = signal<'unknown' | 'yes' | 'no'>('unknown');

/** The half of the session that scripts may read. It is worth nothing without the cookie. */
export function keepKey(key: string | undefined): void {
  if (key === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, key);
}

export function keyHeaders(): Record<string, string> {
  const key = localStorage.getItem(KEY);
  return key === null ? {} : { 'Bridge-Key': key };
}

export interface Sent {
  readonly body?: unknown;
  /** A repeat under the same name is not done twice. */
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

/** Asks for JSON. */
export async function call<T>(route: string, sent: Sent = {}): Promise<Answer<T>> {
  return ask(route, sent, async (response) => (await response.json()) as T);
}

/** Asks for a text. */
export async function callText(route: string, sent: Sent = {}): Promise<Answer<string>> {
  return ask(route, sent, (response) => response.text());
}

async function ask<T>(
  route: string,
  { body, requestId, signal: stop }: Sent,
  read: (response: Response) => Promise<T>,
): Promise<Answer<T>> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const headers: Record<string, string> = { ...keyHeaders() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (requestId !== undefined) headers['Idempotency-Key'] = requestId;
  const late = new AbortController();
  let callOff = after(MAX_ANSWER_MS, () => late.abort());
  try {
    const response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: stop ? AbortSignal.any([stop, late.signal]) : late.signal,
    });
    callOff();
    callOff = after(MAX_BODY_MS, () => late.abort());
    learnTime(response.headers.get('date'));
    if (response.ok) return { ok: true, value: await read(response), headers: response.headers };
    return { ok: false, problem: await problemOf(response, headers) };
  } catch {
    return { ok: false, problem: UNREACHABLE };
  } finally {
    callOff();
  }
}

async function problemOf(response: Response, headers: Record<string, string>): Promise<Problem> {
  const facts = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const problem = problemFrom(response.status, facts);
  // An answer to the key before is no news.
  const isPresent = headers['Bridge-Key'] === keyHeaders()['Bridge-Key'];
  if (problem.status === 401 && problem.code === 'not-signed-in' && isPresent) signedIn.value = 'no';
  return problem;
}
