/** Compares what Claude reports before its first request with what the run was started for. */
import { realpath } from 'node:fs/promises';
import type { Outcome } from '../project/outcome.ts';
import { namesTool, toolOfRule } from '../project/permission-rule.ts';
import { CODE_SERVER, unexpectedTool } from './command-line.ts';
import type { Init } from './stream.ts';

/** The tools a run needs. Without one of these Claude works on, and nobody hears of it. */
const NEEDED_TOOLS = ['bridge_send_update', 'bridge_send_completion'];

/**
 * The outcome of a run whose init event does not match; undefined when it does. A field that the event leaves out
 * matches. `folder` is where Claude must begin, with its links resolved earlier: resolved now, they could lead to
 * wherever Claude has begun instead. `denied` are the rules of the policy that deny.
 */
export async function handshakeMismatch(
  init: Init,
  { folder, denied }: { readonly folder: string; readonly denied: () => Promise<readonly string[]> },
): Promise<Outcome | undefined> {
  const status = init.mcp_servers.find(({ name }) => name === CODE_SERVER)?.status ?? 'not listed';
  if (status !== 'connected') return { kind: 'tools_missing', status };
  if (init.cwd !== undefined && (await realPath(init.cwd)) !== folder)
    return { kind: 'wrong_folder', folder: init.cwd };
  const tool = NEEDED_TOOLS.find((name) => !init.tools.includes(`mcp__${CODE_SERVER}__${name}`));
  if (tool === undefined || init.tools.length === 0) return undefined;
  const name = `mcp__${CODE_SERVER}__${tool}`;
  const isOurs = (await denied()).some((rule) => namesTool(toolOfRule(rule), name));
  const setting = isOurs
    ? "'deny' of the policy in config.json, 'disallowed_tools', or 'deny' of the plan"
    : "'permissions.deny' in Claude's settings";
  return { kind: 'tool_denied', tool, setting };
}

/** The same for a reviewer: it is where it should be, and can do nothing but read. */
export async function reviewMismatch(
  init: Init,
  { folder }: { readonly folder: string },
): Promise<Outcome | undefined> {
  if (init.cwd !== undefined && (await realPath(init.cwd)) !== folder)
    return { kind: 'wrong_folder', folder: init.cwd };
  const tool = unexpectedTool(init.tools);
  return tool === undefined ? undefined : { kind: 'tool_unexpected', tool };
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
