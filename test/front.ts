/** What may stand between Claude and the service: a network that is gone, a gateway, the login page of a hotel. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface Front {
  readonly url: string;
  /** From now on everything is passed on to the service. */
  forward(): Promise<void>;
  /** From now on this is the answer to everything. */
  answer(page: Page): Promise<void>;
  /** From now on nothing listens at the address. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const html = (status: number): Page => ({
  status,
  type: 'text/html',
  body: '<html><body><h1>Welcome to our network</h1></body></html>',
});

/** Stands before the service at `target`, closed at first. */
export async function createFront(target: string): Promise<Front> {
  let page: Page | undefined;
  let server: Server | undefined;
  const open = async (port: number) => {
    if (server) return;
    server = createServer((incoming, outgoing) => {
      if (page) {
        incoming.resume();
        outgoing.writeHead(page.status, { 'content-type': page.type }).end(page.body);
        return;
      }
      const { method, headers, url = '/' } = incoming;
      const onward = request(new URL(url, target), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        // An answer that breaks off breaks off here too.
        pipeline(answer, outgoing, () => undefined);
      });
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    closing.close();
    closing.closeAllConnections();
    await once(closing, 'close');
  };
  await open(0);
  const { port } = (server as unknown as Server).address() as AddressInfo;
  await close();
  return {
    url: `http://127.0.0.1:${port}`,
    async forward() {
      page = undefined;
      await open(port);
    },
    async answer(next) {
      page = next;
      await open(port);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
