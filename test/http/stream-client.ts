/** A client of a stream of the API, as any is. */
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { expect } from 'vitest';
import type { Serving } from './server.ts';

export interface Client extends Disposable {
  readonly response: IncomingMessage;
  /** Ids of what came, in that order. */
  readonly ids: number[];
  /** What came with each of them. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly rows: any[];
  /** Named frames, such as `hello`, each with its data. */
  readonly frames: { readonly event: string; readonly data: Record<string, unknown> }[];
  text(): string;
  readonly closed: Promise<unknown>;
}

/** @param shown A token, or the headers that a browser sends. */
export async function follow(
  { port }: Pick<Serving, 'port'>,
  shown: string | Readonly<Record<string, string>>,
  path = '/events',
  lastEventId?: string,
): Promise<Client> {
  const headers = {
    ...(typeof shown === 'string' ? { authorization: `Bearer ${shown}` } : shown),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  const asked: ClientRequest = request({ host: '127.0.0.1', port, path, headers });
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  let rest = '';
  const client: Client = {
    response,
    ids: [],
    rows: [],
    frames: [],
    text: () => text,
    // Unlike once(), it does not fail when the client itself is cut off.
    closed: new Promise((resolve) => response.once('close', resolve)),
    [Symbol.dispose]: () => asked.destroy(),
  };
  response.setEncoding('utf8').on('error', () => undefined);
  response.on('data', (chunk: string) => {
    text += chunk;
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
      const data = field('data');
      if (data === undefined) continue;
      const [id, event] = [field('id'), field('event')];
      if (id !== undefined) {
        const row = JSON.parse(data);
        // An event says its id itself.
        if (typeof row.id === 'number') expect(row.id).toBe(Number(id));
        client.ids.push(Number(id));
        client.rows.push(row);
      } else {
        // The old transport of MCP begins with a path.
        const facts = event === 'endpoint' ? { path: data } : JSON.parse(data);
        client.frames.push({ event: event ?? '', data: facts });
      }
    }
  });
  return client;
}
