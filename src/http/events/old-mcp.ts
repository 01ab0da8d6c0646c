/**
 * Clients of the transport that MCP had before Streamable HTTP: what they send comes in requests of their own, and every
 * answer goes out on the one stream that they hold open
 * (https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse).
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Credential } from '../../project/credential.ts';
import type { EventStream } from './stream.ts';

/** Where a client is told to send its messages. */
export const OLD_MCP_PATH = '/messages/';

/** How many messages of one client may wait for their answers. */
const MAX_UNDER_WAY = 32;

/** Makes the answer to a message; `gone` aborts when nobody wants it any more. */
type MakeAnswer = (gone: AbortSignal) => Promise<Response>;

export class OldMcpClients {
  readonly #clients = new Map<string, OldMcpClient>();

  /** What serves a client on its stream, for as long as that is open. */
  follow(owner: Credential): (stream: EventStream) => Promise<void> {
    return async (stream) => {
      const id = randomUUID();
      const client = new OldMcpClient(stream, owner);
      this.#clients.set(id, client);
      try {
        await stream.write(`event: endpoint\ndata: ${OLD_MCP_PATH}?session_id=${id}\n\n`);
        if (!stream.closed.aborted) await once(stream.closed, 'abort');
      } finally {
        this.#clients.delete(id);
        await client.settled();
      }
    };
  }

  /** The client of this id, for whoever opened its stream. Another credential under the same name is somebody else. */
  find(id: string, { name, createdAt }: Credential): OldMcpClient | undefined {
    const client = this.#clients.get(id);
    return client?.owner.name === name && client.owner.createdAt === createdAt ? client : undefined;
  }
}

class OldMcpClient {
  readonly owner: Credential;
  readonly #stream: EventStream;
  /** By the work: the id of the request, and what gives it up. */
  readonly #underWay = new Map<Promise<void>, { readonly id: unknown; readonly cancel: AbortController }>();

  constructor(stream: EventStream, owner: Credential) {
    this.#stream = stream;
    this.owner = owner;
  }

  /** Has a message answered on the stream. Returns whether there was room for it. */
  take(message: Readonly<Record<string, unknown>>, make: MakeAnswer): boolean {
    if (message.method === 'notifications/cancelled') {
      this.#cancel(message.params);
      return true;
    }
    if (this.#underWay.size >= MAX_UNDER_WAY) return false;
    const cancel = new AbortController();
    const gone = AbortSignal.any([cancel.signal, this.#stream.closed]);
    const work = this.#answer(make, gone).finally(() => this.#underWay.delete(work));
    this.#underWay.set(work, { id: message.id, cancel });
    return true;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.keys());
  }

  #cancel(params: unknown): void {
    const id = typeof params === 'object' && params !== null && 'requestId' in params && params.requestId;
    for (const { id: own, cancel } of this.#underWay.values())
      if (own !== undefined && own === id) cancel.abort();
  }

  async #answer(make: MakeAnswer, gone: AbortSignal): Promise<void> {
    try {
      for await (const frames of framesOf(await make(gone))) {
        if (gone.aborted) return;
        await this.#stream.write(frames);
      }
    } catch {
      // Without its answer a client would wait for ever: it comes again.
      if (!gone.aborted) this.#stream.end('failed');
    }
  }
}

/** The frames of an answer over Streamable HTTP, each time whole ones: those of other answers go between them. */
async function* framesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null || response.status === 202) return;
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    yield `event: message\ndata: ${JSON.stringify(await response.json())}\n\n`;
    return;
  }
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of response.body) {
    rest += decoder.decode(piece, { stream: true });
    const end = rest.lastIndexOf('\n\n') + 2;
    if (end < 2) continue;
    yield rest.slice(0, end);
    rest = rest.slice(end);
  }
}
