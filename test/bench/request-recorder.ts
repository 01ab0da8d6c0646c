/** Stands between claude and the simulator, and keeps the bodies of the requests as they were sent. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Stage } from './stage.ts';

export interface RequestRecorder {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** Bodies of the requests for a message, in order of arrival. */
  readonly bodies: readonly Buffer[];
}

export async function startRequestRecorder(stage: Stage, target: string): Promise<RequestRecorder> {
  const bodies: Buffer[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    if (incoming.url?.startsWith('/v1/messages?') || incoming.url === '/v1/messages') bodies.push(body);
    const options = { method: incoming.method ?? 'GET', headers: incoming.headers };
    const onward = forward(new URL(incoming.url ?? '/', target), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    onward.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    // Claude left in the middle of a request: nothing to pass on.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.closeLater(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}
