/**
 * Serves the API for as long as its supervisor works. A port that is taken is said, and tried again: everything else goes on
 * without it.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Environment } from '../environment.ts';
import type { Log } from '../log.ts';
import { Uses } from './access/uses.ts';
import { createApp, type Served } from './app.ts';
import type { FollowOutput } from './define-route.ts';
import { EventHub } from './events/hub.ts';

const RETRY_MS = 30_000;

/** How long a client may take; a test takes less. */
export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
}

const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000 };
const MAX_HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 5_000;
/** How long an answer under way may take once the supervisor ends. */
const MAX_CLOSE_MS = 2_000;

export interface HttpServerOptions {
  readonly config: Config;
  /** That of the supervisor. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** How the output of runs is read. */
  readonly followOutput: FollowOutput;
  readonly timeouts?: Timeouts;
}

/** One supervisor's server: started once, closed once. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #closing = new AbortController();
  #listening: Promise<void> | undefined;
  #trouble: string | null = null;

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  /** Why nobody can call at the moment; null when somebody can. */
  trouble(): string | null {
    return this.#trouble;
  }

  /** Listens, and goes on trying to. Does not wait for it. */
  start({ bridge, wake }: Pick<Served, 'bridge' | 'wake'>): void {
    const { config, env, clock, log, followOutput } = this.#options;
    const events = new EventHub(bridge, clock, log);
    const uses = new Uses(bridge, clock);
    const ending = this.#closing.signal;
    this.#listening = this.#keepListening({
      ...{ bridge, wake, config, env, clock, log, events, uses, ending, followOutput },
    });
  }

  /** Ends what is open, and waits until nothing is under way any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }

  async #keepListening(served: Served): Promise<void> {
    const { clock, config, log } = this.#options;
    const { listen: address, port } = config.http;
    while (!this.#closing.signal.aborted) {
      const underWay = new Set<Promise<Response>>();
      const server = this.#createServer(served, underWay);
      const failure = await listen(server, port, address);
      if (failure === undefined) {
        this.#trouble = null;
        log.info('http.listening', { address, port });
        await aborted(this.#closing.signal);
        return end(server, served, underWay);
      }
      if (this.#trouble === null) log.warn('http.not_listening', { address, port, cause: failure });
      this.#trouble = `the HTTP API cannot listen on port ${port} of ${address} (${failure}): it is tried again every ${RETRY_MS / 1_000} s. Free the port, or set another as http.port`;
      await clock.sleep(RETRY_MS, this.#closing.signal);
    }
  }

  #createServer(served: Served, underWay: Set<Promise<Response>>): Server {
    const { timeouts = DEFAULT_TIMEOUTS, config } = this.#options;
    const app = createApp(served);
    const fetch: typeof app.fetch = async (request, bindings) => {
      const response = Promise.resolve(app.fetch(request, bindings));
      underWay.add(response);
      return response.finally(() => underWay.delete(response));
    };
    return createAdaptorServer({
      fetch,
      overrideGlobalObjects: false,
      // A request without a Host gets this far, to be refused as any other with a wrong one.
      hostname: config.http.listen,
      serverOptions: {
        requireHostHeader: false,
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: timeouts.headersMs,
        requestTimeout: timeouts.requestMs,
        connectionsCheckingInterval: Math.min(timeouts.headersMs, 1_000),
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
    }) as Server;
  }
}

/** Returns why it cannot be listened to. A port in use is an event of the server, not an exception. */
async function listen(server: Server, port: number, address: string): Promise<string | undefined> {
  try {
    server.listen({ port, host: address, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? 'it is in use' : (code ?? message);
  }
}

async function end(
  server: Server,
  { clock, events, uses }: Served,
  underWay: ReadonlySet<Promise<unknown>>,
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await events.close();
  const late = new AbortController();
  await Promise.race([Promise.allSettled(underWay), clock.sleep(MAX_CLOSE_MS, late.signal)]);
  late.abort();
  server.closeAllConnections();
  await Promise.allSettled(underWay);
  await uses.close();
  await closed;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
