/** A set of tools as a server of one client, for as long as it is connected. Only this file and the transport know the SDK. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { nextTurn } from '../clock.ts';
import { VERSION } from '../version.ts';
import type { BridgeAccess } from './open-bridge.ts';
import { Shown } from './shown.ts';
import { logToStderr } from './stderr.ts';
import { answerRequest, type Client, offerOf, type Toolset } from './toolset.ts';

export interface BridgeServer {
  connect(transport: Transport): Promise<void>;
  /** Ends waiting calls, lets the others finish and be answered, then closes the connection and the store. */
  close(): Promise<void>;
}

/** @param log Gets one line for whatever goes wrong between the client and the tools. */
export function buildServer(
  toolset: Toolset,
  access: BridgeAccess,
  log: (line: string) => void = logToStderr,
): BridgeServer {
  const sdk = new Server({ name: toolset.name, title: toolset.title, version: VERSION }, offerOf(toolset));
  sdk.onerror = ({ message }) => log(message);
  const closing = new AbortController();
  const client: Client = { actor: 'desktop', shown: new Shown(), waitToWrite: () => 0 };
  const underWay = new Set<Promise<unknown>>();

  // A handler of the SDK's own for these methods would refuse what a client leaves empty, in many lines of its own.
  sdk.fallbackRequestHandler = async ({ method, params }, { _meta: meta, signal, sendNotification }) => {
    const answer = answerRequest(toolset, access, client, {
      method,
      params,
      meta,
      signal: AbortSignal.any([signal, closing.signal]),
      notify: sendNotification,
    });
    underWay.add(answer);
    void answer.finally(() => underWay.delete(answer)).catch(() => undefined);
    return answer;
  };

  return {
    connect: (transport) => sdk.connect(transport),
    async close() {
      closing.abort();
      while (underWay.size > 0) await Promise.allSettled(underWay);
      // The SDK writes an answer in the turn after the one in which it is there.
      await nextTurn();
      await sdk.close();
      await toolset.close?.();
      await access.close();
    },
  };
}
