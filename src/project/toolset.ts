/**
 * Sets of tools beside those of the loop, each with a server of its own: who does not ask for one pays nothing for it.
 *
 * To add one: name it here, and build its server in `mcp/`; `cli/serve.ts` starts it.
 */
import type { RelayClient } from './relay.ts';

export const TOOLSETS = ['channels', 'relay'] as const;

export type ToolsetName = (typeof TOOLSETS)[number];

/** The name under which clients know the server of a toolset. */
export function toolsetServer(name: ToolsetName): `claude_bridge_${ToolsetName}` {
  return `claude_bridge_${name}`;
}

/** Which of our servers: as `bridge-supervisor mcp` names it. */
export type ServerName = 'desktop' | 'code' | ToolsetName;

/** What our program is called with to be a server; that of the relay is told who is connected. */
export function serverArguments(name: ServerName, client: RelayClient): string[] {
  return name === 'relay' ? ['mcp', name, '--client', client] : ['mcp', name];
}
