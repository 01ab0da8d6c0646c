/**
 * Sets of tools beside those of the loop, each with a server of its own: who does not ask for one pays nothing for it.
 *
 * To add one: name it here, and build its server in `mcp/`; `cli/serve.ts` starts it.
 */
import type { RelayClient } from './relay.ts';

export const TOOLSETS = ['channels', 'relay', 'memory', 'graph', 'scripts', 'folder'] as const;

export type ToolsetName = (typeof TOOLSETS)[number];

/** Which of our servers: as `bridge-supervisor mcp` names it. */
export type Side = 'desktop' | 'code' | ToolsetName;

/** The name under which clients know one of our servers. */
export function serverName<S extends Side>(side: S): `claude_bridge_${S}` {
  return `claude_bridge_${side}`;
}

/** Servers that are told who is connected. */
const TOLD_CLIENT: readonly Side[] = ['relay', 'memory', 'graph'];

/** What our program is called with to be a server. */
export function serverArguments(side: Side, client: RelayClient): string[] {
  return TOLD_CLIENT.includes(side) ? ['mcp', side, '--client', client] : ['mcp', side];
}
