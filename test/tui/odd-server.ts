/** Stands before the API of a supervisor, and answers some of its routes otherwise. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface OddServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * @param answers By path, without the query: a status of 200 with this body, or what is waited for before the call is passed
 *   on, as everything else is.
 * @param host As what it calls the API.
 */
export async function createOddServer(
  port: number,
  answers: Readonly<Record<string, string | (() => Promise<void>)>>,
  host = `127.0.0.1:${port}`,
): Promise<OddServer> {
  const server = createServer((incoming, outgoing) => {
    const odd = answers[new URL(incoming.url ?? '/', 'http://x').pathname];
    if (typeof odd === 'string') {
      incoming.resume();
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(odd);
    } else if (odd) void odd().then(() => passOn(incoming, outgoing, { port, host }));
    else passOn(incoming, outgoing, { port, host });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function passOn(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { port, host }: { readonly port: number; readonly host: string },
): void {
  const { method, url, headers } = incoming;
  const onward = request(
    { host: '127.0.0.1', port, path: url, method, headers: { ...headers, host } },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => undefined);
    },
  );
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
