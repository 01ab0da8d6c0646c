/**
 * The server of the shared memory, for whoever asked for it: Claude Desktop, Claude Code and the person keep facts by key for
 * each other. Its promise: what one side has written the other reads at once, with who wrote it, and as their words.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { RelayClient } from '../project/relay.ts';
import { scopeFrom } from './code/scope.ts';
import { deleteTool } from './memory/delete.ts';
import { getTool } from './memory/get.ts';
import { listTool } from './memory/list.ts';
import type { MemoryScope } from './memory/scope.ts';
import { setTool } from './memory/set.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { MEMORY_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves the memory over stdin and stdout; resolves when the client is gone and everything is closed. */
export async function serveMemory(env: Environment, client: RelayClient): Promise<void> {
  const scope = { client, runId: scopeFrom(env)?.runId };
  await serveStdio(buildMemoryServer(bridgeAccess(env, systemClock), scope), systemClock);
}

export function buildMemoryServer(access: BridgeAccess, scope: MemoryScope): BridgeServer {
  return buildServer(memoryToolset(scope), access);
}

export function memoryToolset(scope: MemoryScope): Toolset {
  return {
    name: 'claude_bridge_memory',
    title: 'Claude bridge (memory)',
    instructions: MEMORY_INSTRUCTIONS,
    // A run deletes nothing: what others rely on stays.
    tools: [setTool(scope), getTool, listTool, ...(scope.runId === undefined ? [deleteTool(scope)] : [])],
  };
}
