/** Where the HTTP API is reached, and whether it is reached at all. */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Bridge } from '../bridge/bridge.ts';
import { digestOf } from '../bridge/credential-secrets.ts';
import type { Lease } from '../bridge/lease.ts';
import { type HttpSettings, isLoopback } from '../config-http.ts';
import { isWorking, supervisorState } from './supervisor-state.ts';

/** Names a start of a supervisor to whoever reads the same store, and nothing to anybody else. */
export function instanceOf({ token }: Pick<Lease, 'token'>): string {
  return digestOf(token).slice(0, 16);
}

/**
 * The beginning of a URL of the API, for a browser on this machine or elsewhere. Undefined when nothing says how it is
 * called from elsewhere.
 */
export function apiBase(http: HttpSettings, from: 'here' | 'elsewhere'): string | undefined {
  if (from === 'here') return ownAddress(http);
  if (http.public_url !== undefined) return new URL(http.public_url).origin;
  return isLoopback(http.listen) || isUnspecified(http.listen) ? undefined : ownAddress(http);
}

export interface Trouble {
  readonly what: string;
  readonly next: string;
}

/** Why nobody can sign in at the supervisor of this state folder; undefined when somebody can. Throws StoreError. */
export async function whyUnreachable(bridge: Bridge, http: HttpSettings): Promise<Trouble | undefined> {
  if (!http.enabled)
    return {
      what: 'the HTTP API is off',
      next: 'Set {"http": {"enabled": true}} in config.json, then: bridge-supervisor restart',
    };
  const supervisor = await supervisorState(bridge);
  if (!isWorking(supervisor))
    return {
      what: 'no supervisor runs, and it is what serves the HTTP API',
      next: 'Start it with: bridge-supervisor start',
    };
  const answered = await instanceAt(ownAddress(http));
  if (answered === instanceOf(supervisor.lease)) return undefined;
  if (answered === undefined)
    return {
      what: `the supervisor (pid ${supervisor.lease.pid}) does not listen on port ${http.port} of ${http.listen}`,
      next: 'It reads config.json when it starts: bridge-supervisor restart. What else is wrong: bridge-supervisor doctor http supervisor',
    };
  return {
    what: `another program answers on port ${http.port} of ${http.listen}`,
    next: 'Free the port, or set another as http.port in config.json, then: bridge-supervisor restart',
  };
}

function ownAddress({ listen, port, tls }: HttpSettings): string {
  const address = isUnspecified(listen) ? (isIP(listen) === 6 ? '::1' : '127.0.0.1') : listen;
  return `${tls ? 'https' : 'http'}://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

function isUnspecified(address: string): boolean {
  return /^[0:.]+$/.test(address);
}

const TIMEOUT_MS = 5_000;

/** What `/health` says who it is; null: somebody answers, and is no supervisor; undefined: nobody does. */
async function instanceAt(base: string): Promise<string | null | undefined> {
  const isTls = base.startsWith('https:');
  const { promise, resolve } = Promise.withResolvers<string | null | undefined>();
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS), agent: false } as const;
  // Nothing is sent that must be kept from others, and the certificate is for a name that is not asked here.
  const request = isTls
    ? requestTls(`${base}/health`, { ...options, rejectUnauthorized: false })
    : requestPlain(`${base}/health`, options);
  request.on('response', (response) => {
    text(response).then(
      (body) => resolve(instanceIn(body)),
      () => resolve(null),
    );
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    resolve(error.code === 'ECONNREFUSED' ? undefined : null);
  });
  request.end();
  return promise;
}

function instanceIn(body: string): string | null {
  try {
    const { instance } = JSON.parse(body) as { instance?: unknown };
    return typeof instance === 'string' ? instance : null;
  } catch {
    return null;
  }
}
