/** Stands before the API of a supervisor, and answers some of its routes otherwise. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface OddServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * @param answers By path, without the query: a status of 200 with this body. Everything else is passed on.
 * @param host As what it calls the API.
 */
export async function createOddServer(
  port: number,
  answers: Readonly<Record<string, string>>,
  host = `127.0.0.1:${port}`,
): Promise<OddServer> {
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const odd = answers[new URL(url, 'http://x').pathname];
    if (odd !== undefined) {
      incoming.resume();
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(odd);
      return;
    }
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
