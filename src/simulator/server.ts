/**
 * A scripted Messages API on loopback. The real `claude` program runs whole agent turns against it, with real tool
 * calls, without an account and without any other network. `close()` leaves nothing behind.
 */
import { createServer, type Server } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { createRecorder, type RecordedRequest, type RequestPredicate } from './recorder.ts';
import type { Script } from './script.ts';
import { serveRequest } from './serve.ts';

export interface SimulatorOptions {
  readonly script: Script;
  /** Default: any free port. */
  readonly port?: number;
  readonly clock?: Clock;
}

export interface Simulator {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The first request, past or future, that fits. Rejects when `signal` aborts or the simulator closes. */
  waitForRequest(predicate: RequestPredicate, signal?: AbortSignal): Promise<RecordedRequest>;
  /** Cuts every connection, however deep in a hang or a delay, and resolves when no handle is left. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on 127.0.0.1 only. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const recorder = createRecorder();
  const closing = new AbortController();
  const context = {
    script: options.script,
    clock: options.clock ?? systemClock,
    recorder,
    closing: closing.signal,
  };
  const server = createServer((request, response) => void serveRequest(request, response, context));
  const url = await listen(server, options.port ?? 0);
  const close = async () => {
    closing.abort(new Error('the simulator was closed'));
    await stop(server);
  };
  return {
    url,
    requests: recorder.requests,
    waitForRequest: (predicate, signal) =>
      recorder.wait(predicate, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the simulator listens on no TCP port');
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
