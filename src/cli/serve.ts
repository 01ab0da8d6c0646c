/** Starts a stdio server. Nothing is imported until it is known which one. */
import type { Environment } from '../environment.ts';
import type { FolderScope } from '../mcp/folder/define-folder-tool.ts';
import type { RelayServing } from '../mcp/relay.ts';
import type { RelayClient } from '../project/relay.ts';

const SERVERS = {
  desktop: async (env: Environment) => (await import('../mcp/desktop.ts')).serveDesktop(env),
  code: async (env: Environment) => (await import('../mcp/code.ts')).serveCode(env),
  channels: async (env: Environment) => (await import('../mcp/channels.ts')).serveChannels(env),
  scripts: async (env: Environment) => (await import('../mcp/scripts.ts')).serveScripts(env),
  folder: async (env: Environment) => serveFolder(env),
};

export type Side = keyof typeof SERVERS;

export function isServer(args: readonly string[]): args is readonly ['mcp', Side] {
  return args.length === 2 && args[0] === 'mcp' && Object.hasOwn(SERVERS, args[1] ?? '');
}

/** Resolves when the client is gone. */
export async function serve(side: Side, env: Environment): Promise<void> {
  await SERVERS[side](env);
}

/** The same of the relay, whose server is told who is connected. */
export async function serveRelay(env: Environment, serving: RelayServing): Promise<void> {
  await (await import('../mcp/relay.ts')).serveRelay(env, serving);
}

/** The same of the shared memory, which notes who writes. */
export async function serveMemory(env: Environment, client: RelayClient): Promise<void> {
  await (await import('../mcp/memory.ts')).serveMemory(env, client);
}

/** The same of the graph of the shared memory. */
export async function serveGraph(env: Environment, client: RelayClient): Promise<void> {
  await (await import('../mcp/graph.ts')).serveGraph(env, client);
}

/** The same of the shared folder, where more is said about it than in the configuration. */
export async function serveFolder(env: Environment, named: Omit<FolderScope, 'env'> = {}): Promise<void> {
  await (await import('../mcp/folder.ts')).serveFolder(env, named);
}
