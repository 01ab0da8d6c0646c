/**
 * Serves the API for as long as its supervisor works. A port that is taken is said, and tried again: everything else goes on
 * without it.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Send } from '../control/test-receivers.ts';
import { readTlsFiles, stampOf, type TlsFiles } from '../control/tls-files.ts';
import type { Environment } from '../environment.ts';
import type { Log } from '../log.ts';
import { ok, type Result } from '../result.ts';
import { Uses } from './access/uses.ts';
import { type App, createApp } from './app.ts';
import type { FollowOutput } from './define-route.ts';
import { EventHub } from './events/hub.ts';
import type { Served } from './served.ts';
import { UnderWay } from './under-way.ts';

const RETRY_MS = 30_000;
/** How often is looked whether the certificate or its key was replaced. */
const RENEWAL_MS = 60_000;

/** How long a client may take; a test takes less. */
export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
}

const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000 };
const MAX_HEADER_BYTES = 16 * 1024;
/** Twice what streams take at most. Whoever comes beyond is cut off: sockets that say nothing cost memory, too. */
const MAX_CONNECTIONS = 2_000;
const KEEP_ALIVE_MS = 5_000;
/** After a restart all streams come again at once; whoever finds no room is tried again by the kernel, after a second. */
const BACKLOG = 1_024;
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
  readonly sendNotice: Send;
  readonly timeouts?: Timeouts;
  /** How many may be connected to a port at a time; a test lets fewer in. */
  readonly maxConnections?: number;
}

/** One supervisor's server: started once, closed once. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #closing = new AbortController();
  #listening: Promise<unknown> | undefined;
  /** By port: why nobody can call there. */
  readonly #troubles = new Map<number, string>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  /** Where nobody can call at the moment, and why; null when all is well. */
  trouble(): string | null {
    return this.#troubles.size === 0 ? null : [...this.#troubles.values()].join('; ');
  }

  /** Listens, and goes on trying to. Does not wait for it. */
  start({ bridge, ...host }: Pick<Served, 'bridge' | 'lease' | 'trouble' | 'wake'>): void {
    const { config, env, clock, log, followOutput, sendNotice } = this.#options;
    const events = new EventHub(bridge, clock, log);
    const uses = new Uses(bridge, clock);
    const ending = this.#closing.signal;
    const served = {
      ...host,
      bridge,
      config,
      env,
      clock,
      log,
      events,
      uses,
      ending,
      followOutput,
      sendNotice,
    };
    const app = createApp(served);
    const ports = [config.http.port, ...config.http.also_listen];
    this.#listening = Promise.all(ports.map((port) => this.#keepListening(served, app, port)));
  }

  /** Ends what is open, and waits until nothing is under way any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }

  async #keepListening(served: Served, app: App, port: number): Promise<void> {
    const { clock, config, log } = this.#options;
    const { listen: address, tls } = config.http;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const underWay = new UnderWay();
      const stamp = tls && (await stampOf(tls));
      const files: Result<TlsFiles | undefined> = tls ? await readTlsFiles(tls) : ok(undefined);
      const server = files.ok ? this.#createServer(app, underWay, files.value) : undefined;
      const sockets = server ? socketsOf(server) : new Set<Socket>();
      const failure = server && (await listen(server, port, address));
      if (server && failure === undefined) {
        this.#troubles.delete(port);
        log.info('http.listening', { address, port });
        if (stamp !== undefined) await this.#renewTls(server as TlsServer, stamp);
        else await aborted(signal);
        return end(server, sockets, served, underWay);
      }
      const cause = files.ok ? failure : files.refusal;
      if (!this.#troubles.has(port)) log.warn('http.not_listening', { address, port, cause });
      const advice = files.ok
        ? 'Free the port, set http.enabled to false, or set another'
        : 'Correct what http.tls names';
      const key = !files.ok ? '' : port === config.http.port ? ' as http.port' : ' in http.also_listen';
      this.#troubles.set(
        port,
        `the HTTP API cannot listen on port ${port} of ${address} (${cause}): it is tried again every ${RETRY_MS / 1_000} s. ${advice}${key}`,
      );
      await clock.sleep(RETRY_MS, signal);
    }
  }

  /** Until the server ends: takes a certificate that was replaced, for connections from then on. */
  async #renewTls(server: TlsServer, first: string): Promise<void> {
    const { clock, config, log } = this.#options;
    const { tls } = config.http;
    const { signal } = this.#closing;
    let stamp = first;
    for (;;) {
      await clock.sleep(RENEWAL_MS, signal);
      if (signal.aborted || !tls) return;
      const present = await stampOf(tls);
      if (present === stamp) continue;
      stamp = present;
      const files = await readTlsFiles(tls);
      if (!files.ok) {
        // The one before goes on; the next change is looked at again.
        log.warn('http.certificate_refused', { cause: files.refusal });
        continue;
      }
      server.setSecureContext({ cert: files.value.cert, key: files.value.key });
      log.info('http.certificate_renewed', { until: files.value.expiresAt.toISOString() });
    }
  }

  #createServer(app: App, underWay: UnderWay, tls: TlsFiles | undefined): Server {
    const { timeouts = DEFAULT_TIMEOUTS, maxConnections = MAX_CONNECTIONS, config } = this.#options;
    const server = createAdaptorServer({
      fetch: (request, bindings) => underWay.run(() => app.fetch(request, bindings)),
      overrideGlobalObjects: false,
      // A request without a Host gets this far, to be refused as any other with a wrong one.
      hostname: config.http.listen,
      ...(tls && { createServer: createTlsServer }),
      serverOptions: {
        ...(tls && { cert: tls.cert, key: tls.key, handshakeTimeout: timeouts.headersMs }),
        requireHostHeader: false,
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: timeouts.headersMs,
        requestTimeout: timeouts.requestMs,
        connectionsCheckingInterval: Math.min(timeouts.headersMs, 1_000),
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
    }) as Server;
    // Their size is bounded. By default those beyond a number are passed over in some releases of Node, a second Host too.
    server.maxHeadersCount = 0;
    server.maxConnections = maxConnections;
    return server;
  }
}

/** Returns why it cannot be listened to. A port in use is an event of the server, not an exception. */
async function listen(server: Server, port: number, address: string): Promise<string | undefined> {
  try {
    server.listen({ port, host: address, exclusive: true, backlog: BACKLOG });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? 'it is in use' : (code ?? message);
  }
}

/** All connections that are open, also those that have sent nothing, or are in the middle of a handshake. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function end(
  server: Server,
  sockets: ReadonlySet<Socket>,
  { clock, events, uses }: Served,
  underWay: UnderWay,
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await events.close();
  const late = new AbortController();
  await Promise.race([underWay.over(), clock.sleep(MAX_CLOSE_MS, late.signal)]);
  late.abort();
  // That of the server knows no client that has not finished its handshake.
  for (const socket of sockets) socket.destroy();
  await underWay.over();
  await uses.close();
  await closed;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
