/**
 * The server of the relay, for whoever asked for it: Claude Desktop and Claude Code hand each other messages. Its promise: who
 * sends is who is connected, and a message counts as read only when it was shown to its end.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { RelayClient } from '../project/relay.ts';
import { scopeFrom } from './code/scope.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { clearTool } from './relay/clear.ts';
import { fetchTool } from './relay/fetch.ts';
import { latestMessages } from './relay/latest.ts';
import type { RelayScope } from './relay/scope.ts';
import { sendTool } from './relay/send.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { RELAY_RUN_INSTRUCTIONS, relayInstructionsFor } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

export interface RelayServing {
  readonly client: RelayClient;
  readonly isHeld: boolean;
  /** How long the client may say nothing; undefined: for ever. */
  readonly idleMs?: number | undefined;
}

/** Serves the relay over stdin and stdout; resolves when the client is gone and everything is closed. */
export async function serveRelay(env: Environment, { client, isHeld, idleMs }: RelayServing): Promise<void> {
  const scope = { client, runId: scopeFrom(env)?.runId, isHeld };
  await serveStdio(buildRelayServer(bridgeAccess(env, systemClock), scope), systemClock, idleMs);
}

export function buildRelayServer(access: BridgeAccess, scope: RelayScope): BridgeServer {
  return buildServer(relayToolset(scope), access);
}

export function relayToolset(scope: RelayScope): Toolset {
  const server = { name: 'claude_bridge_relay', title: 'Claude bridge (relay)' };
  // What a person writes to a run reaches it by itself.
  if (scope.runId !== undefined)
    return { ...server, instructions: RELAY_RUN_INSTRUCTIONS, tools: [sendTool(scope)] };
  return {
    ...server,
    instructions: relayInstructionsFor(scope.client),
    tools: [sendTool(scope), fetchTool(scope), clearTool(scope)],
    resources: [latestMessages(scope)],
  };
}
