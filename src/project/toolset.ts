/**
 * Sets of tools beside those of the loop, each with a server of its own: who does not ask for one pays nothing for it.
 *
 * To add one: name it here, and build its server in `mcp/`; `cli/serve.ts` starts it.
 */
export const TOOLSETS = ['channels'] as const;

export type ToolsetName = (typeof TOOLSETS)[number];

/** The name under which clients know the server of a toolset. */
export function toolsetServer(name: ToolsetName): `claude_bridge_${ToolsetName}` {
  return `claude_bridge_${name}`;
}
