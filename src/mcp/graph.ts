/**
 * The server of the shared memory as a graph, for clients of the reference memory server: its nine tools and its resource, over
 * one store that any number of processes use at once.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { RelayClient } from '../project/relay.ts';
import { scopeFrom } from './code/scope.ts';
import { addObservationsTool, createEntitiesTool, createRelationsTool } from './graph/add.ts';
import { deleteEntitiesTool, deleteObservationsTool, deleteRelationsTool } from './graph/delete.ts';
import { knowledgeGraph, openNodesTool, readGraphTool, searchNodesTool } from './graph/read.ts';
import type { MemoryScope } from './memory/scope.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { GRAPH_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves the graph over stdin and stdout; resolves when the client is gone and everything is closed. */
export async function serveGraph(env: Environment, client: RelayClient): Promise<void> {
  const scope = { client, runId: scopeFrom(env)?.runId };
  await serveStdio(buildGraphServer(bridgeAccess(env, systemClock), scope), systemClock);
}

export function buildGraphServer(access: BridgeAccess, scope: MemoryScope): BridgeServer {
  return buildServer(graphToolset(scope), access);
}

export function graphToolset(scope: MemoryScope): Toolset {
  // A run deletes nothing: what others rely on stays.
  const deleting =
    scope.runId === undefined
      ? [deleteEntitiesTool(scope), deleteObservationsTool(scope), deleteRelationsTool(scope)]
      : [];
  return {
    name: 'claude_bridge_graph',
    title: 'Claude bridge (memory graph)',
    instructions: GRAPH_INSTRUCTIONS,
    tools: [
      createEntitiesTool(scope),
      createRelationsTool(scope),
      addObservationsTool(scope),
      ...deleting,
      readGraphTool,
      searchNodesTool,
      openNodesTool,
    ],
    resources: [knowledgeGraph],
  };
}
