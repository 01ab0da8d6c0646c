/**
 * Sends one request to where the owner has configured, and nowhere else: a redirect is not followed. What it says of a
 * failure has nothing of the address, the headers or the body in it, since each may be secret.
 */
import type { Clock } from '../clock.ts';
import type { Delivery } from '../project/notice.ts';
import { VERSION } from '../version.ts';

const MAX_WAIT_MS = 15_000;
/** Of an answer that is read at all. */
const MAX_ANSWER_BYTES = 64 * 1024;

export const NO_ADDRESS = 'its address is none of http or https, or has a user name or password in it';

export interface PostOptions {
  readonly method?: 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** The answers that say that nothing more is wanted; 410 unless said otherwise. */
  readonly goneAt?: readonly number[];
  /** Abort it to give up. */
  readonly signal: AbortSignal;
  /** What can be replaced later, from the text of the answer; without it the answer is not read. */
  readonly receiptOf?: (text: string) => string | null;
}

/** Sends JSON, or what its headers say. Never throws. */
export async function post(
  address: string,
  body: string | Uint8Array,
  options: PostOptions,
): Promise<Delivery> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return failed(NO_ADDRESS);
  const { method = 'POST', headers = {}, goneAt = [410], clock, signal, receiptOf } = options;
  const over = new AbortController();
  let isLate = false;
  void clock.sleep(MAX_WAIT_MS, over.signal).then(() => {
    isLate = !over.signal.aborted;
    over.abort();
  });
  try {
    const answer = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json',
        'user-agent': `bridge-supervisor/${VERSION}`,
        ...headers,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([over.signal, signal]),
    });
    if (answer.ok)
      return {
        kind: 'sent',
        receipt: receiptOf ? receiptOf(await beginningOf(answer).catch(() => '')) : null,
      };
    return refusalOf(answer, clock, goneAt);
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped' };
    return failed(isLate ? `no answer within ${MAX_WAIT_MS / 1_000} s` : causeOf(error));
  } finally {
    // Nobody reads the rest of the answer, however long it is.
    over.abort();
  }
}

function refusalOf({ status, headers }: Response, clock: Clock, goneAt: readonly number[]): Delivery {
  if (goneAt.includes(status))
    return { kind: 'gone', problem: `the answer was ${status}: it wants nothing more` };
  const problem = `the answer was ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`;
  return failed(problem, retryAfterMs(headers.get('retry-after'), clock.now()));
}

export function failed(problem: string, retryAfter: number | null = null): Delivery & { kind: 'failed' } {
  return { kind: 'failed', problem, retryAfterMs: retryAfter };
}

/** Seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). */
function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The message of fetch may hold the address or a header; a code of the system holds neither. */
function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
  const code = cause?.code;
  return code !== undefined && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'the request could not be sent';
}
